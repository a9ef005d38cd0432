"""What is said twice is kept, within bounds; what is said once is not."""

from __future__ import annotations

from contextlib import aclosing

import pytest

from holo_app.dialogue import repeated_speech
from holo_app.dialogue.repeated_speech import RepeatedSpeech
from holo_app.errors import FailureCategory, ProviderError
from holo_app.ports.tts import SpeechChunk
from tests.fakes.tts import FakeTts
from tests.fakes.virtual_time import VirtualClock, virtual_time

PRICE = "It costs 89 pounds."


async def say(speech: RepeatedSpeech, text: str, *, language: str = "en") -> list[SpeechChunk]:
    async with aclosing(speech.synthesize(text, voice="hum", language=language)) as chunks:
        return [chunk async for chunk in chunks]


@virtual_time
async def test_the_third_time_is_the_same_speech_without_the_wait() -> None:
    tts, clock = FakeTts(), VirtualClock()
    speech = RepeatedSpeech(tts)
    first = await say(speech, PRICE)
    assert speech.kept_bytes == 0
    assert await say(speech, PRICE) == first
    began = clock.monotonic()
    assert await say(speech, PRICE) == first
    assert clock.monotonic() == began
    assert tts.spoken == [PRICE] * 2
    assert speech.kept_bytes == sum(len(chunk.audio.pcm) for chunk in first)
    assert speech.capabilities == tts.capabilities


@virtual_time
async def test_another_language_is_another_speech() -> None:
    tts = FakeTts(languages=("en", "de"))
    speech = RepeatedSpeech(tts)
    for _ in range(2):
        await say(speech, PRICE)
    await say(speech, PRICE, language="de")
    assert len(tts.spoken) == 3


@virtual_time
async def test_what_was_broken_off_or_failed_was_not_said() -> None:
    tts = FakeTts()
    speech = RepeatedSpeech(tts)
    for _ in range(3):
        async with aclosing(speech.synthesize(PRICE, voice="hum", language="en")) as chunks:
            await anext(chunks)
    tts.failure = FailureCategory.UNAVAILABLE
    for _ in range(3):
        with pytest.raises(ProviderError):
            await say(speech, PRICE)
    assert speech.kept_bytes == 0


@virtual_time
async def test_the_one_that_was_not_said_for_longest_makes_room() -> None:
    tts = FakeTts()
    texts = ["one two three", "two three four", "six seven eight"]
    [one, two] = [await say(RepeatedSpeech(FakeTts()), text) for text in texts[:2]]
    most = sum(len(chunk.audio.pcm) for chunk in [*one, *two])
    speech = RepeatedSpeech(tts, most_bytes=most + 100)
    for text in [*texts[:2] * 2, texts[0], *texts[2:] * 2]:
        await say(speech, text)
    before = len(tts.spoken)
    assert speech.kept_bytes <= most + 100
    await say(speech, texts[0])
    assert len(tts.spoken) == before
    await say(speech, texts[1])
    assert len(tts.spoken) == before + 1


@virtual_time
async def test_what_is_too_long_to_keep_pushes_nothing_out() -> None:
    speech = RepeatedSpeech(FakeTts(), most_bytes=10)
    for _ in range(3):
        await say(speech, PRICE)
    assert speech.kept_bytes == 0


@virtual_time
async def test_who_says_something_else_each_time_takes_no_memory() -> None:
    tts = FakeTts()
    speech = RepeatedSpeech(tts)
    for number in range(repeated_speech._MOST_NOTED + 1):
        await say(speech, f"Number {number}.")
    # by now the first one is forgotten, and so it is new
    await say(speech, "Number 0.")
    assert speech.kept_bytes == 0
    await speech.aclose()
    assert tts.closed
