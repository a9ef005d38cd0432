"""The retriever over a real database: its index follows the catalogue, and never makes a question wait for that."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from holo_app.bootstrap.clock import SystemClock
from holo_app.domain.money import Money
from holo_app.domain.product import Product
from holo_app.errors import StorageError
from holo_app.knowledge.retriever import MOST_PRODUCTS, build_retriever
from holo_app.ports.repositories import Store
from holo_app.storage.opening import open_store
from tests.fakes.store import FakeStore
from tests.knowledge.hash_embedder import HashEmbedder
from tests.knowledge.shop import packs

_LAMP = Product("L-1", "Willow Lamp", "A lamp.", Money(4900, "GBP"), 3, "Home", ("lamp",))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(tmp_path / "holo.db", clock=SystemClock())
    yield opened.store
    opened.store.close()


def _put(store: Store, *products: Product) -> None:
    with store.transaction() as work:
        work.products.upsert(products)


async def test_an_empty_shop_grounds_nothing(store: Store) -> None:
    retriever = build_retriever(store, HashEmbedder(), packs())
    grounding = await retriever.retrieve("how much is the lamp", language="en")
    assert (grounding.products, grounding.facts, grounding.focus) == ((), (), ())
    await retriever.aclose()


async def test_the_old_index_answers_until_the_new_one_is_built(store: Store) -> None:
    _put(store, _LAMP)
    retriever = build_retriever(store, HashEmbedder(), packs())
    first = await retriever.retrieve("willow", language="en")
    _put(store, replace(_LAMP, price=Money(100, "GBP")))
    meanwhile = await retriever.retrieve("willow", language="en")
    await retriever.refreshed()
    after = await retriever.retrieve("willow", language="en")
    prices = [g.products[0].product.price for g in (first, meanwhile, after)]
    assert prices == [Money(4900, "GBP"), Money(4900, "GBP"), Money(100, "GBP")]
    assert first.catalogue_version == meanwhile.catalogue_version < after.catalogue_version
    await retriever.aclose()
    await retriever.aclose()


async def test_of_a_large_shop_the_cheapest_and_the_dearest_are_always_there(store: Store) -> None:
    many = [replace(_LAMP, sku=f"L-{n:04}", price=Money(1000 + n, "GBP")) for n in range(MOST_PRODUCTS + 100)]
    _put(store, *many)
    retriever = build_retriever(store, HashEmbedder(), packs())
    await retriever.warm()
    grounding = await retriever.retrieve("kettle", language="en")
    prices = {scored.product.price.minor for scored in grounding.products if scored.product.price}
    assert len(grounding.products) == MOST_PRODUCTS
    assert {1000, 1000 + MOST_PRODUCTS + 99} <= prices
    await retriever.aclose()


async def test_a_store_that_cannot_be_read_says_so() -> None:
    store = FakeStore()
    store.failure = StorageError("the disk is gone")
    retriever = build_retriever(store, HashEmbedder(), packs())
    with pytest.raises(StorageError):
        await retriever.retrieve("lamp", language="en")
    await retriever.aclose()
