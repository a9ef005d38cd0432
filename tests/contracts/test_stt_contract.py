"""What every SpeechToText promises."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass

import pytest

from holo_app.bootstrap.clock import SystemClock
from holo_app.dialogue.resilience.calls import Calls
from holo_app.dialogue.resilience.chained_stt import ChainedStt
from holo_app.dialogue.resilience.guarded import GuardedStt
from holo_app.dialogue.resilience.health import Health
from holo_app.dialogue.resilience.limits import STT_LIMITS
from holo_app.dialogue.resilience.link import Link
from holo_app.dialogue.troubles import TroubleBoard
from holo_app.domain.audio import AudioChunk, silence
from holo_app.domain.speech import Transcript
from holo_app.domain.usage import ProviderRole
from holo_app.errors import FailureCategory, ProviderError
from holo_app.ports.stt import SpeechToText
from holo_app.providers.moonshine.stt import MoonshineStt
from holo_app.resources import model_folder
from tests.contracts.recording import QUESTION, as_stream, in_pieces, question
from tests.fakes.script import SpokenScript
from tests.fakes.stt import FakeStt


@dataclass(frozen=True)
class Case:
    """A recogniser, and what was said in some audio."""

    stt: SpeechToText
    audio: AudioChunk
    text: str


def wrapped(kind: str, script: SpokenScript) -> SpeechToText:
    """Fakes behind the wrappers that stand in front of every provider."""
    clock = SystemClock()
    calls = Calls(ProviderRole.STT, "fake-stt", STT_LIMITS, Health(clock, TroubleBoard(lambda _: None)), clock)
    first = FakeStt(script, delay_s=0, streaming=True)
    if kind == "half dead chain":
        first.failure = FailureCategory.UNAVAILABLE
    guarded = GuardedStt(first, calls, clock)
    return guarded if kind == "guarded" else ChainedStt([Link(guarded), Link(FakeStt(script, delay_s=0))], clock)


WRAPPED = ["guarded", "chained", "half dead chain"]


@pytest.fixture(params=["fake", "streaming fake", *WRAPPED, pytest.param("moonshine", marks=pytest.mark.models)])
async def case(request: pytest.FixtureRequest) -> AsyncIterator[Case]:
    if request.param in WRAPPED:
        script = SpokenScript()
        made = Case(wrapped(request.param, script), script.say(QUESTION, 2.5), QUESTION)
    elif request.param != "moonshine":
        script = SpokenScript()
        made = Case(
            FakeStt(script, delay_s=0, streaming=request.param == "streaming fake"), script.say(QUESTION, 2.5), QUESTION
        )
    else:
        made = Case(MoonshineStt(model_folder("moonshine-tiny-en")), question(), QUESTION)
    yield made
    await made.stt.aclose()


async def hear(case: Case, chunks: Sequence[AudioChunk], language: str = "en") -> list[Transcript]:
    async with aclosing(case.stt.transcribe(as_stream(*chunks), language=language)) as transcripts:
        return [transcript async for transcript in transcripts]


def words(text: str) -> list[str]:
    return re.findall(r"[a-z']+", text.lower())


async def test_speech_becomes_text_with_one_final_which_is_last(case: Case) -> None:
    transcripts = await hear(case, [case.audio])

    assert [transcript.final for transcript in transcripts] == [False] * (len(transcripts) - 1) + [True]
    assert words(transcripts[-1].text) == words(case.text)
    assert transcripts[-1].language == "en"


async def test_how_the_audio_is_cut_does_not_matter(case: Case) -> None:
    whole = await hear(case, [case.audio])

    assert (await hear(case, in_pieces(case.audio, 320)))[-1] == whole[-1]


@pytest.mark.parametrize(
    "chunks", [[], [silence(0)], [silence(0.05)], [silence(2)]], ids=["none", "empty", "blip", "silence"]
)
async def test_silence_gives_an_empty_final(case: Case, chunks: list[AudioChunk]) -> None:
    transcripts = await hear(case, chunks)

    assert [(transcript.text, transcript.final) for transcript in transcripts] == [("", True)]


async def test_a_language_that_it_does_not_know_is_refused(case: Case) -> None:
    assert "xx" not in case.stt.capabilities.languages

    with pytest.raises(ProviderError) as caught:
        await hear(case, [case.audio], language="xx")
    assert caught.value.category is FailureCategory.BAD_REQUEST


async def test_what_is_given_up_does_not_stand_in_the_way(case: Case) -> None:
    given_up = [asyncio.create_task(hear(case, [case.audio])) for _ in range(4)]
    await asyncio.sleep(0)
    for task in given_up:
        task.cancel()
    outcomes = await asyncio.gather(*given_up, return_exceptions=True)

    assert all(isinstance(outcome, asyncio.CancelledError) for outcome in outcomes)
    assert words((await hear(case, [case.audio]))[-1].text) == words(case.text)


async def test_the_event_loop_goes_on_meanwhile(case: Case) -> None:
    hearing = asyncio.create_task(hear(case, [case.audio]))
    turns = 0
    while not hearing.done():
        turns += 1
        await asyncio.sleep(0)

    assert turns > 1


async def test_closed_it_answers_with_an_error(case: Case) -> None:
    await case.stt.aclose()
    await case.stt.aclose()

    with pytest.raises(ProviderError) as caught:
        await hear(case, [case.audio])
    assert caught.value.category is FailureCategory.UNAVAILABLE
