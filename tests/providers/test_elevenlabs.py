from __future__ import annotations

import asyncio
from contextlib import aclosing
from typing import Any

import pytest

from holo_app.bootstrap.clock import SystemClock
from holo_app.domain.speech import Viseme
from holo_app.domain.usage import Unit
from holo_app.errors import FailureCategory, ProviderError
from holo_app.ports.tts import SpeechChunk
from holo_app.providers.elevenlabs import messages
from holo_app.providers.elevenlabs.failures import failure, read_close, read_refusal
from holo_app.providers.elevenlabs.tts import ElevenLabsSettings, ElevenLabsTts
from holo_app.providers.http.failures import refusal_of, refused
from tests.contracts.speech_checks import check_speech
from tests.emulators.elevenlabs import KEY, OTHER_VOICE, VOICE, ElevenLabsEmulator
from tests.emulators.faults import Fault
from tests.emulators.voice_sounds import CHARACTER_MS
from tests.fakes.meter import FakeMeter

TEXT = "It costs £149, and more."


def voice_of(emulator: ElevenLabsEmulator, **settings: Any) -> tuple[ElevenLabsTts, FakeMeter]:
    meter = FakeMeter()
    return ElevenLabsTts(ElevenLabsSettings(emulator.base_url, key=KEY, **settings), meter, SystemClock()), meter


async def say(tts: ElevenLabsTts, text: str = TEXT, voice: str = "", language: str = "en") -> list[SpeechChunk]:
    return [chunk async for chunk in tts.synthesize(text, voice=voice, language=language)]


async def test_one_socket_serves_clause_after_clause() -> None:
    async with ElevenLabsEmulator() as emulator:
        tts, _ = voice_of(emulator)
        await tts.warm_up()
        assert len(emulator.requests) == 1
        check_speech(TEXT, await say(tts))
        check_speech("And so on.", await say(tts, "And so on."))
        await tts.aclose()

    assert [request.path for request in emulator.requests] == [f"/v1/text-to-speech/{VOICE}/multi-stream-input"]
    assert emulator.requests[0].query == {
        "model_id": "eleven_flash_v2_5",
        "output_format": "pcm_24000",
        "auto_mode": "true",
        "sync_alignment": "true",
        "inactivity_timeout": "180",
        "language_code": "en",
    }
    context = emulator.heard[0]["context_id"]
    assert emulator.heard[:3] == [
        {"text": " ", "context_id": context},
        {"text": f"{TEXT} ", "context_id": context, "flush": True},
        {"context_id": context, "close_context": True},
    ]
    assert emulator.heard[3]["context_id"] != context


async def test_a_socket_that_idled_out_is_opened_anew() -> None:
    async with ElevenLabsEmulator() as emulator:
        tts, _ = voice_of(emulator)
        await say(tts)
        await emulator.expire()
        check_speech(TEXT, await say(tts))
        await tts.aclose()

    assert len(emulator.requests) == 2


async def test_words_have_the_times_of_their_characters() -> None:
    async with ElevenLabsEmulator() as emulator:
        tts, _ = voice_of(emulator)
        chunks = await say(tts)
        await tts.aclose()
    starts = [TEXT.index(word) * CHARACTER_MS / 1000 for word in TEXT.split()]

    assert [cue.start_s for chunk in chunks for cue in chunk.words] == pytest.approx(starts)


@pytest.mark.parametrize("plural", [False, True])
async def test_letters_move_the_mouth_in_both_spellings_of_the_alignment(*, plural: bool) -> None:
    async with ElevenLabsEmulator(plural=plural) as emulator:
        tts, _ = voice_of(emulator)
        chunks = await say(tts, "mama")
        await tts.aclose()

    assert [cue.viseme for chunk in chunks for cue in chunk.visemes] == [Viseme.PP, Viseme.AA] * 2


async def test_what_comes_for_a_clause_that_was_given_up_is_dropped() -> None:
    async with ElevenLabsEmulator() as emulator:
        tts, meter = voice_of(emulator)
        async with aclosing(tts.synthesize(TEXT * 4, voice="", language="en")) as chunks:
            await anext(chunks)
        check_speech("And so on.", await say(tts, "And so on."))
        await tts.aclose()

    assert len(emulator.requests) == 1
    assert len(emulator.closed_contexts) == 2
    assert [use.units for use in meter.uses] == [{Unit.CHARACTERS: 4 * len(TEXT)}, {Unit.CHARACTERS: 10}]


async def test_many_clauses_at_once_stay_below_the_limit_of_a_socket() -> None:
    async with ElevenLabsEmulator() as emulator:
        tts, _ = voice_of(emulator)
        spoken = await asyncio.gather(*(say(tts) for _ in range(8)))
        await tts.aclose()

    for chunks in spoken:
        check_speech(TEXT, chunks)
    assert len(emulator.requests) == 2


@pytest.mark.parametrize(
    ("asked", "path"), [("joe", VOICE), ("", VOICE), (OTHER_VOICE, OTHER_VOICE), ("en_US-joe-medium", VOICE)]
)
async def test_a_voice_of_another_maker_is_its_own(asked: str, path: str) -> None:
    async with ElevenLabsEmulator() as emulator:
        tts, _ = voice_of(emulator)
        await say(tts, voice=asked)
        await tts.aclose()

    assert emulator.requests[0].path == f"/v1/text-to-speech/{path}/multi-stream-input"


