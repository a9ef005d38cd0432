"""Speech to text that knows the script."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from dataclasses import dataclass

from holo_app.domain.audio import BYTES_PER_SAMPLE, CAPTURE_RATE_HZ, AudioChunk
from holo_app.domain.speech import Transcript
from holo_app.errors import FailureCategory, ProviderError
from holo_app.ports.stt import SttCapabilities
from tests.fakes.script import SpokenScript


@dataclass(frozen=True)
class TurnTelling:
    """How an engine tells that a turn is over: a while after a complete line of the script, and never after another one.

    late_s: how far it lags behind the sound. eager_s, sure_s: silence after which it tells the two probabilities.
    """

    late_s: float = 0.1
    eager_s: float = 0.15
    sure_s: float = 0.25
    eager: float = 0.4
    sure: float = 0.85


_SPEAKS_EVERY_S = 0.25


class FakeStt:
    """Understands `SpokenScript` audio after `delay_s` (of virtual time, where the loop has it).

    Set `delay_s` or `failure` between calls to slow it down or make every call fail; `calls` counts the calls
    begun, `cancelled` those that gave no answer. Set `language_of` to make it tell languages apart by their sound.
    turns: it streams, and tells when a turn is over.
    """

    def __init__(
        self,
        script: SpokenScript,
        *,
        delay_s: float = 0.12,
        languages: tuple[str, ...] = ("en",),
        streaming: bool = False,
        turns: TurnTelling | None = None,
    ) -> None:
        self._script = script
        self._streaming = streaming or turns is not None
        self._turns = turns
        self._languages = frozenset(languages)
        self.delay_s = delay_s
        self.failure: FailureCategory | None = None
        self.language_of: Callable[[AudioChunk], str] | None = None
        self.calls = 0
        self.cancelled = 0
        self.closed = False

    @property
    def capabilities(self) -> SttCapabilities:
        return SttCapabilities("fake-stt", self._languages, self._streaming, turns=self._turns is not None)

    async def transcribe(self, audio: AsyncIterator[AudioChunk], *, language: str) -> AsyncGenerator[Transcript]:
        self.calls += 1
        finished = False
        try:
            if self.closed:
                raise ProviderError("fake-stt", FailureCategory.UNAVAILABLE, "closed")
            if language not in self._languages:
                raise ProviderError("fake-stt", FailureCategory.BAD_REQUEST, f"language {language}")
            pcm, told, told_at = b"", Transcript("", language, final=False), 0
            async for chunk in audio:
                pcm += chunk.pcm
                partial = self._partial(pcm, language)
                due = self._turns is not None and len(pcm) - told_at >= _bytes(_SPEAKS_EVERY_S)
                if self._streaming and (partial != told or (due and partial.text)):
                    told, told_at = partial, len(pcm)
                    yield partial
            await asyncio.sleep(self.delay_s)
            if self.failure is not None:
                raise ProviderError("fake-stt", self.failure)
            finished = True
            heard_in = language if self.language_of is None else self.language_of(AudioChunk(pcm))
            yield Transcript(self._words(pcm), heard_in, final=True)
        finally:
            self.cancelled += not finished

    def _partial(self, pcm: bytes, language: str) -> Transcript:
        turns = self._turns
        if turns is None:
            return Transcript(self._words(pcm), language, final=False)
        heard = pcm[: max(0, len(pcm) - _bytes(turns.late_s))]
        said, silent = self._script.heard(AudioChunk(heard)), len(heard) - len(heard.rstrip(b"\0"))
        over = None
        if said and said[-1].finished and silent >= _bytes(turns.eager_s):
            over = turns.sure if silent >= _bytes(turns.sure_s) else turns.eager
        return Transcript(self._words(heard), language, final=False, turn_over=over)

    def _words(self, pcm: bytes) -> str:
        return " ".join(said.text for said in self._script.heard(AudioChunk(pcm)))

    async def aclose(self) -> None:
        self.closed = True


def _bytes(seconds: float) -> int:
    return BYTES_PER_SAMPLE * round(seconds * CAPTURE_RATE_HZ)
