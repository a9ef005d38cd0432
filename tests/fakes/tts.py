"""Text to speech that hums."""

from __future__ import annotations

import asyncio
from array import array
from collections.abc import AsyncGenerator
from itertools import pairwise

from holo_app.domain.audio import AudioChunk
from holo_app.domain.speech import Viseme, VisemeCue, WordCue
from holo_app.errors import FailureCategory, ProviderError
from holo_app.ports.tts import SpeechChunk, TtsCapabilities


class FakeTts:
    """Speaks `words_per_s` words a second as a hum: the first chunk after `first_chunk_s`, one chunk a word.

    Set `failure` to make every call fail, `fail_after_chunks` to make it fail in mid-sentence, `stall_after_chunks` to make
    the next `stalls` calls hang there. `spoken` lists
    the texts asked for, `cancelled` counts the calls that did not reach their end.
    """

    def __init__(
        self,
        *,
        words_per_s: float = 3.0,
        first_chunk_s: float = 0.14,
        chunk_s: float = 0.01,
        rate_hz: int = 22_050,
        languages: tuple[str, ...] = ("en",),
        voices: tuple[str, ...] = ("hum",),
    ) -> None:
        self._samples_per_word = round(rate_hz / words_per_s)
        self._rate_hz = rate_hz
        self._capabilities = TtsCapabilities("fake-tts", frozenset(languages), voices)
        self.first_chunk_s = first_chunk_s
        self.chunk_s = chunk_s
        self.failure: FailureCategory | None = None
        self.fail_after_chunks: int | None = None
        self.stall_after_chunks = 0
        self.stalls = 0
        self.spoken: list[str] = []
        self.cancelled = 0
        self.closed = False

    @property
    def capabilities(self) -> TtsCapabilities:
        return self._capabilities

    async def synthesize(self, text: str, *, voice: str, language: str) -> AsyncGenerator[SpeechChunk]:
        self.spoken.append(text)
        finished = False
        try:
            if self.closed:
                raise ProviderError("fake-tts", FailureCategory.UNAVAILABLE, "closed")
            if language not in self._capabilities.languages:
                raise ProviderError("fake-tts", FailureCategory.BAD_REQUEST, f"language {language}")
            words = text.split() if any(c.isalnum() for c in text) else []
            for index, word in enumerate(words):
                await asyncio.sleep(self.chunk_s if index else self.first_chunk_s)
                if self.failure is not None or index == self.fail_after_chunks:
                    raise ProviderError("fake-tts", self.failure or FailureCategory.UNAVAILABLE)
                if self.stalls and index == self.stall_after_chunks:
                    self.stalls -= 1
                    await asyncio.Event().wait()
                yield self._hum(word, index)
            finished = True
        finally:
            self.cancelled += not finished

    async def aclose(self) -> None:
        self.closed = True

    def _hum(self, word: str, index: int) -> SpeechChunk:
        quarter = self._samples_per_word // 4
        hum = array("h", [3_000, 3_000, -3_000, -3_000] * quarter).tobytes()
        seconds = 4 * quarter / self._rate_hz
        start = index * seconds
        edges = (start, start + seconds / 2, start + seconds)
        shapes = zip((Viseme.AA, Viseme.SIL), pairwise(edges), strict=True)
        return SpeechChunk(
            AudioChunk(hum, self._rate_hz),
            tuple(VisemeCue(viseme, begin, end) for viseme, (begin, end) in shapes),
            (WordCue(word, start, start + seconds),),
        )
