"""Kokoro as a TextToSpeech: English voices on the device, in a process of their own. No live service takes part."""

from __future__ import annotations

import sys
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path

from holo_app.domain.usage import ProviderRole, Unit, Use
from holo_app.errors import ProviderError
from holo_app.ports.clock import Clock
from holo_app.ports.meter import CURRENT_TURN, Meter
from holo_app.ports.tts import SpeechChunk
from holo_app.providers.local_voice.tts import VoiceProcess, VoiceProcessTts

_NAME = "kokoro"
_MODEL = "kokoro-82m"
_START_S = 90.0
"""It loads in some 5 s, and in 30 s on a machine of two cores that does much else."""


@dataclass(frozen=True, slots=True)
class KokoroSettings:
    """A model and the process that speaks with it.

    model: its folder. voices: those that are there; the first one speaks for characters that name none of them. server_command:
    starts the server (`holo_app.providers.kokoro.server:main`); its options are added. threads: for one sentence. patience_s:
    how long a sentence waits for a server that is not up.
    """

    model: Path
    voices: tuple[str, ...] = ("af_heart",)
    server_command: tuple[str, ...] = (sys.executable, "-m", "holo_app.providers.kokoro.server")
    threads: int = 2
    patience_s: float = 8.0


class KokoroTts(VoiceProcessTts):
    """Kokoro's voices. Made and used as `VoiceProcessTts` says."""

    def __init__(self, settings: KokoroSettings, meter: Meter, clock: Clock) -> None:
        options = {"--model": settings.model, "--voices": ",".join(settings.voices), "--threads": settings.threads}
        command = (*settings.server_command, *(str(part) for option in options.items() for part in option))
        super().__init__(
            VoiceProcess(_NAME, settings.voices, command, patience_s=settings.patience_s, start_s=_START_S)
        )
        self._meter = meter
        self._clock = clock

    async def synthesize(self, text: str, *, voice: str, language: str) -> AsyncGenerator[SpeechChunk]:
        spoken = failed = False
        try:
            async with aclosing(super().synthesize(text, voice=voice, language=language)) as chunks:
                async for chunk in chunks:
                    spoken = True
                    yield chunk
        except ProviderError:
            failed = True
            raise
        finally:
            if spoken or failed:
                units = {Unit.CHARACTERS: float(len(text))} if spoken else {}
                turn = CURRENT_TURN.get()
                self._meter.used(Use(ProviderRole.TTS, _NAME, _MODEL, self._clock.utc(), units, turn=turn))
