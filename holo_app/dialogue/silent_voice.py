"""The voice when there is no voice: captions at reading pace, so that the kiosk still answers."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing

from holo_app.domain.audio import silence
from holo_app.domain.speech import WordCue
from holo_app.ports.tts import SpeechChunk, TextToSpeech, TtsCapabilities

_SECONDS_PER_WORD = 0.33


class SilentVoice:
    """A TextToSpeech that takes the time of speech and makes no sound."""

    @property
    def capabilities(self) -> TtsCapabilities:
        return TtsCapabilities("silent", frozenset(), ())

    async def synthesize(self, text: str, *, voice: str, language: str) -> AsyncGenerator[SpeechChunk]:
        del voice, language
        words = text.split()
        if words:
            cues = tuple(
                WordCue(word, i * _SECONDS_PER_WORD, (i + 1) * _SECONDS_PER_WORD) for i, word in enumerate(words)
            )
            yield SpeechChunk(silence(len(words) * _SECONDS_PER_WORD), words=cues)

    async def aclose(self) -> None:
        """Nothing to free."""


class SpokenOrShown:
    """A TextToSpeech that leaves to captions what `voice` has not learnt: no English mouth reads German aloud.

    A voice that speaks no language at all is missing: that stays an error.
    """

    def __init__(self, voice: TextToSpeech) -> None:
        self._voice = voice

    @property
    def capabilities(self) -> TtsCapabilities:
        return self._voice.capabilities

    async def synthesize(self, text: str, *, voice: str, language: str) -> AsyncGenerator[SpeechChunk]:
        known = self._voice.capabilities.languages
        engine = self._voice if not known or language in known else SilentVoice()
        async with aclosing(engine.synthesize(text, voice=voice, language=language)) as chunks:
            async for chunk in chunks:
                yield chunk

    async def aclose(self) -> None:
        await self._voice.aclose()
