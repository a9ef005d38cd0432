from __future__ import annotations

from contextlib import aclosing
from typing import Any

import pytest

from holo_app.bootstrap.clock import SystemClock
from holo_app.domain.speech import Viseme
from holo_app.domain.usage import Unit
from holo_app.errors import FailureCategory, ProviderError
from holo_app.ports.tts import SpeechChunk
from holo_app.providers.cartesia import messages
from holo_app.providers.cartesia.failures import failure, read_refusal
from holo_app.providers.cartesia.tts import CartesiaSettings, CartesiaTts
from holo_app.providers.http.failures import refusal_of, refused
from tests.contracts.speech_checks import check_speech
from tests.emulators.cartesia import KEY, OTHER_VOICE, VOICE, CartesiaEmulator
from tests.emulators.faults import Fault
from tests.emulators.voice_sounds import CHARACTER_MS
from tests.fakes.meter import FakeMeter

TEXT = "It costs 149 pounds, and more."


def voice_of(emulator: CartesiaEmulator, **settings: Any) -> tuple[CartesiaTts, FakeMeter]:
    meter = FakeMeter()
    chosen = CartesiaSettings(**{"base_url": emulator.base_url, "voice": VOICE, "key": KEY, **settings})
    return CartesiaTts(chosen, meter, SystemClock()), meter


async def say(tts: CartesiaTts, text: str = TEXT, voice: str = "") -> list[SpeechChunk]:
    return [chunk async for chunk in tts.synthesize(text, voice=voice, language="en")]


async def test_one_socket_serves_clause_after_clause() -> None:
    async with CartesiaEmulator() as emulator:
        tts, _ = voice_of(emulator)
        await tts.warm_up()
        assert len(emulator.requests) == 1
        check_speech(TEXT, await say(tts))
        check_speech("And so on.", await say(tts, "And so on."))
        await tts.aclose()

    assert len(emulator.requests) == 1
    assert emulator.requests[0].query == {"cartesia_version": "2026-08-14"}
    asked = dict(emulator.heard[0])
    assert len(asked.pop("context_id")) == 32
    assert asked == {
        "model_id": "sonic-3",
        "transcript": TEXT,
        "voice": {"mode": "id", "id": VOICE},
        "language": "en",
        "output_format": {"container": "raw", "encoding": "pcm_s16le", "sample_rate": 24_000},
        "continue": False,
        "add_timestamps": True,
        "add_phoneme_timestamps": True,
        "use_normalized_timestamps": False,
    }


async def test_a_socket_that_idled_out_is_opened_anew() -> None:
    async with CartesiaEmulator() as emulator:
        tts, _ = voice_of(emulator)
        await say(tts)
        await emulator.expire()
        check_speech(TEXT, await say(tts))
        await tts.aclose()

    assert len(emulator.requests) == 2


@pytest.mark.parametrize("late_times", [False, True])
async def test_phonemes_move_the_mouth_also_where_they_come_after_their_sound(*, late_times: bool) -> None:
    async with CartesiaEmulator(late_times=late_times) as emulator:
        tts, _ = voice_of(emulator)
        chunks = await say(tts, "mobi")
        await tts.aclose()

    assert [cue.viseme for chunk in chunks for cue in chunk.visemes] == [
        Viseme.PP, Viseme.O, Viseme.U, Viseme.PP, Viseme.I,
    ]  # fmt: skip


async def test_where_a_language_has_no_phonemes_the_letters_move_the_mouth() -> None:
    text = "mama " * 20
    async with CartesiaEmulator(phonemes=False) as emulator:
        tts, _ = voice_of(emulator)
        chunks = await say(tts, text)
        await tts.aclose()
    late = [cue.viseme for chunk in chunks for cue in chunk.visemes if cue.start_s > 0.6]

    check_speech(text, chunks)
    assert set(late) == {Viseme.PP, Viseme.AA}


async def test_words_have_the_times_that_they_are_given() -> None:
    async with CartesiaEmulator() as emulator:
        tts, _ = voice_of(emulator)
        chunks = await say(tts)
        await tts.aclose()
    starts = [TEXT.index(word) * CHARACTER_MS / 1000 for word in TEXT.split()]

    assert [cue.start_s for chunk in chunks for cue in chunk.words] == pytest.approx(starts)


