"""The race for the first words, and what it may cost."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from datetime import timedelta
from uuid import UUID

import pytest

from holo_app.dialogue.resilience.allowance import DailyAllowance
from holo_app.dialogue.resilience.hedging import HedgedAnswerer
from holo_app.domain.usage import Cost, ProviderRole, Use
from holo_app.errors import FailureCategory, ProviderError
from holo_app.ports.llm import AnswerDone, AnswerEvent, AnswerRequest, FactUsed, TextDelta
from holo_app.ports.meter import CURRENT_TURN
from tests.dialogue.world import AVA
from tests.fakes.failing import FailingAnswerer, Mishap
from tests.fakes.meter import FakeMeter
from tests.fakes.virtual_time import STORY_BEGINS, VirtualClock, run_virtual, virtual_time

REQUEST = AnswerRequest("How much is it?", "en", AVA)
HANGS = Mishap(category=None)


class Race:
    """Two answerers; the second is asked after 0.5 s."""

    def __init__(self, first_s: float = 0.1, second_s: float = 0.1, *, most: int = 9, micros: int | None = None):
        self.clock, self.meter = VirtualClock(), FakeMeter()
        self.first = FailingAnswerer("first", "I", " am first.", first_s=first_s, states=FactUsed("a", "b", "c"))
        self.second = FailingAnswerer("second", "I", " am second.", first_s=second_s)
        self.allowance = DailyAllowance(self.meter, self.clock, most=most, most_micros=micros)
        self.answerer = HedgedAnswerer(self.first, self.second, "second", after_s=0.5, allowance=self.allowance)

    async def run(self) -> list[AnswerEvent]:
        async with aclosing(self.answerer.answer(REQUEST)) as events:
            return [event async for event in events]

    async def text(self) -> str:
        return "".join(event.text for event in await self.run() if isinstance(event, TextDelta))


@virtual_time
async def test_who_speaks_in_time_is_alone() -> None:
    race = Race(first_s=0.4)
    assert await race.run() == [
        FactUsed("a", "b", "c"), TextDelta("I"), TextDelta(" am first."), AnswerDone("first"),
    ]  # fmt: skip
    assert race.second.requests == []


@virtual_time
async def test_the_second_one_answers_where_the_first_keeps_silent_and_the_loser_is_closed() -> None:
    race = Race(first_s=60)
    assert await race.run() == [TextDelta("I"), TextDelta(" am second."), AnswerDone("second")]
    assert race.clock.monotonic() == pytest.approx(0.62)
    assert race.first.mishaps.closed_early == 1


@virtual_time
async def test_the_first_one_may_still_win() -> None:
    race = Race(first_s=0.7, second_s=0.5)
    assert await race.text() == "I am first."
    assert race.second.mishaps.closed_early == 1
    assert race.clock.monotonic() < 0.8


@virtual_time
async def test_a_failure_before_the_race_is_told_at_once() -> None:
    race = Race()
    race.first.mishaps.always = Mishap(category=FailureCategory.QUOTA)
    with pytest.raises(ProviderError):
        await race.run()
    assert race.second.requests == []


@virtual_time
async def test_in_the_race_one_may_fail_and_only_when_both_do_it_is_told() -> None:
    race = Race(first_s=0.6, second_s=0.3)
    race.first.mishaps.next = [Mishap()]
    assert await race.text() == "I am second."
    race.first.first_s = 0.9
    race.second.mishaps.next = [Mishap()]
    assert await race.text() == "I am first."
    race.first.mishaps.next = [Mishap(category=FailureCategory.BAD_RESPONSE)]
    race.second.mishaps.next = [Mishap(category=FailureCategory.QUOTA)]
    with pytest.raises(ProviderError) as caught:
        await race.run()
    assert caught.value.provider == "first"


@virtual_time
async def test_the_winner_may_die_in_the_middle() -> None:
    race = Race()
    race.first.mishaps.always = Mishap(1)
    with pytest.raises(ProviderError):
        await race.run()


@virtual_time
async def test_an_answer_without_words_is_an_answer() -> None:
    race = Race()
    race.first.lines = (" ",)
    assert await race.run() == [FactUsed("a", "b", "c"), TextDelta(" "), AnswerDone("first")]


@virtual_time
async def test_closing_early_closes_both() -> None:
    race = Race(first_s=60, second_s=60)
    reader = asyncio.create_task(race.run())
    await asyncio.sleep(1)
    reader.cancel()
    await asyncio.gather(reader, return_exceptions=True)
    assert (race.first.mishaps.closed_early, race.second.mishaps.closed_early) == (1, 1)
    await race.answerer.aclose()
    assert (race.first.closed, race.second.closed) == (1, 0)


def test_so_many_a_day() -> None:
    async def story() -> None:
        race = Race(first_s=0.7, most=2)
        for _ in range(3):
            await race.run()
        assert len(race.second.requests) == 2
        await asyncio.sleep(24 * 3600)
        await race.run()
        assert len(race.second.requests) == 3

    run_virtual(story(), timeout_s=2 * 24 * 3600)


def use(turn: UUID | None, provider: str = "second", micros: int | None = 600, role: str = "llm") -> Use:
    cost = None if micros is None else Cost(micros)
    return Use(ProviderRole(role), provider, "model", STORY_BEGINS + timedelta(), cost=cost, turn=turn)


@virtual_time
async def test_so_much_money_a_day_where_it_is_known() -> None:
    race, turn = Race(first_s=0.7, micros=1_000), UUID(int=1)
    await race.run()
    CURRENT_TURN.set(turn)
    await race.run()
    told = [
        use(turn), use(None), use(UUID(int=2)), use(turn, "first"), use(turn, micros=None), use(turn, role="tts"),
    ]  # fmt: skip
    for one in told:
        race.allowance.used(one)
    assert race.meter.uses == told
    await race.run()
    race.allowance.used(use(turn))
    assert len(race.second.requests) == 3
    await race.run()
    assert len(race.second.requests) == 3
