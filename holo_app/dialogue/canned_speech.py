"""Phrases that are said again and again, synthesised ahead in quiet moments and then spoken without any delay."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable
from contextlib import aclosing

import structlog

from holo_app.dialogue.kept_speech import MOST_BYTES, KeptSpeech, Phrase
from holo_app.errors import ProviderError
from holo_app.ports.tts import SpeechChunk, TextToSpeech, TtsCapabilities

log = structlog.get_logger(__name__)


class CannedSpeech:
    """A TextToSpeech that keeps the speech of some phrases; all others go to `tts`.

    most_bytes: of sound that is kept; what does not fit is synthesised each time, as without this.
    """

    def __init__(self, tts: TextToSpeech, *, most_bytes: int = MOST_BYTES) -> None:
        self._tts = tts
        self._kept = KeptSpeech(most_bytes)

    @property
    def capabilities(self) -> TtsCapabilities:
        return self._tts.capabilities

    @property
    def kept_bytes(self) -> int:
        """Bytes of sound that are kept."""
        return self._kept.used_bytes

    def kept(self, phrase: Phrase) -> tuple[SpeechChunk, ...]:
        """The speech of a phrase; none where it is not kept (yet)."""
        return self._kept.get(phrase)

    async def prepare(self, phrases: Iterable[Phrase], quiet: Callable[[], Awaitable[None]]) -> None:
        """Synthesise the phrases one after the other. quiet: returns when nobody needs the voice or the processor.

        A phrase that the voice cannot say now is left out.
        """
        for phrase in phrases:
            if self.kept(phrase):
                continue
            await quiet()
            try:
                self._kept.keep(phrase, await self._synthesised(phrase))
            except ProviderError as error:
                log.warning("phrase_not_kept", provider=error.provider, category=error.category.value)
        log.info("phrases_kept", count=len(self._kept), kept_bytes=self.kept_bytes)

    async def synthesize(self, text: str, *, voice: str, language: str) -> AsyncGenerator[SpeechChunk]:
        kept = self.kept(Phrase(text, voice, language))
        for chunk in kept:
            yield chunk
        if not kept:
            async with aclosing(self._tts.synthesize(text, voice=voice, language=language)) as chunks:
                async for chunk in chunks:
                    yield chunk

    async def aclose(self) -> None:
        self._kept.clear()
        await self._tts.aclose()

    async def _synthesised(self, phrase: Phrase) -> tuple[SpeechChunk, ...]:
        speech = self._tts.synthesize(phrase.spoken, voice=phrase.voice, language=phrase.language)
        async with aclosing(speech) as chunks:
            return tuple([chunk async for chunk in chunks])
