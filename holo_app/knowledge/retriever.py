"""The retriever behind the port: keeps an index of the newest catalogue and says what the shop knows about a question."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

import structlog

from holo_app.domain.conversation import Message
from holo_app.domain.product import Product
from holo_app.errors import HoloError
from holo_app.knowledge.catalogue_index import CatalogueIndex
from holo_app.knowledge.language_pack import LanguagePack
from holo_app.ports.embedder import Embedder
from holo_app.ports.repositories import Store
from holo_app.ports.retriever import Grounding, ScoredProduct

log = structlog.get_logger(__name__)

MOST_PRODUCTS = 300
"""A grounding never holds more; a shop of this size is given whole, so that "the cheapest" is true."""
_EXTREMES = 20
"""Of a larger shop, this many of the cheapest and of the dearest are always there."""
_MOST_FACTS = 8
_MOST_FOCUS = 8


class CatalogueRetriever:
    """Searches by brute force; rebuilds its index beside the running one when the catalogue's version has changed."""

    def __init__(self, store: Store, embedder: Embedder, packs: Mapping[str, LanguagePack]) -> None:
        self._store = store
        self._embedder = embedder
        self._packs = packs
        self._index: CatalogueIndex | None = None
        self._rebuild: asyncio.Task[CatalogueIndex] | None = None

    async def retrieve(self, text: str, *, language: str, history: Sequence[Message] = ()) -> Grounding:
        return ground(await self._current(), text, language=language, history=history)

    async def warm(self) -> None:
        """Build the index now. Raises: StorageError, ProviderError."""
        await self._current()

    async def refreshed(self) -> None:
        """Wait for a rebuild that is under way. Raises: StorageError, ProviderError."""
        if self._rebuild is not None:
            await asyncio.shield(self._rebuild)

    async def aclose(self) -> None:
        """Wait for the work in a thread to end, so that nothing outlives the store. May be called twice."""
        if self._rebuild is not None:
            await asyncio.gather(self._rebuild, return_exceptions=True)

    async def _current(self) -> CatalogueIndex:
        version = self._store.catalogue_version()
        if self._index is not None and self._index.version == version and self._rebuild is None:
            return self._index
        if self._rebuild is None:
            self._rebuild = asyncio.create_task(asyncio.to_thread(self._build))
            self._rebuild.add_done_callback(self._finish)
        if self._index is not None:
            return self._index
        return await asyncio.shield(self._rebuild)

    def _build(self) -> CatalogueIndex:
        # read before the rows, so that a change in between is seen as newer than this index
        version = self._store.catalogue_version()
        with self._store.transaction() as transaction:
            products, facts = transaction.products.all(), transaction.facts.all()
        return CatalogueIndex(version, products, facts, embedder=self._embedder, packs=self._packs)

    def _finish(self, task: asyncio.Task[CatalogueIndex]) -> None:
        self._rebuild = None
        if task.cancelled():
            return
        error = task.exception()
        if error is None:
            self._index = task.result()
            log.info("catalogue_indexed", products=len(self._index.products), version=self._index.version)
        else:
            known = isinstance(error, HoloError)
            log.error("catalogue_index_failed", detail=str(error) if known else repr(error))


def build_retriever(store: Store, embedder: Embedder, packs: Mapping[str, LanguagePack]) -> CatalogueRetriever:
    """A retriever over the store's catalogue. The first question, or `warm`, builds the index."""
    return CatalogueRetriever(store, embedder, packs)


def ground(index: CatalogueIndex, text: str, *, language: str, history: Sequence[Message] = ()) -> Grounding:
    """What one index knows about a question. Raises: ProviderError."""
    products, facts = index.search(text, language)
    return Grounding(
        products=_bounded(products),
        facts=tuple(facts[:_MOST_FACTS]),
        focus=_focus(history, index.by_sku),
        categories=index.categories,
        catalogue_version=index.version,
    )


def _focus(history: Sequence[Message], by_sku: Mapping[str, Product]) -> tuple[Product, ...]:
    skus = dict.fromkeys(sku for message in reversed(history) for sku in message.products)
    return tuple(by_sku[sku] for sku in skus if sku in by_sku)[:_MOST_FOCUS]


def _bounded(products: Sequence[ScoredProduct]) -> tuple[ScoredProduct, ...]:
    if len(products) <= MOST_PRODUCTS:
        return tuple(products)
    chosen = list(products[: MOST_PRODUCTS - 2 * _EXTREMES])
    rest = [p for p in products[MOST_PRODUCTS - 2 * _EXTREMES :] if p.product.price is not None]
    rest.sort(key=lambda p: p.product.price.minor if p.product.price else 0)
    return (*chosen, *rest[:_EXTREMES], *rest[-_EXTREMES:])
