"""The conversation: what the customer says, and when. It waits for what it hears, as a customer does."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass

from tests.benchmarks.turn_taking.clips import Clip, Clips
from tests.benchmarks.turn_taking.microphone import Microphone
from tests.benchmarks.turn_taking.speaker import SoundCard
from tests.benchmarks.turn_taking.timeline import Exchange, Role, Said, Scenario

ANSWER_BY_S = 8.0
_LONGEST_ANSWER_S = 20.0
_OVER_AFTER_S = 1.2
_SURELY_OVER_AFTER_S = 2.8
"""Longer than any stack waits before it resumes an answer that it took to be interrupted."""

_INTO_ANSWER_S = {Scenario.INTERRUPTION: 2.0, Scenario.EARLY_INTERRUPTION: 0.4, Scenario.BACKCHANNEL: 2.0}
_PAUSES_S = {Scenario.PAUSE_700_MS: 0.7, Scenario.PAUSE_1000_MS: 1.0}
_POLL_S = 0.005
_SETTLE_S = 1.0
_STEP_S = 0.037
"""Rounds begin at other places of the frame and detector grids."""


@dataclass(frozen=True, slots=True)
class _Step:
    """One exchange to come. number: its place in the conversation; round: chooses the clips."""

    scenario: Scenario
    number: int
    round: int


class Conversation:
    """The customer's side. `exchanges` holds it and tells each exchange when it is over."""

    def __init__(self, microphone: Microphone, card: SoundCard, clips: Clips) -> None:
        self._microphone = microphone
        self._card = card
        self._clips = clips

    async def exchanges(self, rounds: int, *, short: bool) -> AsyncGenerator[Exchange]:
        """Every scenario whose clips are there, `rounds` times. short: only one of them in each round."""
        await asyncio.sleep(_SETTLE_S)
        number = 0
        scenarios = self._scenarios()
        for done in range(rounds):
            for scenario in [scenarios[done % len(scenarios)]] if short else scenarios:
                yield await self._hold(_Step(scenario, number, done))
                number += 1

    def _scenarios(self) -> list[Scenario]:
        clips = self._clips
        barge_ins = [Scenario.INTERRUPTION, Scenario.EARLY_INTERRUPTION] if clips.barge_ins else []
        backchannels = [Scenario.BACKCHANNEL] if clips.backchannel else []
        return [*barge_ins, *backchannels, *(_PAUSES_S if clips.halves else ())]

    async def _hold(self, step: _Step) -> Exchange:
        over_after_s = _SURELY_OVER_AFTER_S if step.scenario is Scenario.BACKCHANNEL else _OVER_AFTER_S
        await self._until(lambda: self._card.quiet_s() > _OVER_AFTER_S, _LONGEST_ANSWER_S)
        await asyncio.sleep(0.3 + _STEP_S * (step.number % 7))
        began_at = time.monotonic()
        said = await (self._halves(step) if step.scenario in _PAUSES_S else self._question(step))
        await self._until(lambda: self._card.quiet_s() > over_after_s, _LONGEST_ANSWER_S)
        return Exchange(step.scenario, tuple(said), self._card.ticks_since(began_at))

    async def _question(self, step: _Step) -> list[Said]:
        """A question, and into its answer whatever the scenario wants there."""
        said = [await self._microphone.say(Role.QUESTION, _turn(self._clips.questions, step.round))]
        if not await self._answer_to(said[0]):
            return said
        role, clip = self._remark(step)
        await asyncio.sleep(max(0.0, self._card.onset_at + _INTO_ANSWER_S[step.scenario] - time.monotonic()))
        said.append(await self._microphone.say(role, clip))
        if role is Role.BARGE_IN:
            await self._answer_to(said[1])
        return said

    def _remark(self, step: _Step) -> tuple[Role, Clip]:
        if step.scenario is Scenario.BACKCHANNEL and self._clips.backchannel is not None:
            return Role.BACKCHANNEL, self._clips.backchannel
        return Role.BARGE_IN, _turn(self._clips.barge_ins, step.round)

    async def _halves(self, step: _Step) -> list[Said]:
        """One sentence with a pause in its middle."""
        first, second = self._clips.halves[step.round % len(self._clips.halves)]
        said = [await self._microphone.say(Role.FIRST_HALF, first)]
        await asyncio.sleep(_PAUSES_S[step.scenario])
        said.append(await self._microphone.say(Role.SECOND_HALF, second))
        await self._answer_to(said[1])
        return said

    async def _answer_to(self, said: Said) -> bool:
        """Wait until something new is audible after it; False: nothing came."""
        return await self._until(lambda: self._card.onset_at > said.ended_at, ANSWER_BY_S)

    @staticmethod
    async def _until(happened: Callable[[], bool], within_s: float) -> bool:
        ends_at = time.monotonic() + within_s
        while not happened():
            if time.monotonic() > ends_at:
                return False
            await asyncio.sleep(_POLL_S)
        return True


def _turn(clips: tuple[Clip, ...], number: int) -> Clip:
    return clips[number % len(clips)]
