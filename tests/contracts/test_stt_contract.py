"""What every SpeechToText promises."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, aclosing
from dataclasses import dataclass
from typing import Any

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
from holo_app.ports.meter import Meter
from holo_app.ports.stt import SpeechToText
from holo_app.providers.moonshine.stt import MoonshineStt
from holo_app.providers.whisper.stt import WhisperSettings, WhisperStt
from holo_app.providers.wyoming_speech.stt import WyomingStt, WyomingSttSettings
from holo_app.resources import model_folder
from tests.contracts.optional_models import whisper_model
from tests.contracts.recording import QUESTION, as_stream, in_pieces, question
from tests.emulators.azure import AzureEmulator
from tests.emulators.deepgram import DeepgramEmulator
from tests.emulators.google import GoogleEmulator
from tests.emulators.openai_hearing import OpenAiHearingEmulator
from tests.emulators.web import Emulator
from tests.emulators.wyoming import WyomingEmulator
from tests.emulators.wyoming_recognition import recognition_server
from tests.fakes.meter import FakeMeter
from tests.fakes.script import SpokenScript
from tests.fakes.stt import FakeStt, TurnTelling
from tests.providers.cases import azure_speech, deepgram, google_speech, google_stream, openai_hearing
from tests.providers.hearing import loud


@dataclass(frozen=True)
class Case:
    """A recogniser, and what was said in some audio."""

    stt: SpeechToText
    audio: AudioChunk
    text: str


@dataclass(frozen=True)
class Served:
    """A recogniser before its emulator, which hears QUESTION."""

    emulator: Callable[[str], Emulator]
    make: Callable[[str, Meter], SpeechToText]


SERVED = {
    "azure": Served(AzureEmulator, azure_speech.make_stt),
    "google": Served(GoogleEmulator, google_speech.make_stt),
    **({"google grpc": Served(google_stream.emulator, google_stream.make_stt)} if google_stream.installed() else {}),
    "openai": Served(OpenAiHearingEmulator, openai_hearing.whole),
    "openai_realtime": Served(OpenAiHearingEmulator, openai_hearing.realtime),
    "deepgram": Served(DeepgramEmulator, deepgram.live),
    "deepgram_flux": Served(DeepgramEmulator, deepgram.flux),
}


FAKES: dict[str, dict[str, Any]] = {
    "fake": {},
    "streaming fake": {"streaming": True},
    "fake that tells turns": {"turns": TurnTelling()},
}


WRAPPED = ["guarded", "chained", "half dead chain"]


def wrapped(kind: str, script: SpokenScript) -> SpeechToText:
    """Fakes behind the wrappers that stand in front of every provider."""
    clock = SystemClock()
    calls = Calls(ProviderRole.STT, "fake-stt", STT_LIMITS, Health(clock, TroubleBoard(lambda _: None)), clock)
    first = FakeStt(script, delay_s=0, streaming=True)
    if kind == "half dead chain":
        first.failure = FailureCategory.UNAVAILABLE
    guarded = GuardedStt(first, calls, clock)
    return guarded if kind == "guarded" else ChainedStt([Link(guarded), Link(FakeStt(script, delay_s=0))], clock)


@pytest.fixture(scope="module")
def loaded() -> Iterator[MoonshineStt]:
    """The model of the server, which outlives each of its clients."""
    stt = MoonshineStt(model_folder("moonshine-tiny-en"))
    yield stt
    asyncio.run(stt.aclose())


@pytest.fixture(
    params=[
        *FAKES,
        *WRAPPED,
        "wyoming",
        "streaming wyoming",
        pytest.param("moonshine", marks=pytest.mark.models),
        pytest.param("moonshine behind wyoming", marks=pytest.mark.models),
        pytest.param("whisper", marks=pytest.mark.models),
        *SERVED,
    ]
)
async def case(request: pytest.FixtureRequest) -> AsyncIterator[Case]:
    async with AsyncExitStack() as stack:
        if request.param == "moonshine behind wyoming":
            address = await stack.enter_async_context(recognition_server(request.getfixturevalue("loaded")))
            made = Case(wyoming(address), question(), QUESTION)
        else:
            made = await made_for(request.param, stack)
        yield made
        await made.stt.aclose()


async def made_for(name: str, stack: AsyncExitStack) -> Case:
    if served := SERVED.get(name):
        emulator = await stack.enter_async_context(served.emulator(QUESTION))
        return Case(served.make(emulator.base_url, FakeMeter()), loud(2.5), QUESTION)
    match name:
        case "wyoming" | "streaming wyoming":
            server = await stack.enter_async_context(WyomingEmulator(QUESTION, streaming=name != "wyoming"))
            return Case(wyoming(server.base_url), question(), QUESTION)
        case "moonshine":
            return Case(MoonshineStt(model_folder("moonshine-tiny-en")), question(), QUESTION)
        case "whisper":
            stt = WhisperStt(WhisperSettings(whisper_model()), FakeMeter(), SystemClock())
            await stt.warm_up()
            return Case(stt, question(), QUESTION)
        case "guarded" | "chained" | "half dead chain":
            script = SpokenScript()
            return Case(wrapped(name, script), script.say(QUESTION, 2.5), QUESTION)
        case _:
            script = SpokenScript()
            return Case(FakeStt(script, delay_s=0, **FAKES[name]), script.say(QUESTION, 2.5), QUESTION)


def wyoming(address: str) -> WyomingStt:
    return WyomingStt(WyomingSttSettings(address), FakeMeter(), SystemClock())


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


async def test_who_promises_it_tells_that_the_turn_is_over_after_a_pause_and_only_then(case: Case) -> None:
    transcripts = await hear(case, in_pieces(AudioChunk(case.audio.pcm + silence(0.8).pcm), 512))
    told = [transcript.turn_over for transcript in transcripts]

    if not case.stt.capabilities.turns:
        assert set(told) == {None}
        return
    assert case.stt.capabilities.streaming
    spoken = [transcript.turn_over for transcript in transcripts if words(transcript.text) != words(case.text)]
    assert set(spoken) == {None}
    assert told[-2] is not None
    assert 0.5 < told[-2] <= 1.0


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
