"""Phrases are kept in quiet moments, within bounds, and spoken at once."""

from __future__ import annotations

import asyncio
from contextlib import aclosing

import pytest

from holo_app.dialogue.canned_speech import CannedSpeech
from holo_app.dialogue.kept_speech import Phrase
from holo_app.errors import FailureCategory, ProviderError
from holo_app.ports.tts import SpeechChunk
from tests.fakes.tts import FakeTts
from tests.fakes.virtual_time import VirtualClock, virtual_time

HELLO, BYE = Phrase("Hello there.", "hum", "en"), Phrase("Goodbye.", "hum", "en")


async def at_once() -> None:
    """It is quiet."""


async def say(speech: CannedSpeech, phrase: Phrase) -> list[SpeechChunk]:
    async with aclosing(speech.synthesize(phrase.spoken, voice=phrase.voice, language=phrase.language)) as chunks:
        return [chunk async for chunk in chunks]


@virtual_time
async def test_a_kept_phrase_is_the_same_speech_without_the_wait() -> None:
    tts, clock = FakeTts(), VirtualClock()
    speech = CannedSpeech(tts)
    live = await say(speech, HELLO)
    await speech.prepare([HELLO], at_once)
    began = clock.monotonic()
    assert await say(speech, HELLO) == live
    assert clock.monotonic() == began
    assert tts.spoken == [HELLO.spoken] * 2
    assert speech.kept_bytes == sum(len(chunk.audio.pcm) for chunk in live)


@pytest.mark.parametrize("other", [BYE, Phrase("Hello there.", "deep", "en"), Phrase("Hello there.", "hum", "de")])
@virtual_time
async def test_everything_else_is_synthesised(other: Phrase) -> None:
    tts = FakeTts(languages=("en", "de"))
    speech = CannedSpeech(tts)
    await speech.prepare([HELLO], at_once)
    assert await say(speech, other)
    assert tts.spoken == [HELLO.spoken, other.spoken]


@virtual_time
async def test_each_phrase_waits_for_a_quiet_moment() -> None:
    tts, free = FakeTts(), asyncio.Semaphore(1)

    async def quiet() -> None:
        await free.acquire()

    speech = CannedSpeech(tts)
    keeping = asyncio.create_task(speech.prepare([HELLO, HELLO, BYE], quiet))
    await asyncio.sleep(60)
    assert tts.spoken == [HELLO.spoken]
    free.release()
    await keeping
    assert tts.spoken == [HELLO.spoken, BYE.spoken]


@virtual_time
async def test_what_does_not_fit_is_not_kept() -> None:
    [first, *_] = await say(CannedSpeech(FakeTts()), HELLO)
    speech = CannedSpeech(FakeTts(), most_bytes=len(first.audio.pcm))
    await speech.prepare([HELLO, BYE], at_once)
    assert speech.kept(HELLO) == ()
    assert len(speech.kept(BYE)) == 1
    assert speech.kept_bytes == len(first.audio.pcm)
    assert len(await say(speech, HELLO)) == 2


@virtual_time
async def test_a_phrase_that_cannot_be_said_now_is_left_out() -> None:
    tts = FakeTts()
    speech = CannedSpeech(tts)
    await speech.prepare([Phrase("Bonjour.", "hum", "fr"), HELLO], at_once)
    assert speech.kept(HELLO)
    tts.failure = FailureCategory.UNAVAILABLE
    assert await say(speech, HELLO)
    with pytest.raises(ProviderError):
        await say(speech, BYE)


@virtual_time
async def test_giving_up_in_mid_phrase_keeps_nothing_of_it() -> None:
    tts = FakeTts()
    speech = CannedSpeech(tts)
    keeping = asyncio.create_task(speech.prepare([HELLO], at_once))
    await asyncio.sleep(0.145)
    keeping.cancel()
    await asyncio.gather(keeping, return_exceptions=True)
    assert (speech.kept(HELLO), tts.cancelled) == ((), 1)


@virtual_time
async def test_closed_it_forgets_everything() -> None:
    tts = FakeTts()
    speech = CannedSpeech(tts)
    await speech.prepare([HELLO], at_once)
    await speech.aclose()
    assert tts.closed
    assert speech.kept_bytes == 0
    with pytest.raises(ProviderError):
        await say(speech, HELLO)
