"""A question goes in, an answer streams out: a language model, or the answer composer that needs none."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from typing import Protocol

from holo_app.domain.character import Character
from holo_app.domain.conversation import Message, Usage
from holo_app.ports.retriever import Grounding


@dataclass(frozen=True, slots=True)
class AnswerRequest:
    """One question with all that an answer may use.

    text: what the customer said. history: the conversation so far, oldest first, as it was *heard*.
    grounding: what the shop's data hold about it; nothing else may be claimed. said: the beginning of this very answer, which
    the customer has already been told by an answerer that then failed: a language model goes on after it and repeats nothing.
    """

    text: str
    language: str
    character: Character
    history: tuple[Message, ...] = ()
    grounding: Grounding = field(default_factory=Grounding)
    said: str = ""


@dataclass(frozen=True, slots=True)
class TextDelta:
    """The next piece of the answer, as plain text."""

    text: str


@dataclass(frozen=True, slots=True)
class FactUsed:
    """A fact that the answer states, for the record and for tests: `P-014.price = 149.00 GBP`, `store.hours = …`."""

    subject: str
    field: str
    value: str


NOT_UNDERSTOOD = FactUsed("question", "understood", "no")
"""Stated, before any text, by an answer that says no more than that the question made no sense."""


@dataclass(frozen=True, slots=True)
class ProductShown:
    """The answer now speaks of this product: show its card."""

    sku: str


@dataclass(frozen=True, slots=True)
class AnswerDone:
    """Always last. provider and usage go into the turn's record; ends_conversation: it was a goodbye.

    whole: False: it was cut, for what would have followed was not founded, or failed.
    """

    provider: str
    usage: Usage = Usage()
    ends_conversation: bool = False
    whole: bool = True


AnswerEvent = TextDelta | FactUsed | ProductShown | AnswerDone


class LanguageModel(Protocol):
    """Answer one question.

    Yields events; AnswerDone comes exactly once and last. The concatenated TextDeltas are the answer: plain text, no markup,
    never empty. Closing the generator early cancels the work. Never blocks the event loop. The only error is ProviderError.
    """

    def answer(self, request: AnswerRequest) -> AsyncGenerator[AnswerEvent]: ...

    async def aclose(self) -> None:
        """Free connections. May be called twice."""
        ...
