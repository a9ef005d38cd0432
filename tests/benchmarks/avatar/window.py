"""The kiosk's own window on a private screen, with the avatar in the place of the figure, and a process that looks at it.

    python -m tests.benchmarks.avatar.window ADDRESS SETTLING OUT.pickle

holds the conversation; "kick" goes out on its standard output, and whoever started it passes that on.

    python -m tests.benchmarks.avatar.window --watch FRAMEBUFFER OUT.npy

looks until its standard input is closed.
"""

from __future__ import annotations

import asyncio
import os
import pickle
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

import numpy as np
from PySide6.QtCore import QTimer

from holo_app.audio.virtual import VirtualSpeaker
from holo_app.bootstrap.clock import SystemClock
from holo_app.bootstrap.devices import PlaybackClock
from holo_app.dialogue.notices import LoopReady
from holo_app.storage.store import memory_store
from holo_app.ui.bridge import UiBridge
from holo_app.ui.cloud_frames import CloudFrames
from holo_app.ui.hologram_scene import load_hologram
from holo_app.ui.kiosk_ui import KioskUi
from holo_app.ui.run import GuiHooks, run_gui
from holo_app.ui.settings import UiSettings
from holo_app.ui.staff_pin import StaffPin
from holo_app.ui.transmission import CloudAvatar
from tests.benchmarks.avatar.headless import RATE_HZ
from tests.benchmarks.avatar.measures import Seen, light_place, mouth_pixels
from tests.benchmarks.avatar.scenario import Conversation, Marks, avatar_at
from tests.benchmarks.avatar.server import Service
from tests.benchmarks.lip_sync.screen import LOOK_EVERY_S, pixels, virtual_screen

SCREEN: Final = (432, 768)
_FPS: Final = 60.0
_LOOK_EVERY_MS: Final = 200


def watch_window(service: Service, *, settling_s: float) -> tuple[Seen, Marks]:
    """Hold the conversation in the window, and watch it."""
    with tempfile.TemporaryDirectory(prefix="holo-") as name, virtual_screen(SCREEN) as screen:
        folder = Path(name)
        out, looks = folder / "marks.pickle", folder / "looks.npy"
        module = [sys.executable, "-m", "tests.benchmarks.avatar.window"]
        watcher = subprocess.Popen([*module, "--watch", str(screen.framebuffer), str(looks)], stdin=subprocess.PIPE)
        kiosk = subprocess.Popen(
            [*module, service.base_url, f"{settling_s:g}", str(out)],
            env={**os.environ, "DISPLAY": screen.name},
            stdout=subprocess.PIPE,
            text=True,
        )
        if kiosk.stdout is not None:
            for line in kiosk.stdout:
                if line.strip() == "kick":
                    asyncio.run(service.kick())
        kiosk.wait()
        watcher.communicate()
        if not out.exists():
            raise RuntimeError("the conversation was not held; see its log")
        marks: Marks = pickle.loads(out.read_bytes())  # noqa: S301 - our own
        at_s, mouth, picture = np.load(looks).T
        return Seen(at_s, mouth, picture.astype(np.int64)), marks


async def _talk(
    address: str, settling_s: float, bridge: UiBridge, frames: CloudFrames, keep: Callable[[Marks], None]
) -> None:
    clock = SystemClock()
    speaker = VirtualSpeaker(clock, rate_hz=RATE_HZ)
    lips = PlaybackClock(speaker, clock)
    avatar = avatar_at(address, frames)

    async def kick() -> None:
        print("kick", flush=True)

    async with lips.running():
        bridge.connect(submit=lambda _: None, position_s=lips.position_s)
        bridge.post(LoopReady())
        publish = frames.publishing(bridge.post)
        try:
            keep(await Conversation(avatar, speaker, publish, kick, settling_s=settling_s).run())
        finally:
            await avatar.aclose()
            await speaker.aclose()


def _main(address: str, settling_s: float, out: Path) -> int:
    bridge, frames = UiBridge(), CloudFrames()
    kept: list[Marks] = []
    begun: list[bool] = []
    talking = partial(_talk, address, settling_s, bridge, frames, kept.append)
    engine = threading.Thread(target=lambda: asyncio.run(talking()), name="engine", daemon=True)

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

    def ended(_ui: KioskUi) -> None:
        if kept:
            out.write_bytes(pickle.dumps(kept[0]))

    with tempfile.TemporaryDirectory(prefix="holo-") as folder:
        load = partial(load_hologram, Path(folder), cloud=CloudAvatar(frames), scan_lines=0.0)
        run_gui(
            bridge, StaffPin(memory_store(), SystemClock()), load, UiSettings(target_fps=_FPS), GuiHooks(shown, ended)
        )
    return 0 if kept else 1


def _watch(framebuffer: Path, out: Path) -> None:
    screen = pixels(framebuffer)
    over = threading.Event()

    def until_closed() -> None:
        sys.stdin.read()
        over.set()

    threading.Thread(target=until_closed, daemon=True).start()
    looks: list[tuple[float, float, int]] = []
    while not over.is_set():
        now = time.monotonic()
        looks.append((now, mouth_pixels(screen, blue_first=True), light_place(screen, blue_first=True)))
        time.sleep(LOOK_EVERY_S)
    np.save(out, np.array(looks))


if __name__ == "__main__":
    if sys.argv[1] == "--watch":
        _watch(Path(sys.argv[2]), Path(sys.argv[3]))
    else:
        sys.exit(_main(sys.argv[1], float(sys.argv[2]), Path(sys.argv[3])))
