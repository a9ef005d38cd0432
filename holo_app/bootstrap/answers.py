"""Who answers: retrieval over the shop's data, then the chain of answerers that ends in the composer."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from dataclasses import dataclass

from holo_app.dialogue.answering import Answer, Answering, Question
from holo_app.domain.character import Character
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

    async def aclose(self) -> None:
        """Let a rebuild of the index end."""
        await self.retriever.aclose()


async def load_answers(store: Store, embedder: Embedder, character: Character, clock: Clock) -> Answers:
    """Build the index of the shop. Raises: StorageError."""
    from holo_app.knowledge.composer import AnswerComposer  # noqa: PLC0415 - reads the language files

    packs = await asyncio.to_thread(load_language_packs, resource("language"))
    retriever = CatalogueRetriever(store, embedder, packs)
    composer, _ = await asyncio.gather(asyncio.to_thread(AnswerComposer, packs, embedder), retriever.warm())
    answering = Answering(retriever, [composer], clock)
    await _warm(answering, character)
    return Answers(answering, retriever)


async def _warm(answering: Answering, character: Character) -> None:
    """Answer one question for nobody, so that the first customer's is as fast as the others."""
    async with aclosing(answering.clauses(Question("Hello", character.language, character), Answer())) as clauses:
        async for _ in clauses:
            pass
