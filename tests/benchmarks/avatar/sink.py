"""A hologram without a window: asks for the picture of each of its frames, as the kiosk's does, and keeps what it saw."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np

from holo_app.ui.cloud_frames import CloudFrames
from tests.benchmarks.avatar.measures import Seen, mouth_pixels

_FRAME_S = 1 / 60


class Sink:
    """position_s: what is heard now. It looks sixty times a second, each look in the middle of the time that it stands for."""

    def __init__(self, frames: CloudFrames, position_s: Callable[[], float]) -> None:
        self._frames = frames
        self._position_s = position_s
        self._looks: list[tuple[float, float, int]] = []
        self._over = threading.Event()

    @contextmanager
    def looking(self) -> Iterator[None]:
        """Look while the block runs."""
        thread = threading.Thread(target=self._look, name="sink", daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._over.set()
            thread.join()

    def seen(self) -> Seen:
        """What it saw."""
        at_s, mouth, picture = (np.array(column) for column in zip(*self._looks, strict=True))
        return Seen(at_s, mouth, picture.astype(np.int64))

    def _look(self) -> None:
        shown, mouth, number = None, 0.0, -1
        count = 0
        while not self._over.wait(_FRAME_S):
            now = time.monotonic()
            frame = self._frames.due(self._position_s() + _FRAME_S / 2, now)
            if frame is not shown:
                shown, count = frame, count + 1
                number = -1 if frame is None else count
                mouth = 0.0
                if frame is not None:
                    pixels = np.frombuffer(frame.rgba, np.uint8).reshape(frame.height, frame.width, 4)
                    mouth = mouth_pixels(pixels)
            self._looks.append((now, mouth, number))
