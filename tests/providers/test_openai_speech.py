from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holo_app.bootstrap.clock import SystemClock
from holo_app.domain.speech import Viseme
from holo_app.domain.usage import Unit
from holo_app.errors import FailureCategory, ProviderError
from holo_app.ports.tts import SpeechChunk
from holo_app.providers.http.client import HttpClient
from holo_app.providers.openai.failures import read_refusal
from holo_app.providers.openai.speech import VOICES, OpenAiSpeech, parts_of
from tests.contracts.speech_checks import check_speech
from tests.emulators.faults import Fault
from tests.emulators.openai import KEY
from tests.emulators.openai_speech import OLD_SPEECH_MODEL, SPEECH_MODEL, USE, OpenAiSpeechEmulator
from tests.emulators.voice_sounds import spoken
from tests.fakes.meter import FakeMeter


def speech(
    emulator: OpenAiSpeechEmulator, model: str = SPEECH_MODEL, voice: str = "alloy"
) -> tuple[OpenAiSpeech, FakeMeter]:
    client = HttpClient("openai", emulator.base_url, {"authorization": f"Bearer {KEY}"}, read=read_refusal)
    meter = FakeMeter()
    return OpenAiSpeech(client, model, voice, meter, SystemClock()), meter


async def say(tts: OpenAiSpeech, text: str, voice: str = "") -> list[SpeechChunk]:
    return [chunk async for chunk in tts.synthesize(text, voice=voice, language="en")]


@pytest.mark.parametrize(("model", "stream"), [(SPEECH_MODEL, "sse"), (OLD_SPEECH_MODEL, "audio")])
async def test_it_asks_for_bare_sound_in_the_way_that_the_model_has(model: str, stream: str) -> None:
    async with OpenAiSpeechEmulator() as emulator:
        tts, _ = speech(emulator, model)
        await say(tts, "Hello there.")
        await tts.aclose()

    assert emulator.requests[0].body == {
        "model": model,
        "input": "Hello there.",
        "voice": "alloy",
        "response_format": "pcm",
        "stream_format": stream,
    }


@pytest.mark.parametrize(
    ("asked", "sent"), [("nova", "nova"), ("joe", "coral"), ("", "coral"), ("voice_12", {"id": "voice_12"})]
)
async def test_a_voice_of_another_maker_is_its_own(asked: str, sent: object) -> None:
    async with OpenAiSpeechEmulator() as emulator:
        tts, _ = speech(emulator, voice="coral")
        await say(tts, "Hello there.", asked)
        await tts.aclose()

    assert emulator.requests[0].body["voice"] == sent
    assert tts.capabilities.voices[0] == "coral"
    assert sorted(tts.capabilities.voices) == sorted(VOICES)


async def test_use_is_measured_where_it_is_told_and_counted_where_it_is_not() -> None:
    async with OpenAiSpeechEmulator() as emulator:
        for model in (SPEECH_MODEL, OLD_SPEECH_MODEL):
            tts, meter = speech(emulator, model)
            await say(tts, "Hello there.")
            await tts.aclose()
            told = {Unit.INPUT_TOKENS: USE["input_tokens"], Unit.OUTPUT_TOKENS: USE["output_tokens"]}
            counted = {Unit.CHARACTERS: len("Hello there.")}

            assert meter.uses[0].measured is (model == SPEECH_MODEL)
            assert meter.uses[0].units == (told if model == SPEECH_MODEL else counted)


async def test_a_call_that_is_cut_short_is_counted_and_one_that_is_refused_is_not() -> None:
    async with OpenAiSpeechEmulator() as emulator:
        tts, meter = speech(emulator)
        chunks = tts.synthesize("Hello there, how are you today?", voice="", language="en")
        await anext(chunks)
        await chunks.aclose()
        emulator.fail_next(Fault.QUOTA)
        with pytest.raises(ProviderError):
            await say(tts, "Hello there.")
        await tts.aclose()

    assert meter.uses[0].units == {Unit.CHARACTERS: 31}
    assert not meter.uses[0].measured
    assert meter.uses[1].units == {}


async def test_a_long_text_is_asked_for_in_parts_and_sounds_as_one() -> None:
    text = "This sentence is said again and again, until it is long enough. " * 70
    async with OpenAiSpeechEmulator() as emulator:
        tts, meter = speech(emulator)
        chunks = await say(tts, text.strip())
        await tts.aclose()

    assert len(emulator.requests) == 2
    assert meter.uses[0].units[Unit.INPUT_TOKENS] == 2 * USE["input_tokens"]
    check_speech(text, chunks)


async def test_the_mouth_goes_by_the_sound() -> None:
    async with OpenAiSpeechEmulator() as emulator:
        tts, _ = speech(emulator)
        chunks = await say(tts, "mmmmmmmmmm,,,,,,,,,,mmmmmmmmmm.")
        await tts.aclose()
    cues = [cue for chunk in chunks for cue in chunk.visemes]
    closed = [
        next(cue.viseme for cue in cues if cue.start_s <= at_s < cue.end_s) is Viseme.SIL for at_s in (0.05, 0.15, 0.25)
    ]

    assert closed == [False, True, False]
    assert b"".join(chunk.audio.pcm for chunk in chunks) == spoken("mmmmmmmmmm,,,,,,,,,,mmmmmmmmmm.")


async def test_its_voices_prove_the_key() -> None:
    async with OpenAiSpeechEmulator() as emulator:
        tts, _ = speech(emulator)
        assert await tts.voices() == list(VOICES)
        emulator.fail_next(Fault.UNAUTHORIZED)
        with pytest.raises(ProviderError) as caught:
            await tts.voices()
        await tts.aclose()

    assert caught.value.category is FailureCategory.AUTH
    assert [request.path for request in emulator.requests] == ["/v1/models", "/v1/models"]


@given(st.text("ab .!", max_size=200), st.integers(1, 30))
def test_parts_are_short_and_lose_no_word(text: str, longest: int) -> None:
    parts = list(parts_of(text, longest))

    assert all(len(part) <= longest for part in parts)
    assert "".join("".join(parts).split()) == "".join(text.split())
