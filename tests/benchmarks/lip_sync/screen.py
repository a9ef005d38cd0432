"""A virtual screen whose pixels can be looked at while the kiosk draws, and an observer that does so.

    python -m tests.benchmarks.lip_sync.screen FRAMEBUFFER OUT.npy

watches the mouth until its standard input is closed, then writes (N, 2): moments (monotonic seconds), dark pixels.
"""

from __future__ import annotations

import mmap
import os
import struct
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tests.benchmarks.lip_sync.mouth import MouthBox
from tests.benchmarks.lip_sync.tracks import Track

LOOK_EVERY_S = 0.003
_WORDS = 25  # of an XWD header, big-endian
_HEADER_SIZE, _WIDTH, _HEIGHT, _BITS, _LINE_BYTES, _COLOURS = 0, 4, 5, 11, 12, 19
_COLOUR_BYTES = 12


@dataclass(frozen=True)
class Screen:
    """name: as in DISPLAY. framebuffer: its pixels, as an XWD file that Xvfb draws into."""

    name: str
    framebuffer: Path


@contextmanager
def virtual_screen(size: tuple[int, int]) -> Iterator[Screen]:
    """An X server of our own."""
    read, write = os.pipe()
    with tempfile.TemporaryDirectory(prefix="holo-screen-") as folder:
        width, height = size
        server = subprocess.Popen(
            ["Xvfb", "-displayfd", str(write), "-screen", "0", f"{width}x{height}x24", "-nolisten", "tcp", "-fbdir", folder],
            pass_fds=[write], stderr=subprocess.DEVNULL,
        )  # fmt: skip
        os.close(write)
        try:
            with os.fdopen(read) as answer:
                number = answer.readline().strip()
            if not number:
                raise RuntimeError("Xvfb did not start")
            yield Screen(f":{number}", Path(folder) / "Xvfb_screen0")
        finally:
            server.terminate()
            server.wait()


def pixels(framebuffer: Path) -> NDArray[np.uint8]:
    """The screen as it is from now on, (height, width, 4), blue first."""
    with framebuffer.open("rb") as file:
        data = mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ)
    header = struct.unpack_from(f">{_WORDS}I", data)
    if header[_BITS] != 32:
        raise RuntimeError(f"a screen of 32 bits was expected, not {header[_BITS]}")
    rows = np.frombuffer(
        data, np.uint8, header[_HEIGHT] * header[_LINE_BYTES], header[_HEADER_SIZE] + _COLOUR_BYTES * header[_COLOURS]
    ).reshape(header[_HEIGHT], header[_LINE_BYTES])
    return rows[:, : 4 * header[_WIDTH]].reshape(header[_HEIGHT], header[_WIDTH], 4)


class Observer:
    """A process of its own, so that the kiosk's own work does not keep it from looking."""

    def __init__(self, screen: Screen, out: Path) -> None:
        self._out = out
        command = [sys.executable, "-m", "tests.benchmarks.lip_sync.screen", str(screen.framebuffer), str(out)]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE)

    def seen(self) -> Track:
        """Stop looking. Returns how far the mouth was open, from moment to moment."""
        self.process.communicate()
        moments, openings = np.load(self._out).T
        return Track(moments, openings, stepped=True)


@contextmanager
def observing(screen: Screen, folder: Path) -> Iterator[Observer]:
    """An observer that ends with the block."""
    observer = Observer(screen, folder / "mouth.npy")
    with observer.process:
        yield observer


def _watch(framebuffer: Path, out: Path) -> None:
    screen = pixels(framebuffer)
    height, width, _ = screen.shape
    mouth = MouthBox((width, height))
    over = threading.Event()

    def until_closed() -> None:
        sys.stdin.read()
        over.set()

    threading.Thread(target=until_closed, daemon=True).start()
    seen: list[tuple[float, float]] = []
    while not over.is_set():
        seen.append((time.monotonic(), mouth.opening(screen)))
        time.sleep(LOOK_EVERY_S)
    np.save(out, np.array(seen))


if __name__ == "__main__":
    _watch(Path(sys.argv[1]), Path(sys.argv[2]))
