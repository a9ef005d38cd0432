"""The recorded customer of `holo-app demo`: waits, asks, interrupts, and leaves."""

from __future__ import annotations

import asyncio
import tomllib
from dataclasses import dataclass

from holo_app.audio.virtual import Sound, VirtualMicrophone
from holo_app.audio.wav import read_wav
from holo_app.dialogue.notices import LoopReady, Notice, StateChanged
from holo_app.domain.audio import AudioChunk
from holo_app.domain.kiosk import KioskState
from holo_app.ports.clock import Clock
from holo_app.resources import resource

_LINGERS_S = 1.5
_RESTING = (KioskState.IDLE, KioskState.ATTRACT)


@dataclass(frozen=True, slots=True)
class Line:
    """One thing to say. interrupts: into the running answer, else after it; after_s: that long into it, or after it."""

    text: str
    audio: AudioChunk
    interrupts: bool
    after_s: float


def demo_lines() -> list[Line]:
    """The lines of resources/demo/script.toml."""
    script = tomllib.loads(resource("demo", "script.toml").read_text(encoding="utf-8"))
    return [
        Line(
            entry["text"],
            read_wav(resource("demo", entry["clip"])),
            entry["when"] == "speaking",
            float(entry["after_s"]),
        )
        for entry in script["line"]
    ]


class DemoCustomer:
    """Says its lines into a microphone as the kiosk's state allows. Lives on the engine's loop.

    said: what was heard by the microphone, with its place in seconds from the microphone's start.
    """

    def __init__(self, lines: list[Line], clock: Clock) -> None:
        self.microphone = VirtualMicrophone(clock)
        self.said: list[Sound] = []
        self.gone = asyncio.Event()
        self._lines = list(lines)
        self._speaking_until = 0.0
        self._clock = clock

    def notice(self, notice: Notice) -> None:
        """Hear and see what the kiosk does."""
        match notice:
            case LoopReady():
                self._next(interrupting=False)
            case StateChanged(KioskState.SPEAKING):
                self._next(interrupting=True)
            case StateChanged(state) if state in _RESTING and self._clock.monotonic() >= self._speaking_until:
                self._next(interrupting=False)
            case _:
                pass

    def _next(self, *, interrupting: bool) -> None:
        if not self._lines:
            if not interrupting:
                asyncio.get_running_loop().call_later(_LINGERS_S, self.gone.set)
            return
        line = self._lines[0]
        if interrupting and not line.interrupts:
            return
        # a line that was to interrupt an answer that is over already is asked all the same
        self._lines.pop(0)
        at_s = self.microphone.hear(line.audio, in_s=line.after_s)
        self.said.append(Sound(at_s, line.audio))
        self._speaking_until = self._clock.monotonic() + line.after_s + line.audio.seconds
