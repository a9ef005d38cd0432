"""One turn from the engine's StartReply to its record: the reply, its task, and what was measured."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import UUID

import structlog

from holo_app.dialogue.answering import Answering, Question
from holo_app.dialogue.reply import Reply, Voice
from holo_app.domain.conversation import Stage
from holo_app.errors import ProviderError
from holo_app.ports.llm import NOT_UNDERSTOOD
from holo_app.ports.meter import CURRENT_TURN

NOT_UNDERSTOOD_FACT = f"{NOT_UNDERSTOOD.subject}.{NOT_UNDERSTOOD.field} = {NOT_UNDERSTOOD.value}"

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class TurnTimes:
    """end_of_speech_at: when the customer's last sound was in the air; None for typed text, where began_at counts."""

    began_at: float
    end_of_speech_at: float | None
    timings_ms: dict[str, float] = field(default_factory=dict)

    def since_speech(self, stage: Stage, at: float) -> None:
        """Note how long after the end of the question `at` lies."""
        origin = self.began_at if self.end_of_speech_at is None else self.end_of_speech_at
        self.timings_ms[stage] = 1000 * (at - origin)


class Turn:
    """Owns the task of one reply. on_audible(number, at), on_over(number): told to the loop, once each."""

    def __init__(
        self,
        number: int,
        question: Question,
        times: TurnTimes,
        *,
        asked: bool,
        turn_id: UUID,
    ) -> None:
        self.number = number
        self.id = turn_id
        """What it used is entered under this id, and what the character said is recorded under it."""
        self.question = question
        self.times = times
        self.asked = asked
        """False for a greeting, and for speech that turned out to be none: nobody asked anything."""
        self.audible = False
        self._reply: Reply | None = None
        self._task: asyncio.Task[None] | None = None

    @property
    def reply(self) -> Reply:
        """The reply; only after `start`."""
        if self._reply is None:
            raise RuntimeError("the turn has not started")
        return self._reply

    def start(
        self,
        answering: Answering | None,
        voice: Voice,
        on_audible: Callable[[Turn, float], None],
        on_over: Callable[[Turn], None],
    ) -> None:
        """Begin to answer; nothing is heard before `reply.commit()`."""
        self._reply = Reply(
            self.question,
            answering,
            voice,
            lambda at: on_audible(self, at),
            lambda at: self.times.since_speech(Stage.FIRST_AUDIO_OF_ANSWER, at),
        )
        self._task = asyncio.ensure_future(self._run(on_over))

    @property
    def understood(self) -> bool:
        """Whether the answer makes any sense of the question, as far as it is known."""
        return NOT_UNDERSTOOD_FACT not in self.reply.answer.facts

    def timings_ms(self) -> dict[str, float]:
        """All stages known so far."""
        return {**self.times.timings_ms, **self.reply.answer.timings_ms}

    async def cancel(self) -> None:
        """End the task and wait for it."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self, on_over: Callable[[Turn], None]) -> None:
        CURRENT_TURN.set(self.id)  # of this task and those that it starts
        try:
            await self.reply.run()
        except ProviderError as error:
            log.error("reply_failed", provider=error.provider, category=error.category.value)  # noqa: TRY400
        except Exception:  # the end of a stage: a bug in one reply must not end the kiosk
            log.exception("reply_crashed", turn=self.number)
        # a reply that failed while it was only prepared is still the reply of a turn that has to end first
        await self.reply.until_committed()
        on_over(self)
