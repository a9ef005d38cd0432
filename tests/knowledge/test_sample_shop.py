"""The bundled shop: complete, in three languages, and moved in exactly once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from holo_app.knowledge.pictures import find_picture
from holo_app.knowledge.sample_shop import load_sample_shop, sample_shop_dir, seed_characters, seed_sample_shop
from holo_app.ports.repositories import Store
from holo_app.storage.store import memory_store

LANGUAGES = {"en", "de", "fr"}
# what QtSvg draws; a mask or a filter would be left out silently
DRAWN = {
    "svg",
    "title",
    "defs",
    "g",
    "path",
    "circle",
    "ellipse",
    "rect",
    "linearGradient",
    "radialGradient",
    "stop",
}


@pytest.fixture
def store() -> Iterator[Store]:
    with closing(memory_store()) as made:
        yield made


def test_the_shop_is_complete() -> None:
    shop = load_sample_shop()
    assert len(shop.products) == 24
    assert len(shop.characters) == 2
    for product in shop.products:
        assert set(product.names) | {"en"} == LANGUAGES, product.sku
        assert product.price is not None, product.sku
        assert {"colour", "material", "warranty", "weight"} - set(product.attributes) <= {"material"}, product.sku
    stocks = [product.stock for product in shop.products]
    assert stocks.count(0) >= 2, "something is sold out"
    assert stocks.count(None) == 1, "something is not counted"


def test_facts_speak_every_language() -> None:
    for fact in load_sample_shop().facts:
        assert set(fact.texts) == set(fact.questions) == LANGUAGES, fact.key
        assert all(fact.texts.values()), fact.key
        assert all(len(questions) >= 2 for questions in fact.questions.values()), fact.key


def test_every_product_has_a_picture_that_qt_can_draw() -> None:
    for product in load_sample_shop().products:
        path = find_picture(product.image, [sample_shop_dir()])
        assert path is not None, product.sku
        used = {element.tag.removeprefix("{http://www.w3.org/2000/svg}") for element in ET.parse(path).iter()}  # noqa: S314 - our own files
        assert used <= DRAWN, product.sku


def test_pictures_are_found_in_the_first_root_and_never_outside(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    for root in (first, second):
        (root / "pictures").mkdir(parents=True)
    (second / "pictures" / "a.svg").touch()
    (tmp_path / "secret.svg").touch()
    assert find_picture("pictures/a.svg", [first, second]) == second / "pictures" / "a.svg"
    (first / "pictures" / "a.svg").touch()
    assert find_picture("pictures/a.svg", [first, second]) == first / "pictures" / "a.svg"
    assert find_picture("../secret.svg", [first, second]) is None
    assert find_picture(str(tmp_path / "secret.svg"), [first, second]) is None
    assert find_picture(None, [first, second]) is None
    assert find_picture("pictures", [first, second]) is None


def test_the_shop_moves_in_once(store: Store) -> None:
    shop = load_sample_shop()
    assert seed_sample_shop(store)
    with store.transaction() as work:
        assert work.products.all() == list(shop.products)
        assert work.facts.all() == sorted(shop.facts, key=lambda fact: fact.key)
        assert work.characters.all() == sorted(shop.characters, key=lambda character: character.id)
        work.products.delete("P-001")
    assert not seed_sample_shop(store)
    with store.transaction() as work:
        assert len(work.products.all()) == 23, "what staff took out stays out"


def test_characters_can_come_without_the_shop(store: Store) -> None:
    assert seed_characters(store)
    assert not seed_characters(store)
    with store.transaction() as work:
        assert [character.id for character in work.characters.all()] == ["juno", "robin"]
        assert work.products.all() == []
        assert work.facts.all() == []
    assert seed_sample_shop(store), "the shop can still move in"
