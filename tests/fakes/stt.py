"""Speech to text that knows the script."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator

from holo_app.domain.audio import AudioChunk
from holo_app.domain.speech import Transcript
from holo_app.errors import FailureCategory, ProviderError
from holo_app.ports.stt import SttCapabilities
from tests.fakes.script import SpokenScript


class FakeStt:
    """Understands `SpokenScript` audio after `delay_s` (of virtual time, where the loop has it).

    Set `delay_s` or `failure` between calls to slow it down or make every call fail; `calls` counts the calls
    begun, `cancelled` those that gave no answer.
    """

    def __init__(
        self,
        script: SpokenScript,
        *,
        delay_s: float = 0.12,
        languages: tuple[str, ...] = ("en",),
        streaming: bool = False,
    ) -> None:
        self._script = script
        self._streaming = streaming
        self._languages = frozenset(languages)
        self.delay_s = delay_s
        self.failure: FailureCategory | None = None
        self.calls = 0
        self.cancelled = 0
        self.closed = False

    @property
    def capabilities(self) -> SttCapabilities:
        return SttCapabilities("fake-stt", self._languages, self._streaming)

    async def transcribe(self, audio: AsyncIterator[AudioChunk], *, language: str) -> AsyncGenerator[Transcript]:
        self.calls += 1
        finished = False
        try:
            if self.closed:
                raise ProviderError("fake-stt", FailureCategory.UNAVAILABLE, "closed")
            if language not in self._languages:
                raise ProviderError("fake-stt", FailureCategory.BAD_REQUEST, f"language {language}")
            pcm, partial = b"", ""
            async for chunk in audio:
                pcm += chunk.pcm
                text = self._words(pcm)
                if self._streaming and text != partial:
                    partial = text
                    yield Transcript(text, language, final=False)
            await asyncio.sleep(self.delay_s)
            if self.failure is not None:
                raise ProviderError("fake-stt", self.failure)
            finished = True
            yield Transcript(self._words(pcm), language, final=True)
        finally:
            self.cancelled += not finished

    def _words(self, pcm: bytes) -> str:
        return " ".join(said.text for said in self._script.heard(AudioChunk(pcm)))

    async def aclose(self) -> None:
        self.closed = True