async def test_a_clause_that_is_given_up_is_cancelled() -> None:
    async with CartesiaEmulator() as emulator:
        tts, meter = voice_of(emulator)
        async with aclosing(tts.synthesize(TEXT * 4, voice="", language="en")) as chunks:
            await anext(chunks)
        check_speech("And so on.", await say(tts, "And so on."))
        await tts.aclose()

    assert emulator.cancelled == [emulator.heard[0]["context_id"]]
    assert len(emulator.requests) == 1
    assert [use.units for use in meter.uses] == [{Unit.CHARACTERS: 4 * len(TEXT)}, {Unit.CHARACTERS: 10}]
    assert not meter.uses[0].measured


@pytest.mark.parametrize(("asked", "sent"), [("joe", VOICE), ("", VOICE), (OTHER_VOICE, OTHER_VOICE)])
async def test_a_voice_of_another_maker_is_its_own(asked: str, sent: str) -> None:
    async with CartesiaEmulator() as emulator:
        tts, _ = voice_of(emulator)
        await say(tts, voice=asked)
        await tts.aclose()

    assert emulator.heard[0]["voice"]["id"] == sent


async def test_without_a_voice_it_says_which_setting_is_missing() -> None:
    async with CartesiaEmulator() as emulator:
        tts, meter = voice_of(emulator, voice="")
        with pytest.raises(ProviderError, match=r"cartesia\.voice") as caught:
            await say(tts)
        await tts.aclose()

    assert caught.value.category is FailureCategory.BAD_REQUEST
    assert len(meter.uses) == 1
    assert meter.uses[0].units == {}


async def test_its_voices_prove_the_key() -> None:
    async with CartesiaEmulator() as emulator:
        tts, _ = voice_of(emulator)
        assert await tts.voices() == [VOICE, OTHER_VOICE]
        emulator.fail_next(Fault.UNAUTHORIZED)
        with pytest.raises(ProviderError) as caught:
            await tts.voices()
        await tts.aclose()

    assert caught.value.category is FailureCategory.AUTH
    assert caught.value.detail == "HTTP 401: Unauthorized: The API key is not valid."


@pytest.mark.parametrize(
    ("status", "body", "category"),
    [
        (402, b'{"error_code":"quota_exceeded","title":"t","message":"m"}', FailureCategory.QUOTA),
        (402, b"Payment required", FailureCategory.QUOTA),
        (429, b'{"error_code":"concurrency_limited","title":"t","message":"m"}', FailureCategory.RATE_LIMITED),
        (404, b'{"error_code":"voice_not_found","title":"t","message":"m"}', FailureCategory.BAD_REQUEST),
        (500, b'{"error_code":null,"title":"t","message":"m"}', FailureCategory.UNAVAILABLE),
    ],
)
def test_refusals(status: int, body: bytes, category: FailureCategory) -> None:
    assert refused("cartesia", refusal_of(status, {}, body), read_refusal).category is category


@pytest.mark.parametrize(
    ("message", "category"),
    [
        ({"error_code": "quota_exceeded", "status_code": 402}, FailureCategory.QUOTA),
        ({"error_code": "concurrency_limited", "status_code": 429}, FailureCategory.RATE_LIMITED),
        ({"error_code": None, "status_code": 401}, FailureCategory.AUTH),
        ({"error_code": None, "status_code": 400, "title": "Invalid model"}, FailureCategory.BAD_REQUEST),
        ({"error": "Invalid model: an old version says it so"}, FailureCategory.UNAVAILABLE),
        ({"status_code": "x", "title": []}, FailureCategory.UNAVAILABLE),
    ],
)
def test_messages_of_failure(message: dict[str, object], category: FailureCategory) -> None:
    assert failure("cartesia", message).category is category


@pytest.mark.parametrize(
    "times",
    [None, [], {"words": "a"}, {"words": ["a", 3], "start": [0.0]}, {"words": ["a"], "start": [None], "end": ["x"]}],
)
def test_broken_times_say_nothing(times: object) -> None:
    assert messages.words_of({"word_timestamps": times}) == []


def test_a_sound_that_is_none_is_a_bad_answer() -> None:
    with pytest.raises(ProviderError) as caught:
        messages.sound_of("cartesia", {"data": "###"})

    assert caught.value.category is FailureCategory.BAD_RESPONSE
