"""A conversation with the composer over the sample shop, as tests and tables hold it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from uuid import UUID

from holo_app.domain.character import Character
from holo_app.domain.conversation import Message, Role
from holo_app.domain.product import Product, StoreFact
from holo_app.knowledge.catalogue_index import CatalogueIndex
from holo_app.knowledge.composer import AnswerComposer
from holo_app.knowledge.language_pack import LanguagePack, load_language_packs
from holo_app.knowledge.retriever import ground
from holo_app.knowledge.sample_shop import load_sample_shop
from holo_app.ports.embedder import Embedder
from holo_app.ports.llm import AnswerDone, AnswerRequest, FactUsed, ProductShown, TextDelta
from holo_app.ports.retriever import Grounding
from holo_app.providers.usem3.embedder import UseEmbedder
from holo_app.resources import model_folder, resource

ROBIN = Character("robin", "Robin", "guide", "", (), "joe", "robin", "en")
_VISIT = UUID("01890000-0000-7000-8000-000000000001")
_NOW = datetime(2025, 5, 2, 10, 0, tzinfo=UTC)


@cache
def packs() -> dict[str, LanguagePack]:
    """The languages of the product."""
    return load_language_packs(resource("language"))


@cache
def real_embedder() -> UseEmbedder:
    """The sentence encoder on its fetched weights."""
    return UseEmbedder(model_folder("sentence-encoder"))


@dataclass(frozen=True, slots=True)
class Answer:
    """One answered question."""

    text: str
    products: tuple[str, ...]
    facts: tuple[FactUsed, ...]
    done: AnswerDone
    grounding: Grounding


@dataclass
class Visit:
    """One customer's conversation; each `ask` goes on with it."""

    index: CatalogueIndex
    composer: AnswerComposer
    language: str = "en"
    history: list[Message] = field(default_factory=list)

    def ask(self, text: str) -> Answer:
        grounding = ground(self.index, text, language=self.language, history=self.history)
        request = AnswerRequest(text, self.language, ROBIN, tuple(self.history), grounding)
        answer = asyncio.run(_collect(self.composer, request))
        self.history += [
            self._message(Role.CUSTOMER, text, ()),
            self._message(Role.CHARACTER, answer.text, answer.products),
        ]
        return answer

    def _message(self, role: Role, text: str, products: tuple[str, ...]) -> Message:
        number = UUID(int=len(self.history) + 1)
        return Message(number, _VISIT, role, text, text, self.language, _NOW, products)


async def _collect(composer: AnswerComposer, request: AnswerRequest) -> Answer:
    events = [event async for event in composer.answer(request)]
    done = events[-1]
    assert isinstance(done, AnswerDone)
    return Answer(
        "".join(event.text for event in events if isinstance(event, TextDelta)),
        tuple(event.sku for event in events if isinstance(event, ProductShown)),
        tuple(event for event in events if isinstance(event, FactUsed)),
        done,
        request.grounding,
    )


def index_of(
    products: Sequence[Product], facts: Sequence[StoreFact] = (), embedder: Embedder | None = None
) -> CatalogueIndex:
    """An index over these products, by the real encoder unless another is given."""
    return CatalogueIndex(1, products, facts, embedder=embedder or real_embedder(), packs=packs())


@cache
def sample_index() -> CatalogueIndex:
    """The sample shop."""
    shop = load_sample_shop()
    return index_of(shop.products, shop.facts)


@cache
def composer() -> AnswerComposer:
    """The composer with the real encoder."""
    return AnswerComposer(packs(), real_embedder())


def sample_visit(language: str = "en") -> Visit:
    """A new customer in the sample shop."""
    return Visit(sample_index(), composer(), language)