async def test_sockets_of_other_voices_are_not_kept_for_ever() -> None:
    async with ElevenLabsEmulator() as emulator:
        tts, _ = voice_of(emulator)
        for language in ("en", "de", "fr", "es", "it"):
            await say(tts, language=language)
        assert emulator.open_sockets <= 3
        await tts.aclose()

    assert [request.query["language_code"] for request in emulator.requests] == ["en", "de", "fr", "es", "it"]


async def test_a_model_that_hears_the_language_is_not_told_it() -> None:
    async with ElevenLabsEmulator() as emulator:
        tts, _ = voice_of(emulator, model="eleven_multilingual_v2")
        await say(tts)
        await tts.aclose()

    assert "language_code" not in emulator.requests[0].query


async def test_over_http_the_bill_is_read_from_the_headers() -> None:
    async with ElevenLabsEmulator() as emulator:
        tts, meter = voice_of(emulator, over_http=True)
        chunks = await say(tts)
        await tts.aclose()

    check_speech(TEXT, chunks)
    assert emulator.requests[0].path == f"/v1/text-to-speech/{VOICE}/stream/with-timestamps"
    assert emulator.requests[0].query == {"output_format": "pcm_24000"}
    assert emulator.requests[0].body == {"text": TEXT, "model_id": "eleven_flash_v2_5", "language_code": "en"}
    assert meter.uses[0].units == {Unit.CHARACTERS: 12}
    assert meter.uses[0].measured


async def test_its_voices_prove_the_key_and_its_quota_is_told() -> None:
    async with ElevenLabsEmulator() as emulator:
        tts, meter = voice_of(emulator)
        assert await tts.voices() == [VOICE, OTHER_VOICE]
        assert await tts.quota() == (1_200, 100_000)
        emulator.fail_next(Fault.QUOTA)
        with pytest.raises(ProviderError) as caught:
            await tts.voices()
        await tts.aclose()

    assert caught.value.category is FailureCategory.QUOTA
    assert not meter.uses


@pytest.mark.parametrize(
    ("status", "body", "category"),
    [
        (401, b'{"detail":{"status":"invalid_api_key","message":"Invalid API key"}}', FailureCategory.AUTH),
        (401, b'{"detail":{"status":"quota_exceeded","message":"..."}}', FailureCategory.QUOTA),
        (401, b'{"detail":{"status":"missing_permissions"}}', FailureCategory.AUTH),
        (404, b'{"detail":{"status":"voice_not_found"}}', FailureCategory.BAD_REQUEST),
        (
            422,
            b'{"detail":[{"loc":["body","text"],"msg":"field required","type":"missing"}]}',
            FailureCategory.BAD_REQUEST,
        ),
        (429, b'{"detail":{"status":"too_many_concurrent_requests"}}', FailureCategory.RATE_LIMITED),
        (429, b'{"detail":{"status":"system_busy"}}', FailureCategory.UNAVAILABLE),
        (500, b'{"detail":"Internal"}', FailureCategory.UNAVAILABLE),
        (502, b"<html>", FailureCategory.UNAVAILABLE),
    ],
)
def test_refusals(status: int, body: bytes, category: FailureCategory) -> None:
    error = refused("elevenlabs", refusal_of(status, {}, body), read_refusal)

    assert error.category is category


@pytest.mark.parametrize(
    ("message", "category"),
    [
        ({"message": "m", "error": "quota_exceeded", "code": 1008}, FailureCategory.QUOTA),
        ({"message": "Invalid API key", "error": "x", "code": 1008}, FailureCategory.AUTH),
        ({"message": "m", "error": "max_active_conversations", "code": 1008}, FailureCategory.RATE_LIMITED),
        ({"message": "m", "error": "input_timeout_exceeded", "code": 1008}, FailureCategory.CANCELLED_BY_PEER),
        ({"message": "m", "error": "invalid_initial_message", "code": 1008}, FailureCategory.BAD_REQUEST),
        ({"message": "m", "error": "e", "code": 429}, FailureCategory.RATE_LIMITED),
        ({"message": None, "error": None, "code": "?"}, FailureCategory.UNAVAILABLE),
    ],
)
def test_messages_of_failure(message: dict[str, object], category: FailureCategory) -> None:
    assert failure("elevenlabs", message).category is category


@pytest.mark.parametrize(
    ("code", "reason", "category"),
    [
        (1008, "This request exceeds your quota of 10000", FailureCategory.QUOTA),
        (1008, "Invalid API key", FailureCategory.AUTH),
        (
            1008,
            "Have not received a new text input within the timeout of 20.0 seconds",
            FailureCategory.CANCELLED_BY_PEER,
        ),
        (1008, "", None),
        (1011, "quota", None),
    ],
)
def test_close_codes(code: int, reason: str, category: FailureCategory | None) -> None:
    assert read_close(code, reason) is category


@pytest.mark.parametrize(
    "alignment",
    [
        None,
        [],
        {"chars": "ab"},
        {"chars": ["a", 7, "b"], "charStartTimesMs": [0], "charDurationsMs": [5, 5, 5]},
        {"chars": ["a", None], "charStartTimesMs": [0, "x"], "charDurationsMs": [5, {}]},
        {"chars": ["a", "b"], "charStartTimesMs": [0, float("nan")], "charDurationsMs": [5, float("inf")]},
    ],
)
def test_a_broken_alignment_says_what_it_can(alignment: object) -> None:
    times = messages.written({"alignment": alignment}, 1.0)

    assert [(time.text, time.start_s) for time in times] in ([], [("a", 1.0)])


def test_a_sound_that_is_none_is_a_bad_answer() -> None:
    with pytest.raises(ProviderError) as caught:
        messages.sound_of("elevenlabs", {"audio": "###"})

    assert caught.value.category is FailureCategory.BAD_RESPONSE
