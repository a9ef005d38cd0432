"""Typed questions without sound or screen: the same retrieval and the same answerers as in front of a customer."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Mapping
from contextlib import aclosing, closing
from dataclasses import dataclass
from time import monotonic
from uuid import UUID

from holo_app.bootstrap.answers import answering, load_answers
from holo_app.bootstrap.clock import SystemClock
from holo_app.bootstrap.deadlines import stage_deadlines
from holo_app.bootstrap.shop import chosen_character, open_shop
from holo_app.bootstrap.speech import load_embedder
from holo_app.config import Settings
from holo_app.dialogue.answering import Answer, Answering, Question
from holo_app.dialogue.punctual import PunctualAnswerer, PunctualRetriever
from holo_app.dialogue.visit import Visit
from holo_app.ports.meter import CURRENT_TURN


@dataclass(frozen=True, slots=True)
class AskResult:
    """One answer.

    products: SKUs, most important first. facts: what the answer states, as `P-001.price = 179.00 GBP`. timings_ms: by stage,
    and `total`.
    """

    answer: str
    products: tuple[str, ...]
    facts: tuple[str, ...]
    timings_ms: Mapping[str, float]


def ask_lines(settings: Settings, lines: Iterable[str]) -> Iterator[AskResult]:
    """Answer each line in turn, in one conversation that is not kept. Raises: StorageError, ProviderError."""
    clock = SystemClock()
    with asyncio.Runner() as runner, closing(open_shop(settings).store) as store:
        answers = runner.run(load_answers(store, load_embedder, settings.general.language))
        deadlines = stage_deadlines(settings)
        retriever = PunctualRetriever(answers.retriever, deadlines)
        composer = PunctualAnswerer(answers.composer, deadlines)
        chain = answering(store, retriever, [composer], clock)
        try:
            character, language = chosen_character(settings, store), settings.general.language
            visit = Visit(clock, character_id=character.id, language=language)
            for line in lines:
                question = Question(line, language, character, visit.history())
                yield runner.run(_ask(chain, visit, question, clock.new_id()))
        finally:
            runner.run(answers.aclose())


async def _ask(chain: Answering, visit: Visit, question: Question, turn_id: UUID) -> AskResult:
    CURRENT_TURN.set(turn_id)
    began = monotonic()
    answer = Answer()
    async with aclosing(chain.clauses(question, answer)) as clauses:
        async for _ in clauses:
            pass
    visit.customer_said(question.text, language=question.language, timings_ms={}, provider="typed")
    visit.character_said(answer, answer.text, turn_id=turn_id, language=question.language, interrupted=False)
    timings_ms = {**answer.timings_ms, "total": 1000 * (monotonic() - began)}
    return AskResult(answer.text.strip(), answer.skus, tuple(answer.facts), timings_ms)
