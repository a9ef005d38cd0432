"""Speech that comes with pictures: where it is on the speaker's timeline is told once, and it is never kept."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace

import pytest

from holo_app.audio.virtual import VirtualSpeaker
from holo_app.dialogue.answering import Question
from holo_app.dialogue.kept_speech import KeptSpeech, Phrase
from holo_app.dialogue.notices import Notice, PicturesScheduled
from holo_app.dialogue.reply import Reply, Voice
from holo_app.dialogue.troubles import TroubleBoard
from holo_app.domain.audio import AudioChunk
from holo_app.ports.tts import Pictured, SpeechChunk, TtsCapabilities
from tests.dialogue.world import AVA
from tests.fakes.tts import FakeTts
from tests.fakes.virtual_time import VirtualClock, virtual_time


class Pictures:
    """A TextToSpeech with pictures, as far as there are numbers: one for each piece of speech; None: that one has none."""

    def __init__(self, numbers: list[int | None]) -> None:
        self._tts = FakeTts()
        self._numbers = numbers

    @property
    def capabilities(self) -> TtsCapabilities:
        return self._tts.capabilities

    async def synthesize(self, text: str, *, voice: str, language: str) -> AsyncGenerator[SpeechChunk]:
        at_s = 0.0
        async with aclosing(self._tts.synthesize(text, voice=voice, language=language)) as chunks:
            async for chunk in chunks:
                number = self._numbers.pop(0)
                yield replace(chunk, pictures=None if number is None else Pictured(number, at_s))
                at_s += chunk.audio.seconds

    async def aclose(self) -> None:
        await self._tts.aclose()


@virtual_time
async def test_each_utterance_is_told_once_with_where_it_begins() -> None:
    told: list[Notice] = []
    clock = VirtualClock()
    speaker = VirtualSpeaker(clock)
    await speaker.play(AudioChunk(bytes(2 * 16_000)))
    voice = Voice(Pictures([7, 7, None]), speaker, clock, lambda text, _: text, told.append, TroubleBoard(told.append))
    reply = Reply(Question("One two three.", "en", AVA), None, voice, lambda _: None)
    reply.commit()
    await reply.run()
    (scheduled,) = [notice for notice in told if isinstance(notice, PicturesScheduled)]
    assert (scheduled.utterance, scheduled.start_s) == (7, pytest.approx(1.0, abs=0.01))
    await speaker.aclose()


def test_speech_with_pictures_is_not_kept() -> None:
    kept = KeptSpeech(most_bytes=100)
    phrase = Phrase("one", "hum", "en")
    kept.keep(phrase, (SpeechChunk(AudioChunk(bytes(10)), pictures=Pictured(1, 0.0)),))
    assert kept.get(phrase) == ()
