"""From a question to clauses of text: retrieval, then the first answerer of the chain that delivers."""

from __future__ import annotations

import math
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from typing import assert_never

import structlog

from holo_app.dialogue.clauses import is_sentence, pieces_of
from holo_app.dialogue.deadlines import Patience, in_time
from holo_app.dialogue.punctual import says_something
from holo_app.dialogue.stage_directions import Clause, Script
from holo_app.dialogue.turn_words import words_of
from holo_app.domain.character import Character
from holo_app.domain.conversation import Message, Stage, Usage
from holo_app.domain.product import Product
from holo_app.errors import FailureCategory, ProviderError, StorageError
from holo_app.ports.clock import Clock
from holo_app.ports.llm import AnswerDone, AnswerEvent, AnswerRequest, FactUsed, LanguageModel, ProductShown, TextDelta
from holo_app.ports.retriever import Grounding, Retriever

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Question:
    """What is to be answered, for whom, after what."""

    text: str
    language: str
    character: Character
    history: tuple[Message, ...] = ()


@dataclass(slots=True)
class Answer:
    """An answer as it grows."""

    text: str = ""
    products: list[Product] = field(default_factory=list)
    facts: list[str] = field(default_factory=list)
    provider: str = ""
    usage: Usage = field(default_factory=Usage)
    ends_visit: bool = False
    timings_ms: dict[str, float] = field(default_factory=dict)

    def begin_again(self) -> None:
        """Nothing of it was said: forget it. What was measured stays."""
        self.text, self.provider, self.usage, self.ends_visit = "", "", Usage(), False
        self.products.clear()
        self.facts.clear()

    @property
    def skus(self) -> tuple[str, ...]:
        """SKUs of the products it speaks of, most important first."""
        return tuple(product.sku for product in self.products)


class Answering:
    """Answers questions from the shop's data.

    answerers: tried in order; the last one is the composer, which cannot fail. Retriever and answerers are to be punctual (see
    `punctual`): what hangs would hang the answer. first_text_s: how long all before the composer may take together to the first
    words; None: each its own time. featured: the product that is on the screen before anyone asked; "this one" means it until
    the conversation turns to another. Raises: StorageError.
    """

    def __init__(
        self,
        retriever: Retriever,
        answerers: Sequence[LanguageModel],
        clock: Clock,
        featured: Callable[[], Product | None] = lambda: None,
        *,
        first_text_s: float | None = None,
    ) -> None:
        self._retriever = retriever
        self._answerers = tuple(answerers)
        self._clock = clock
        self._featured = featured
        self._first_text_s = first_text_s

    def on_display(self) -> tuple[Product, ...]:
        """What the screen shows while nobody has asked for anything: one product or none."""
        try:
            product = self._featured()
        except StorageError as error:
            log.error("featured_unknown", reason=str(error))  # noqa: TRY400 - an environment error
            return ()
        return () if product is None else (product,)

    async def clauses(self, question: Question, answer: Answer) -> AsyncGenerator[Clause]:
        """Yield the answer clause by clause while filling `answer`, whose text is without stage directions.

        Raises: ProviderError when no answerer delivered anything.
        """
        began = self._clock.monotonic()
        grounding = await self._ground(question)
        grounded = self._clock.monotonic()
        answer.timings_ms[Stage.RETRIEVE] = 1000 * (grounded - began)
        request = AnswerRequest(question.text, question.language, question.character, question.history, grounding)
        async with aclosing(self._first_that_answers(request, answer)) as clauses:
            async for clause in clauses:
                answer.timings_ms.setdefault(Stage.ANSWER, 1000 * (self._clock.monotonic() - grounded))
                yield clause

    async def _ground(self, question: Question) -> Grounding:
        try:
            found = await self._retriever.retrieve(question.text, language=question.language, history=question.history)
            return found if found.focus else replace(found, focus=self.on_display())
        except (StorageError, ProviderError) as error:
            # Without data the answer says that it does not know: better than silence.
            log.error("retrieval_failed", reason=str(error))  # noqa: TRY400 - an environment error
            return Grounding()

    async def _first_that_answers(self, request: AnswerRequest, answer: Answer) -> AsyncGenerator[Clause]:
        """Clauses of the first answerer that says all it wants to; one that fails before is followed by the next.

        What was handed on may have been heard, so it stands, and the next one is told so that it goes on from there. The
        composer cannot do that: after a whole sentence it is asked only where that told nothing of the shop ("Let me see!"),
        and else the answer ends politely there.
        """
        failure: ProviderError | None = None
        said = ""
        began = self._clock.monotonic()
        for place, answerer in enumerate(self._answerers, start=1):
            composes = place == len(self._answerers)
            if not said:
                answer.begin_again()
            elif composes and is_sentence(said) and (answer.facts or answer.products):
                return
            telling = _Telling(answer, request.grounding)
            events = answerer.answer(replace(request, said=answer.text))
            if self._first_text_s is not None and not said and not composes:
                left_s = began + self._first_text_s - self._clock.monotonic()
                events = in_time(events, "answer", Patience(left_s, math.inf), says_something)
            try:
                async with aclosing(telling.clauses(events)) as clauses:
                    async for clause in clauses:
                        said = clause.text
                        yield clause
                return
            except ProviderError as error:
                log.warning("answerer_failed", place=place, provider=error.provider, category=error.category.value)
                failure = error
                telling.take_back()
        if failure is not None and not said:
            raise failure


