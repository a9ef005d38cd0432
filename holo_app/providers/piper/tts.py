"""Piper as a TextToSpeech, in a process of its own."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

from holo_app.providers.local_voice.tts import VoiceProcess, VoiceProcessTts


@dataclass(frozen=True, slots=True)
class PiperSettings:
    """A voice and the process that speaks with it.

    model, config: the voice's files. voice: what it is called; a character that names another voice is spoken with this one.
    language: BCP 47 primary tag. server_command: starts the server (`holo_app.providers.piper.server:main`); its options
    are added. threads: processor threads for one sentence. patience_s: how long a sentence waits for a server that is not up.
    """

    model: Path
    config: Path
    voice: str = "joe"
    language: str = "en"
    server_command: tuple[str, ...] = (sys.executable, "-m", "holo_app.providers.piper.server")
    threads: int = 2
    patience_s: float = 8.0


class PiperTts(VoiceProcessTts):
    """Piper's voice. Made and used as `VoiceProcessTts` says."""

    def __init__(self, settings: PiperSettings) -> None:
        options = {
            "--model": settings.model,
            "--config": settings.config,
            "--name": settings.voice,
            "--language": settings.language,
            "--threads": settings.threads,
        }
        command = (*settings.server_command, *(str(part) for option in options.items() for part in option))
        super().__init__(
            VoiceProcess("piper", (settings.voice,), command, settings.language, patience_s=settings.patience_s)
        )
