"""The kiosk's sound card: a thread that takes 10 ms of samples on an absolute schedule and keeps what it played."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import numpy as np

from tests.benchmarks.turn_taking.timeline import TICK_S, Tick
from tests.benchmarks.turn_taking.voice import RATE_HZ, Samples, audible, recognised

Render = Callable[[Samples, float], object]
"""Fills the samples that leave the card at that moment (monotonic seconds), with zeros where there is nothing."""

_TICK_SAMPLES = round(TICK_S * RATE_HZ)
_NEW_SPEECH_AFTER_S = 0.15


class SoundCard:
    """Plays what `render` gives. Safe to read from any thread while it runs; `close` ends its thread."""

    def __init__(self, render: Render) -> None:
        self._render = render
        self._played: list[tuple[float, Samples]] = []
        self._heard_until = 0.0
        self._onset_at = 0.0
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        self._stopped.set()
        self._thread.join()

    @property
    def onset_at(self) -> float:
        """When the latest stretch of speech became audible; 0 before the first."""
        return self._onset_at

    def quiet_s(self) -> float:
        """How long nothing has been audible."""
        return time.monotonic() - self._heard_until

    def ticks_since(self, at: float) -> tuple[Tick, ...]:
        """What was audible since then, word by word."""
        played = [(when, samples) for when, samples in list(self._played) if when >= at]
        named = recognised([samples for _, samples in played])
        return tuple(Tick(when, *heard) for (when, _), heard in zip(played, named, strict=True))

    def _run(self) -> None:
        due = time.monotonic()
        while not self._stopped.is_set():
            due += TICK_S
            time.sleep(max(0.0, due - time.monotonic()))
            out = np.zeros(_TICK_SAMPLES, np.int16)
            now = time.monotonic()
            self._render(out, now)
            if audible(out):
                self._hear(out, now)

    def _hear(self, out: Samples, now: float) -> None:
        if now - self._heard_until > _NEW_SPEECH_AFTER_S:
            self._onset_at = now
        self._heard_until = now
        self._played.append((now, out))


class Queue:
    """The plain play-out queue that a framework writes to. Safe from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pcm = bytearray()
        self.paused = False

    def write(self, pcm: bytes) -> None:
        with self._lock:
            self._pcm += pcm

    def clear(self) -> float:
        """Drop what is queued; returns how many seconds that was."""
        with self._lock:
            dropped_s = self._seconds()
            self._pcm.clear()
        return dropped_s

    def queued_s(self) -> float:
        """Seconds that have not been played."""
        with self._lock:
            return self._seconds()

    def render(self, out: Samples, at: float) -> None:
        """Give a sound card its samples."""
        del at
        with self._lock:
            if self.paused:
                return
            pcm = bytes(self._pcm[: 2 * len(out)])
            del self._pcm[: 2 * len(out)]
        out[: len(pcm) // 2] = np.frombuffer(pcm, "<i2")

    def _seconds(self) -> float:
        return len(self._pcm) / 2 / RATE_HZ
