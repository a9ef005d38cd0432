"""The kiosk's own window, frame loop and lips on a private screen, beside a loudspeaker that exists on the clock only.

What `live` measures, without microphone, recognition and sound server: a machine that is too busy for those, whose sound would
break off, can still tell whether the picture is where the sound is.

    python -m tests.benchmarks.lip_sync.window FPS LINES.pickle OUT.pickle

says each line and writes (began, samples, rate, spans): sample i was heard at began + i / rate (monotonic seconds).
"""

from __future__ import annotations

import asyncio
import json
import os
import pickle
import subprocess
import sys
import tempfile
import threading
from collections.abc import AsyncGenerator, Callable, Sequence
from functools import partial
from pathlib import Path

import numpy as np
from PySide6.QtCore import QTimer

from holo_app.audio.virtual import VirtualSpeaker
from holo_app.bootstrap.clock import SystemClock
from holo_app.bootstrap.devices import PlaybackClock
from holo_app.dialogue.answering import Question
from holo_app.dialogue.notices import LoopReady, StateChanged
from holo_app.dialogue.reply import Reply, Voice
from holo_app.dialogue.troubles import TroubleBoard
from holo_app.domain.character import Character
from holo_app.domain.kiosk import KioskState
from holo_app.ports.tts import SpeechChunk, TtsCapabilities
from holo_app.storage.store import memory_store
from holo_app.ui.bridge import UiBridge
from holo_app.ui.hologram_scene import load_hologram
from holo_app.ui.kiosk_ui import KioskUi
from holo_app.ui.run import GuiHooks, run_gui
from holo_app.ui.settings import UiSettings
from holo_app.ui.staff_pin import StaffPin
from tests.benchmarks.lip_sync.films import Line
from tests.benchmarks.lip_sync.live import SCREEN, Seen
from tests.benchmarks.lip_sync.screen import observing, virtual_screen
from tests.benchmarks.lip_sync.tracks import openness

_CHARACTER = Character("c", "Mia", "shop", "", (), "", "", "en")
_RATE_HZ = 22_050
_LOOK_EVERY_MS = 200
_PAUSE_S = 0.4
_SETTLING_S = 4.0  # the first frames find out what the machine can draw


class Recorded:
    """A voice that says what it said before, at once."""

    capabilities = TtsCapabilities("recorded", frozenset({"en"}), ())

    def __init__(self, line: Line) -> None:
        self._line = line

    async def synthesize(self, text: str, *, voice: str, language: str) -> AsyncGenerator[SpeechChunk]:
        spoken, sound = self._line
        yield SpeechChunk(sound, spoken.cues)

    async def aclose(self) -> None:
        pass


def watch_window(lines: Sequence[Line], fps: int) -> Seen:
    """Let the kiosk's window say the lines, and watch it."""
    with tempfile.TemporaryDirectory(prefix="holo-") as name, virtual_screen(SCREEN) as screen:
        folder = Path(name)
        said, out = folder / "lines.pickle", folder / "said.pickle"
        said.write_bytes(pickle.dumps(lines))
        command = [sys.executable, "-m", "tests.benchmarks.lip_sync.window", str(fps), str(said), str(out)]
        with observing(screen, folder) as observer:
            subprocess.run(command, env={**os.environ, "DISPLAY": screen.name}, check=True)
            mouth = observer.seen()
        began, samples, rate_hz, spans, frames = pickle.loads(out.read_bytes())  # noqa: S301 - our own
        return Seen(mouth, openness(samples, rate_hz, began), spans, 0.0, frames)


async def _say(lines: Sequence[Line], bridge: UiBridge, keep: Callable[[tuple[object, ...]], None]) -> None:
    clock = SystemClock()
    began = clock.monotonic()
    speaker = VirtualSpeaker(clock, rate_hz=_RATE_HZ)
    lips = PlaybackClock(speaker, clock)
    spans = []
    async with lips.running():
        bridge.connect(submit=lambda _: None, position_s=lips.position_s)
        await asyncio.sleep(_SETTLING_S)
        bridge.post(LoopReady())
        for line in lines:
            voice = Voice(Recorded(line), speaker, clock, lambda text, _: text, bridge.post, TroubleBoard(bridge.post))
            reply = Reply(Question("…", "en", _CHARACTER), None, voice, lambda _: None)
            bridge.post(StateChanged(KioskState.SPEAKING))
            start = clock.monotonic()
            reply.commit()
            await reply.run()
            spans.append((start, clock.monotonic()))
            bridge.post(StateChanged(KioskState.IDLE))
            await asyncio.sleep(_PAUSE_S)
    heard = speaker.recording()
    keep((began, np.frombuffer(heard.pcm, "<i2"), heard.rate_hz, spans))
    await speaker.aclose()


def _main(fps: int, lines: Sequence[Line], out: Path) -> int:
    bridge = UiBridge()
    kept: list[tuple[object, ...]] = []
    begun: list[bool] = []

    engine = threading.Thread(target=lambda: asyncio.run(_say(lines, bridge, kept.append)), name="engine", daemon=True)

    def shown(ui: KioskUi) -> None:
        def look() -> None:
            if ui.stage.ready and not begun:
                begun.append(True)
                engine.start()
            if begun and not engine.is_alive():
                ui.quit()

        timer = QTimer(ui)
        timer.timeout.connect(look)
        timer.start(_LOOK_EVERY_MS)

    def ended(ui: KioskUi) -> None:
        if kept:
            out.write_bytes(pickle.dumps((*kept[0], json.dumps(ui.statistics.as_dict()))))

    with tempfile.TemporaryDirectory(prefix="holo-") as folder:
        load = partial(load_hologram, Path(folder))
        settings = UiSettings(target_fps=float(fps))
        run_gui(bridge, StaffPin(memory_store(), SystemClock()), load, settings, GuiHooks(shown, ended))
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(_main(int(sys.argv[1]), pickle.loads(Path(sys.argv[2]).read_bytes()), Path(sys.argv[3])))  # noqa: S301 - our own
