"""What a language model answered is said at once to whoever asks the same again, while the shop's data stay as they are."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from hashlib import blake2b

from holo_app.dialogue.punctual import says_something
from holo_app.dialogue.turn_words import words_of
from holo_app.domain.conversation import Usage
from holo_app.ports.clock import Clock
from holo_app.ports.llm import NOT_UNDERSTOOD, AnswerDone, AnswerEvent, AnswerRequest, FactUsed, LanguageModel

KEPT_FOR_S = 600.0
"""Answers may speak of the time of day."""
_OF_THE_HOUR = "hours"

Judge = Callable[[AnswerRequest, Sequence[AnswerEvent]], bool]


@dataclass(frozen=True, slots=True)
class _Kept:
    events: tuple[AnswerEvent, ...]
    at: float


class RememberedAnswers:
    """A LanguageModel in front of another one.

    The same question is: the same words in the same language to the same character with the same instructions, while the
    catalogue and the products that the talk is about are the same, as an opening or after the same words of the character
    ("yes, please" means what it answers to). Of all that only a number is kept, and the answer for kept_for_s.

    most: how many are kept; what was not asked for longest makes room. keepable: has the last word on whole answers, such as
    whether all that they say was founded. Never kept: what was cut, failed, not understood, a goodbye, or about the hours.
    """

    def __init__(
        self,
        inner: LanguageModel,
        clock: Clock,
        *,
        most: int,
        keepable: Judge = lambda _request, _events: True,
        kept_for_s: float = KEPT_FOR_S,
    ) -> None:
        self._inner = inner
        self._clock = clock
        self._most = most
        self._keepable = keepable
        self._kept_for_s = kept_for_s
        self._kept: OrderedDict[bytes, _Kept] = OrderedDict()

    def __len__(self) -> int:
        return len(self._kept)

    async def answer(self, request: AnswerRequest) -> AsyncGenerator[AnswerEvent]:
        key = _key(request)
        known = self._known(key) if key else ()
        for event in known:
            yield event
        if known:
            return
        events: list[AnswerEvent] = []
        async with aclosing(self._inner.answer(request)) as told:
            async for event in told:
                events.append(event)
                yield event
        if key and _worth_keeping(events) and self._keepable(request, events):
            self._keep(key, events)

    async def aclose(self) -> None:
        self._kept.clear()
        await self._inner.aclose()

    def _known(self, key: bytes) -> tuple[AnswerEvent, ...]:
        kept = self._kept.get(key)
        if kept is None:
            return ()
        if self._clock.monotonic() - kept.at > self._kept_for_s:
            del self._kept[key]
            return ()
        self._kept.move_to_end(key)
        return kept.events

    def _keep(self, key: bytes, events: Sequence[AnswerEvent]) -> None:
        if self._most:
            # a replay uses nothing
            unpaid = (replace(event, usage=Usage()) if isinstance(event, AnswerDone) else event for event in events)
            self._kept[key] = _Kept(tuple(unpaid), self._clock.monotonic())
        while len(self._kept) > self._most:
            self._kept.popitem(last=False)


def _worth_keeping(events: Sequence[AnswerEvent]) -> bool:
    done = events[-1] if events else None
    if not isinstance(done, AnswerDone) or not done.whole or done.ends_conversation or NOT_UNDERSTOOD in events:
        return False
    of_the_hour = any(isinstance(event, FactUsed) and event.field == _OF_THE_HOUR for event in events)
    return not of_the_hour and any(says_something(event) for event in events)


def _key(request: AnswerRequest) -> bytes:
    """A number for all that the answer depends on; empty where there is nothing to go by."""
    question = words_of(request.text)
    if not question or request.said:
        return b""
    character, grounding = request.character, request.grounding
    parts = (
        question,
        request.language,
        (character.id, character.name, character.system_prompt, character.traits),
        grounding.catalogue_version,
        [product.sku for product in grounding.focus],
        request.history[-1].heard if request.history else "",
    )
    return blake2b(repr(parts).encode(), digest_size=16).digest()
