"""What is particular about OpenAI's recognition."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Any

import pytest

from holo_app.bootstrap.clock import SystemClock
from holo_app.domain.audio import AudioChunk, silence
from holo_app.domain.speech import Transcript
from holo_app.domain.usage import Unit
from holo_app.errors import FailureCategory, ProviderError
from holo_app.ports.stt import SpeechToText
from holo_app.providers.http.client import HttpClient
from holo_app.providers.openai.failures import read_refusal
from holo_app.providers.openai.hearing import heard_in, hints, units
from holo_app.providers.openai.items import Items
from holo_app.providers.openai.realtime import OpenAiRealtime
from holo_app.providers.openai.transcription import OpenAiTranscription
from tests.contracts.recording import as_stream
from tests.emulators.openai import KEY
from tests.emulators.openai_hearing import OpenAiHearingEmulator
from tests.fakes.meter import FakeMeter
from tests.providers.hearing import loud, utterance

NAMES = ["Aurora", " Nimbus ", "Aurora", ""]


async def all_of(stt: SpeechToText) -> list[Transcript]:
    async with aclosing(utterance(stt)) as transcripts:
        return [transcript async for transcript in transcripts]


def whole(
    emulator: OpenAiHearingEmulator, model: str, meter: FakeMeter | None = None, **more: Any
) -> OpenAiTranscription:
    client = HttpClient("openai", emulator.base_url, {"authorization": f"Bearer {KEY}"}, read=read_refusal)
    return OpenAiTranscription(client, model, meter or FakeMeter(), SystemClock(), **more)


def realtime(emulator: OpenAiHearingEmulator, meter: FakeMeter | None = None, **more: Any) -> OpenAiRealtime:
    model = more.pop("model", "gpt-live-transcribe")
    return OpenAiRealtime(emulator.base_url, KEY, model, meter or FakeMeter(), SystemClock(), **more)


# whole utterances ----------------------------------------------------------------------------------------------------


async def test_what_is_uploaded() -> None:
    async with OpenAiHearingEmulator() as emulator:
        meter = FakeMeter()
        stt = whole(emulator, "gpt-transcribe", meter, keyterms=lambda: NAMES, candidates=["de", "en", "xx"])
        [*partials, final] = await all_of(stt)
        assert emulator.forms == [
            {
                "model": ["gpt-transcribe"], "response_format": ["json"], "stream": ["true"], "languages[]": ["en", "de"],
                "keywords[]": ["Aurora", "Nimbus"],
            }
        ]  # fmt: skip
        assert emulator.heard_s == pytest.approx(1.6, abs=0.001)
        assert [partial.text for partial in partials] == [
            "How", "How long", "How long does", "How long does it", "How long does it last?"
        ]  # fmt: skip
        assert final == Transcript(emulator.text, "en", final=True)
        assert meter.uses[0].units == {Unit.INPUT_TOKENS: 12, Unit.OUTPUT_TOKENS: 7}
        assert meter.uses[0].measured
        await stt.aclose()


async def test_whisper_answers_in_one_piece() -> None:
    async with OpenAiHearingEmulator() as emulator:
        emulator.by_seconds = True
        meter = FakeMeter()
        stt = whole(emulator, "whisper-1", meter, keyterms=lambda: NAMES)
        assert await all_of(stt) == [Transcript(emulator.text, "en", final=True)]
        assert emulator.forms == [
            {"model": ["whisper-1"], "response_format": ["json"], "language": ["en"], "prompt": ["Aurora, Nimbus"]}
        ]
        assert meter.uses[0].units == {Unit.AUDIO_SECONDS: 1.6}
        await stt.aclose()


async def test_the_language_that_was_heard_is_told() -> None:
    async with OpenAiHearingEmulator(language="de") as emulator:
        stt = whole(emulator, "gpt-transcribe")
        assert (await all_of(stt))[-1].language == "de"
        assert (await all_of(realtime(emulator)))[-1].language == "de"
        emulator.language = ""
        assert (await all_of(stt))[-1].language == "en"
        await stt.aclose()


@pytest.mark.parametrize(
    ("model", "told"),
    [
        ("gpt-transcribe", {"languages": ["en", "de"], "keywords": ["Aurora"]}),
        ("gpt-live-transcribe", {"languages": ["en", "de"], "keywords": ["Aurora"]}),
        ("gpt-4o-mini-transcribe", {"language": "en", "prompt": "Aurora"}),
        ("gpt-4o-transcribe-diarize", {"language": "en"}),
        ("gpt-realtime-whisper", {"language": "en"}),
        ("whisper-1", {"language": "en", "prompt": "Aurora"}),
    ],
)
def test_each_model_is_told_what_it_takes(model: str, told: dict[str, Any]) -> None:
    assert hints(model, "en", ["de", "xx"], ["Aurora"]) == told


def test_hints_have_their_limits() -> None:
    assert hints("gpt-transcribe", "en", ["en"], []) == {"language": "en"}
    assert len(str(hints("whisper-1", "en", [], ["x" * 300, "y" * 300, "z" * 300])["prompt"])) == 602
    assert len(hints("gpt-transcribe", "en", [], [f"product {place}" for place in range(300)])["keywords"]) == 100


@pytest.mark.parametrize("answer", [{}, {"languages": []}, {"languages": "de"}, {"languages": [{"code": "xx"}]}, None])
def test_a_language_without_sense_is_none(answer: object) -> None:
    assert heard_in(answer, "fr") == "fr"


@pytest.mark.parametrize(
    "usage", [None, {}, {"type": "tokens"}, {"type": "duration"}, {"type": "duration", "seconds": "x"}]
)
def test_usage_that_says_nothing(usage: object) -> None:
    assert units(usage) == {}


# live ----------------------------------------------------------------------------------------------------------------


async def test_what_a_session_is() -> None:
    async with OpenAiHearingEmulator() as emulator:
        meter = FakeMeter()
        [*partials, final] = await all_of(realtime(emulator, meter, keyterms=lambda: NAMES))
        [request] = emulator.requests
        assert (request.path, request.query) == ("/v1/realtime", {"intent": "transcription"})
        assert request.headers["authorization"] == f"Bearer {KEY}"
        assert emulator.sessions == [
            {
                "type": "transcription",
                "audio": {
                    "input": {
                        "format": {"type": "audio/pcm", "rate": 24_000},
                        "transcription": {
                            "model": "gpt-live-transcribe", "language": "en", "keywords": ["Aurora", "Nimbus"]
                        },
                        "turn_detection": None,
                    }
                },
            }
        ]  # fmt: skip
        assert [partial.text for partial in partials][:2] == ["How", "How long"]
        assert final == Transcript(emulator.text, "en", final=True)
        assert meter.uses[0].units == {Unit.INPUT_TOKENS: 12, Unit.OUTPUT_TOKENS: 7}


@pytest.mark.parametrize("rate_hz", [8_000, 16_000, 24_000, 44_100, 48_000])
async def test_sound_of_any_rate_arrives_at_the_only_one(rate_hz: int) -> None:
    async with OpenAiHearingEmulator() as emulator:
        sound = as_stream(loud(0.5, rate_hz), loud(0.5, rate_hz))
        told = [transcript async for transcript in realtime(emulator).transcribe(sound, language="en")]
        assert told[-1].text == emulator.text
        assert emulator.heard_s == pytest.approx(1.0, abs=0.002)


async def test_pieces_that_come_in_any_order_are_put_in_theirs() -> None:
    async with OpenAiHearingEmulator("one two three four five six", pieces=3) as emulator:
        emulator.by_seconds = True
        meter = FakeMeter()
        stt = realtime(emulator, meter, model="gpt-realtime-whisper")
        told = [transcript async for transcript in stt.transcribe(as_stream(silence(0.5), loud(0.1)), language="en")]
        assert told[-1].text == emulator.text
        assert meter.uses[0].units[Unit.AUDIO_SECONDS] == pytest.approx(3 * 0.6, abs=0.05)


def test_pieces_stand_where_the_server_puts_them() -> None:
    items, done = Items(), list[bool]()
    done.append(items.all_done)
    items.grow("b", "two ")
    items.grow("a", "on")
    items.commit("a", "")
    items.commit("b", "a")
    items.commit("c", "unknown")
    assert items.text == "on two"
    items.complete("b", "two")
    items.complete("c", "three")
    done.append(items.all_done)
    items.complete("a", "one")
    items.grow("a", "too late")
    items.commit("c", "c")
    done.append(items.all_done)
    assert (items.text, done) == ("one two three", [False, False, True])


class Answering(OpenAiHearingEmulator):
    """Answers the end of the sound with one message of ours."""

    def __init__(self, message: dict[str, Any]) -> None:
        super().__init__()
        self._message = message

    async def _committed(self, wire: Any, *_: object) -> None:
        await wire.send(self._message)


@pytest.mark.parametrize(
    ("error", "category"),
    [
        ({"type": "invalid_request_error", "code": None, "message": "no such model"}, FailureCategory.BAD_REQUEST),
        ({"type": "insufficient_quota", "code": "insufficient_quota"}, FailureCategory.QUOTA),
        ({"type": "server_error"}, FailureCategory.UNAVAILABLE),
        ("strange", FailureCategory.UNAVAILABLE),
        (None, FailureCategory.UNAVAILABLE),
    ],
)
@pytest.mark.parametrize("kind", ["error", "conversation.item.input_audio_transcription.failed"])
async def test_what_failed_is_named(kind: str, error: object, category: FailureCategory) -> None:
    async with Answering({"type": kind, "item_id": "item_0", "content_index": 0, "error": error}) as emulator:
        with pytest.raises(ProviderError) as caught:
            await all_of(realtime(emulator))
        assert caught.value.category is category


async def test_a_rate_that_changes_is_refused() -> None:
    async with OpenAiHearingEmulator() as emulator:
        for stt in (realtime(emulator), whole(emulator, "gpt-transcribe")):
            with pytest.raises(ProviderError) as caught:
                async for _ in stt.transcribe(as_stream(loud(0.3), loud(0.3, 8_000)), language="en"):
                    pass
            assert caught.value.category is FailureCategory.BAD_REQUEST


async def test_a_microphone_that_breaks_is_not_openais_fault() -> None:
    async def broken() -> AsyncIterator[AudioChunk]:
        yield loud(0.3)
        raise OSError("microphone")

    async with OpenAiHearingEmulator() as emulator:
        with pytest.raises(OSError, match="microphone"):
            async for _ in realtime(emulator).transcribe(broken(), language="en"):
                pass
