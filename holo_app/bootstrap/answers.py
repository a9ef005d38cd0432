"""Who answers: retrieval over the shop's data, then the chain of answerers that ends in the composer."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from functools import partial

from holo_app.dialogue.answering import Answering
from holo_app.knowledge.composer import AnswerComposer
from holo_app.knowledge.featured import featured_product
from holo_app.knowledge.language_pack import load_language_packs
from holo_app.knowledge.retriever import CatalogueRetriever
from holo_app.ports.clock import Clock
from holo_app.ports.embedder import Embedder
from holo_app.ports.repositories import Store
from holo_app.resources import resource


@dataclass(frozen=True, slots=True)
class Answers:
    """answering: for the voice loop. Close with `aclose` before the store."""

    answering: Answering
    retriever: CatalogueRetriever
    warming: asyncio.Task[None]

    async def aclose(self) -> None:
        """Let what runs in threads end."""
        await asyncio.gather(self.warming, return_exceptions=True)
        await self.retriever.aclose()


async def load_answers(store: Store, embedder: Embedder, language: str, clock: Clock) -> Answers:
    """Build the index of the shop, ready for `language`; the other languages follow in the background.

    Raises: StorageError.
    """
    packs = await asyncio.to_thread(load_language_packs, resource("language"))
    retriever = CatalogueRetriever(store, embedder, packs)
    composer = AnswerComposer(packs, embedder)
    await asyncio.gather(asyncio.to_thread(composer.warm, language), retriever.warm())
    others = [other for other in packs if other != language]
    warming = asyncio.create_task(asyncio.to_thread(_warm_all, composer, others), name="warm-languages")
    answering = Answering(retriever, [composer], clock, partial(featured_product, store))
    return Answers(answering, retriever, warming)


def _warm_all(composer: AnswerComposer, languages: list[str]) -> None:
    for language in languages:
        composer.warm(language)