class _Telling:
    """Enters what one answerer says into an answer. What was said word for word before is not said again."""

    def __init__(self, answer: Answer, grounding: Grounding) -> None:
        self._answer = answer
        self._script = Script()
        self._known = {scored.product.sku: scored.product for scored in grounding.products}
        self._known |= {product.sku: product for product in grounding.focus}
        self._speaks = False
        self._said_before = {_folded(piece) for piece in pieces_of(answer.text)}

    async def clauses(self, told: AsyncGenerator[AnswerEvent]) -> AsyncGenerator[Clause]:
        """What it says, clause by clause. Raises: ProviderError."""
        if self._answer.text:
            self._answer.text += " "
        silent = True
        async with aclosing(told) as events:
            async for event in events:
                for clause in self._take(event):
                    silent = False
                    yield clause
        text, rest = self._script.flush()
        self._answer.text += text
        for clause in self._new(rest):
            silent = False
            yield clause
        if silent:
            raise ProviderError(self._answer.provider or "answer", FailureCategory.BAD_RESPONSE, "it said nothing")

    def take_back(self) -> None:
        """What did not become a clause was not said."""
        self._answer.text = self._answer.text.removesuffix(self._script.pending).rstrip()

    def _take(self, event: AnswerEvent) -> list[Clause]:
        """Enter one event; returns the clauses that it completes."""
        answer = self._answer
        match event:
            case TextDelta(text):
                plain, clauses = self._script.push(text if self._speaks else text.lstrip())
                self._speaks = self._speaks or bool(plain)
                answer.text += plain
                return self._new(clauses)
            case FactUsed(subject, name, value):
                answer.facts.append(f"{subject}.{name} = {value}")
            case ProductShown(sku):
                product = self._known.get(sku)
                if product is not None and product not in answer.products:
                    answer.products.append(product)
            case AnswerDone(provider, usage, ends_conversation):
                answer.provider = provider
                answer.usage = usage
                answer.ends_visit = ends_conversation
            case _ as never:
                assert_never(never)
        return []

    def _new(self, clauses: list[Clause]) -> list[Clause]:
        """Those of the clauses that were not said before; the others leave the text too."""
        new = [clause for clause in clauses if _folded(clause.text) not in self._said_before]
        for clause in clauses:
            if clause not in new:
                before, _, after = self._answer.text.rpartition(clause.text)
                self._answer.text = before + after.lstrip()
        return new


def _folded(piece: str) -> str:
    return " ".join(words_of(piece))
