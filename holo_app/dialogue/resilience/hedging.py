"""A race for the first words: where one language model keeps silent, a second one is asked, and the first to speak answers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

import structlog

from holo_app.dialogue.punctual import says_something
from holo_app.dialogue.resilience.allowance import DailyAllowance
from holo_app.dialogue.running import Running, changed_by
from holo_app.errors import ProviderError
from holo_app.ports.llm import AnswerEvent, AnswerRequest, LanguageModel

log = structlog.get_logger(__name__)


class HedgedAnswerer:
    """A LanguageModel of two. Never for the composer, which is quick and free.

    second, provider: who is asked too, and its name in the account. after_s: the first one's silence until then. One that fails
    within that time is an ordinary failure: whoever comes next in the chain is asked. The second one is closed by this one's
    owner, for it has its own place in the chain.
    """

    def __init__(
        self,
        first: LanguageModel,
        second: LanguageModel,
        provider: str,
        *,
        after_s: float,
        allowance: DailyAllowance,
    ) -> None:
        self._first = first
        self._second = second
        self._provider = provider
        self._after_s = after_s
        self._allowance = allowance

    async def answer(self, request: AnswerRequest) -> AsyncGenerator[AnswerEvent]:
        changed = asyncio.Event()
        racers = [_Racer(self._first.answer(request), changed)]
        due: float | None = asyncio.get_running_loop().time() + self._after_s
        winner: _Racer | None = None
        try:
            while winner is None:
                if not await changed_by(changed, lambda: any(racer.ready for racer in racers), lambda: due):  # noqa: B023
                    due = None
                    if self._allowance.take(self._provider):
                        log.info("answer_hedged", provider=self._provider)
                        racers.append(_Racer(self._second.answer(request), changed))
                    continue
                winner = _decided(racers)
            for racer in racers:
                if racer is not winner:
                    racer.running.cancel()
            for event in winner.early:
                yield event
            while await winner.running.ready_by(_whenever) and not winner.running.ended:
                yield winner.running.take()
        finally:
            for racer in racers:
                racer.running.cancel()
            await asyncio.gather(*(racer.running.aclose() for racer in racers))

    async def aclose(self) -> None:
        await self._first.aclose()


class _Racer:
    """One of the two. early: what came before its first words, and them."""

    def __init__(self, events: AsyncGenerator[AnswerEvent], changed: asyncio.Event) -> None:
        self.running = Running(events, "answer", changed=changed)
        self.early: list[AnswerEvent] = []
        self.failure: ProviderError | None = None

    @property
    def ready(self) -> bool:
        return self.running.ready and self.failure is None

    def advance(self) -> bool:
        """Take what is there; whether there are words, or a whole answer without any. Raises: ProviderError."""
        while self.running.ready:
            if self.running.ended:
                return True
            self.early.append(self.running.take())
            if says_something(self.early[-1]):
                return True
        return False


def _decided(racers: list[_Racer]) -> _Racer | None:
    """Who has won. Raises: ProviderError: nobody is left who could; the first one's."""
    for racer in racers:
        try:
            if racer.ready and racer.advance():
                return racer
        except ProviderError as error:
            racer.failure = error
    failures = [racer.failure for racer in racers if racer.failure is not None]
    if len(failures) == len(racers):
        raise failures[0]
    return None


def _whenever() -> None:
    return None
