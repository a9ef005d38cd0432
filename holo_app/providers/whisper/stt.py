"""Whisper as a SpeechToText, in a process of its own: the side of the pipe that lives in the kiosk. No service is asked."""

from __future__ import annotations

import asyncio
import shutil
import sys
import tempfile
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path

from holo_app.domain.audio import AudioChunk
from holo_app.domain.speech import Transcript
from holo_app.domain.usage import ProviderRole, Unit, Use
from holo_app.errors import FailureCategory, ProviderError
from holo_app.ports.clock import Clock
from holo_app.ports.meter import CURRENT_TURN, Meter
from holo_app.ports.stt import SttCapabilities
from holo_app.providers.supervision.child import ChildSettings, SupervisedChild
from holo_app.providers.wyoming.client import connection, ping
from holo_app.providers.wyoming.description import describe
from holo_app.providers.wyoming.hearing import Utterance, transcripts

_NAME = "whisper"


@dataclass(frozen=True, slots=True)
class WhisperSettings:
    """A model and the process that hears with it.

    model: the folder of a CTranslate2 Whisper model. languages: what it is taken to understand until it has said so.
    server_command: starts the server (`holo_app.providers.whisper.server:main`); its options are added. threads: for one
    utterance. patience_s: how long an utterance waits for a server that is not up.
    """

    model: Path
    languages: frozenset[str] = frozenset({"en"})
    server_command: tuple[str, ...] = (sys.executable, "-m", "holo_app.providers.whisper.server")
    threads: int = 2
    patience_s: float = 8.0


class WhisperStt:
    """Hears whole utterances, at any sample rate. Its child process is started ahead, and again whenever it dies.

    Construct it on the event loop that it is used on. `warm_up` starts the child; so does the first utterance.
    """

    def __init__(self, settings: WhisperSettings, meter: Meter, clock: Clock) -> None:
        self._settings = settings
        self._meter = meter
        self._clock = clock
        self._languages = settings.languages
        self._folder = Path(tempfile.mkdtemp(prefix="holo-"))
        options = {"--model": settings.model, "--threads": settings.threads, "--folder": self._folder}
        command = (*settings.server_command, *(str(part) for option in options.items() for part in option))
        self._kept = ChildSettings(_NAME, command)
        self._child = SupervisedChild(self._kept, lambda address: ping(_NAME, address))

    @property
    def capabilities(self) -> SttCapabilities:
        return SttCapabilities(_NAME, self._languages, streaming=False)

    @property
    def server_pid(self) -> int | None:
        """The process id of the server, while one runs."""
        return self._child.pid

    async def warm_up(self) -> None:
        """Start the server, wait until it is ready and ask which languages its model understands. Raises: ProviderError."""
        address = await self._child.address(self._kept.start_timeout_s)
        described = await describe(_NAME, address, "asr")
        self._languages = frozenset(described.languages) or self._languages

    async def transcribe(self, audio: AsyncIterator[AudioChunk], *, language: str) -> AsyncGenerator[Transcript]:
        if language not in self._languages:
            raise ProviderError(_NAME, FailureCategory.BAD_REQUEST, f"language {language} is not understood")
        seconds = 0.0

        def heard(chunk: AudioChunk) -> None:
            nonlocal seconds
            seconds += chunk.seconds

        try:
            address = await self._child.address(self._settings.patience_s)
            async with (
                connection(_NAME, address) as server,
                aclosing(transcripts(server, Utterance(_NAME, audio, language, heard))) as results,
            ):
                async for result in results:
                    yield result
        except ProviderError as error:
            if error.category is FailureCategory.UNAVAILABLE:
                self._child.suspect()
            raise
        finally:
            self._account(seconds)

    async def aclose(self) -> None:
        await self._child.aclose()
        await asyncio.to_thread(shutil.rmtree, self._folder, ignore_errors=True)

    def _account(self, seconds: float) -> None:
        units = {Unit.AUDIO_SECONDS: seconds} if seconds else {}
        model, turn = self._settings.model.name, CURRENT_TURN.get()
        self._meter.used(Use(ProviderRole.STT, _NAME, model, self._clock.utc(), units, turn=turn))
