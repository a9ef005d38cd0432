"""Any Wyoming recognition server as a SpeechToText. Tried against real servers of our own; no live service was called."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass, replace

from holo_app.domain.audio import AudioChunk
from holo_app.domain.speech import Transcript
from holo_app.domain.usage import ProviderRole, Unit, Use
from holo_app.errors import FailureCategory, ProviderError
from holo_app.ports.clock import Clock
from holo_app.ports.meter import CURRENT_TURN, Meter
from holo_app.ports.stt import SttCapabilities
from holo_app.providers.wyoming.client import WyomingConnection, connection
from holo_app.providers.wyoming.description import Described, describe
from holo_app.providers.wyoming.hearing import Utterance, transcripts
from holo_app.providers.wyoming_speech.failures import cut_off

_NAME = "wyoming"


@dataclass(frozen=True, slots=True)
class WyomingSttSettings:
    """address: `tcp://host:port` or `unix:///path`. model: one of the server's; empty: its choice.

    languages: what it is taken to understand until it has said so, and where it does not say. Primary tags.
    """

    address: str
    model: str = ""
    languages: frozenset[str] = frozenset({"en"})


class WyomingStt:
    """A connection for each utterance; sound goes out while it comes in, and so come partial transcripts where there are some.

    The server is asked once what it can do: by `warm_up`, else before the first utterance.
    """

    def __init__(self, settings: WyomingSttSettings, meter: Meter, clock: Clock) -> None:
        self._settings = settings
        self._meter = meter
        self._clock = clock
        self._described: Described | None = None
        self._closed = False

    @property
    def capabilities(self) -> SttCapabilities:
        said = self._described or Described()
        return SttCapabilities(_NAME, frozenset(said.languages) or self._settings.languages, said.streaming)

    async def warm_up(self) -> None:
        """Ask the server what it can do. Raises: ProviderError."""
        self._described = await describe(_NAME, self._settings.address, "asr")

    async def transcribe(self, audio: AsyncIterator[AudioChunk], *, language: str) -> AsyncGenerator[Transcript]:
        if self._closed:
            raise ProviderError(_NAME, FailureCategory.UNAVAILABLE, "closed")
        seconds = 0.0

        def heard(chunk: AudioChunk) -> None:
            nonlocal seconds
            seconds += chunk.seconds

        try:
            tag = await self._tag(language)
            utterance = Utterance(_NAME, audio, tag, heard, self._settings.model or None)
            async with (
                connection(_NAME, self._settings.address) as server,
                aclosing(self._results(server, utterance)) as results,
            ):
                async for result in results:
                    known = result.language in self.capabilities.languages
                    yield result if known else replace(result, language=language)
        finally:
            self._account(seconds)

    async def aclose(self) -> None:
        self._closed = True

    async def _results(self, server: WyomingConnection, utterance: Utterance) -> AsyncGenerator[Transcript]:
        with cut_off(server):
            async with aclosing(transcripts(server, utterance)) as results:
                async for result in results:
                    yield result

    async def _tag(self, language: str) -> str:
        """The language as the server writes it."""
        if self._described is None:
            await self.warm_up()
        if language not in self.capabilities.languages:
            raise ProviderError(_NAME, FailureCategory.BAD_REQUEST, f"language {language} is not understood")
        return (self._described or Described()).languages.get(language, language)

    def _account(self, seconds: float) -> None:
        model = self._settings.model or (self._described or Described()).program
        units = {Unit.AUDIO_SECONDS: seconds} if seconds else {}
        turn = CURRENT_TURN.get()
        self._meter.used(Use(ProviderRole.STT, _NAME, model, self._clock.utc(), units, turn=turn))
