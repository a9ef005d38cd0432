"""Who answers: retrieval over the shop's data, then the chain of answerers that ends in the composer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

from holo_app.dialogue.answering import Answering
from holo_app.knowledge.composer import AnswerComposer
from holo_app.knowledge.featured import featured_product
from holo_app.knowledge.language_pack import LanguagePack, load_language_packs
from holo_app.knowledge.retriever import CatalogueRetriever
from holo_app.ports.clock import Clock
from holo_app.ports.embedder import Embedder
from holo_app.ports.llm import LanguageModel
from holo_app.ports.repositories import Store
from holo_app.ports.retriever import Retriever
from holo_app.resources import resource

_WARM_OTHERS_AFTER_S = 10.0


@dataclass(frozen=True, slots=True)
class Answers:
    """What answers are made of. Close with `aclose` before the store."""

    retriever: CatalogueRetriever
    composer: AnswerComposer
    packs: Mapping[str, LanguagePack]
    warming: asyncio.Task[None]
    closing: asyncio.Event

    async def aclose(self) -> None:
        """Let what runs in threads end."""
        self.closing.set()
        await asyncio.gather(self.warming, return_exceptions=True)
        await self.retriever.aclose()


async def load_answers(store: Store, load: Callable[[], Embedder], language: str) -> Answers:
    """Build the index of the shop, ready for `language`; the other languages follow when the kiosk has long started.

    load: makes the embedder; runs in a thread.

    Raises: StorageError.
    """
    # one after the other: side by side in threads they would only take the interpreter from each other
    packs = await asyncio.to_thread(load_language_packs, resource("language"))
    embedder = await asyncio.to_thread(load)
    retriever = CatalogueRetriever(store, embedder, packs)
    composer = AnswerComposer(packs, embedder)
    await asyncio.to_thread(composer.warm, language)
    await retriever.warm()
    closing = asyncio.Event()
    others = [other for other in packs if other != language]
    warming = asyncio.create_task(_warm_later(composer, others, closing), name="warm-languages")
    return Answers(retriever, composer, packs, warming, closing)


def answering(
    store: Store,
    retriever: Retriever,
    answerers: Sequence[LanguageModel],
    clock: Clock,
    *,
    first_text_s: float | None = None,
) -> Answering:
    """answerers: a chain that ends in the composer; they and the retriever are punctual by themselves.

    first_text_s: how long all before the composer may take together to the first words.
    """
    return Answering(retriever, answerers, clock, partial(featured_product, store), first_text_s=first_text_s)


async def _warm_later(composer: AnswerComposer, languages: list[str], closing: asyncio.Event) -> None:
    """Not while everything is being loaded: a customer of another language waits 0.3 s longer, once, at worst."""
    with suppress(TimeoutError):
        async with asyncio.timeout(_WARM_OTHERS_AFTER_S):
            await closing.wait()
    for language in languages:
        if not closing.is_set():
            await asyncio.to_thread(composer.warm, language)
