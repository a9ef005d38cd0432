"""What every TextToSpeech promises."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, aclosing

import pytest
import pytest_asyncio

from holo_app.bootstrap.chains import StreamOfBytes
from holo_app.bootstrap.clock import SystemClock
from holo_app.dialogue.canned_speech import CannedSpeech
from holo_app.dialogue.deadlines import StageDeadlines
from holo_app.dialogue.kept_speech import Phrase
from holo_app.dialogue.punctual import PunctualTts
from holo_app.dialogue.resilience.calls import Calls
from holo_app.dialogue.resilience.chained_tts import ChainedTts
from holo_app.dialogue.resilience.guarded import GuardedTts
from holo_app.dialogue.resilience.health import Health
from holo_app.dialogue.resilience.limits import TTS_LIMITS
from holo_app.dialogue.resilience.link import Link
from holo_app.dialogue.troubles import TroubleBoard
from holo_app.domain.usage import ProviderRole
from holo_app.errors import FailureCategory, ProviderError
from holo_app.ports.tts import SpeechChunk, TextToSpeech
from holo_app.providers.kokoro.tts import KokoroSettings, KokoroTts
from holo_app.providers.piper.tts import PiperSettings, PiperTts
from holo_app.providers.wyoming_speech.tts import WyomingTts, WyomingTtsSettings
from holo_app.resources import model_file
from tests.contracts.cloud_voices import CLOUD_VOICES
from tests.contracts.optional_models import kokoro_model
from tests.contracts.speech_checks import check_speech
from tests.emulators.wyoming import WyomingEmulator
from tests.fakes.meter import FakeMeter
from tests.fakes.tts import FakeTts

pytestmark = pytest.mark.asyncio(loop_scope="module")

TEXTS = [
    "Hello.",
    "Yes, it is waterproof.",
    "It costs £149.00, or 1,299 dollars with the big one.",
    "And of the two, it's the best! We have 12 in stock. Is there anything else?",
    'It weighs 2.3 kg — and it\'s 30 x 20 cm … with "quotes" (and brackets).',
    "Ask Dr. Smith, e.g. between 9:30 and 18:00, Mon-Fri.",
    "no full stop",
    "  spaces   and\nlines  ",
]


def piper() -> PiperTts:
    return PiperTts(
        PiperSettings(
            model=model_file("piper-joe", "en_US-joe-medium.onnx"),
            config=model_file("piper-joe", "en_US-joe-medium.onnx.json"),
        )
    )


def fake() -> FakeTts:
    return FakeTts(first_chunk_s=0, chunk_s=0)


def wrapped(kind: str) -> TextToSpeech:
    """Fakes behind the wrappers that stand in front of every provider."""
    clock, first = SystemClock(), FakeTts(first_chunk_s=0, chunk_s=0, rate_hz=24_000)
    calls = Calls(ProviderRole.TTS, "fake-tts", TTS_LIMITS, Health(clock, TroubleBoard(lambda _: None)), clock)
    if kind == "half dead chain":
        first.fail_after_chunks = 2
    guarded = GuardedTts(first, calls, clock)
    return guarded if kind == "guarded" else ChainedTts([Link(guarded), Link(fake())], StreamOfBytes)


async def canned() -> CannedSpeech:
    """Keeps all the texts but the last."""

    async def at_once() -> None:
        """Nobody talks."""

    speech = CannedSpeech(fake())
    await speech.prepare([Phrase(text, "hum", "en") for text in ["Hello there.", *TEXTS[:-1]]], at_once)
    assert speech.kept_bytes
    return speech


@pytest_asyncio.fixture(
    loop_scope="module",
    scope="module",
    params=[
        "fake",
        "canned",
        "punctual",
        "guarded",
        "chained",
        "half dead chain",
        "wyoming",
        pytest.param("piper", marks=pytest.mark.models),
        pytest.param("piper behind wyoming", marks=pytest.mark.models),
        pytest.param("kokoro", marks=pytest.mark.models),
        *CLOUD_VOICES,
    ],
)
async def tts(request: pytest.FixtureRequest) -> AsyncIterator[TextToSpeech]:
    async with AsyncExitStack() as stack:
        made = await made_for(request.param, stack)
        yield made
        await made.aclose()
        await made.aclose()
        with pytest.raises(ProviderError) as caught:
            await say(made, "Hello.")
        assert caught.value.category is FailureCategory.UNAVAILABLE


async def made_for(name: str, stack: AsyncExitStack) -> TextToSpeech:
    made: TextToSpeech
    if cloud := CLOUD_VOICES.get(name):
        return await stack.enter_async_context(cloud())
    match name:
        case "canned":
            made = await canned()
        case "punctual":
            made = PunctualTts(fake(), StageDeadlines())
        case "guarded" | "chained" | "half dead chain":
            made = wrapped(name)
        case "piper":
            made = piper()
        case "wyoming":
            made = wyoming((await stack.enter_async_context(WyomingEmulator())).base_url)
        case "piper behind wyoming":
            server = await stack.enter_async_context(aclosing(piper()))
            made = wyoming(await server.server_address())
        case "kokoro":
            kokoro = KokoroTts(KokoroSettings(kokoro_model()), FakeMeter(), SystemClock())
            # it loads for longer than a sentence waits
            await kokoro.warm_up()
            made = kokoro
        case _:
            made = fake()
    return made


def wyoming(address: str) -> WyomingTts:
    return WyomingTts(WyomingTtsSettings(address), FakeMeter(), SystemClock())


async def say(tts: TextToSpeech, text: str, language: str = "en") -> list[SpeechChunk]:
    async with aclosing(tts.synthesize(text, voice=tts.capabilities.voices[0], language=language)) as chunks:
        return [chunk async for chunk in chunks]


@pytest.mark.parametrize("text", TEXTS)
async def test_words_and_mouth_go_with_the_sound(tts: TextToSpeech, text: str) -> None:
    chunks = await say(tts, text)

    check_speech(text, chunks)
    assert any(any(chunk.audio.pcm) for chunk in chunks)


@pytest.mark.parametrize("text", ["", "   ", "—", "… !", "\n"])
async def test_nothing_to_say_gives_nothing(tts: TextToSpeech, text: str) -> None:
    assert await say(tts, text) == []


async def test_a_language_that_it_does_not_speak_is_refused(tts: TextToSpeech) -> None:
    assert "xx" not in tts.capabilities.languages

    with pytest.raises(ProviderError) as caught:
        await say(tts, "Hello.", language="xx")
    assert caught.value.category is FailureCategory.BAD_REQUEST


async def test_closing_early_leaves_it_usable(tts: TextToSpeech) -> None:
    async with aclosing(tts.synthesize(TEXTS[3], voice="", language="en")) as chunks:
        await anext(chunks)

    check_speech("Hello there.", await say(tts, "Hello there."))


async def test_a_call_may_be_given_up_before_its_first_sound(tts: TextToSpeech) -> None:
    given_up = asyncio.create_task(say(tts, " ".join(TEXTS)))
    await asyncio.sleep(0)
    given_up.cancel()
    await asyncio.gather(given_up, return_exceptions=True)

    assert given_up.cancelled()
    check_speech("Hello there.", await say(tts, "Hello there."))


async def test_two_calls_at_once_both_speak(tts: TextToSpeech) -> None:
    first, second = await asyncio.gather(say(tts, TEXTS[1]), say(tts, TEXTS[0]))

    check_speech(TEXTS[1], first)
    check_speech(TEXTS[0], second)
