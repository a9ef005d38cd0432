"""What every EndOfTurnModel promises."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass

import pytest

from holo_app.domain.audio import AudioChunk, silence
from holo_app.ports.end_of_turn import EndOfTurnModel
from holo_app.providers.smart_turn.model import SmartTurn
from holo_app.resources import model_file
from tests.contracts.recording import first_seconds, question
from tests.fakes.end_of_turn import FakeEndOfTurn
from tests.fakes.script import SpokenScript


@dataclass(frozen=True)
class Case:
    """A model, with an utterance that is whole and the same one broken off."""

    model: EndOfTurnModel
    whole: AudioChunk
    broken_off: AudioChunk


@pytest.fixture(params=["fake", pytest.param("smart-turn", marks=pytest.mark.models)])
async def case(request: pytest.FixtureRequest) -> AsyncIterator[Case]:
    if request.param == "fake":
        script = SpokenScript()
        line = script.say("is it waterproof", 1.5)
        yield Case(FakeEndOfTurn(script, delay_s=0), line, first_seconds(line, 0.8))
        return
    async with aclosing(SmartTurn(model_file("smart-turn", "smart-turn-v3.2-cpu.onnx"), threads=1)) as model:
        # "How long does the battery last, and …"
        yield Case(model, question(), first_seconds(question(), 2.7))


async def test_a_whole_utterance_scores_above_one_that_is_broken_off(case: Case) -> None:
    whole = await case.model.probability(case.whole)
    broken_off = await case.model.probability(case.broken_off)

    assert 0 <= broken_off < 0.5 < whole <= 1


@pytest.mark.parametrize("seconds", [0.0, 0.1, 3.0, 20.0])
async def test_any_length_is_judged(case: Case, seconds: float) -> None:
    assert 0 <= await case.model.probability(silence(seconds)) <= 1


async def test_only_the_end_counts(case: Case) -> None:
    late = AudioChunk(silence(9).pcm + case.whole.pcm)

    assert await case.model.probability(late) > 0.5


async def test_calls_may_overlap_and_be_given_up(case: Case) -> None:
    given_up = [asyncio.create_task(case.model.probability(case.broken_off)) for _ in range(3)]
    wanted = asyncio.create_task(case.model.probability(case.whole))
    await asyncio.sleep(0)
    for task in given_up:
        task.cancel()
    await asyncio.gather(*given_up, return_exceptions=True)

    assert await wanted > 0.5
