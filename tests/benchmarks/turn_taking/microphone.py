"""The customer's microphone: 20 ms frames at 16 kHz on the wall clock, room noise between the clips."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import AsyncGenerator
from dataclasses import dataclass

import numpy as np

from tests.benchmarks.turn_taking.clips import RATE_HZ, Clip
from tests.benchmarks.turn_taking.timeline import Role, Said
from tests.benchmarks.turn_taking.voice import Samples

FRAME_S = 0.02
_FRAME_SAMPLES = round(FRAME_S * RATE_HZ)
_ROOM_NOISE = 6
"""Peak of the noise floor, in steps of 16 bits."""


@dataclass(slots=True)
class _Speaking:
    """A clip on its way. next: index of the sample that comes next."""

    role: Role
    clip: Clip
    over: asyncio.Future[Said]
    began_at: float = 0.0
    next: int = 0

    def said(self) -> Said:
        onset_at = self.began_at + self.clip.first / RATE_HZ
        return Said(self.role, self.clip.text, onset_at, self.began_at + (self.clip.last + 1) / RATE_HZ)


class Microphone:
    """Hears what `say` is given. Times are those of the schedule: a consumer that is late gains nothing by it."""

    def __init__(self) -> None:
        self.said: list[Said] = []
        """Every clip that has begun, with the end that it will have."""
        self.began_at = 0.0
        """Monotonic seconds of the first sample."""
        self.started = asyncio.Event()
        """Somebody listens."""
        self._waiting: deque[_Speaking] = deque()
        self._current: _Speaking | None = None
        self._noise = np.random.default_rng(0)

    async def say(self, role: Role, clip: Clip) -> Said:
        """Speak a clip from the next frame on; returns when its last sample has been delivered."""
        speaking = _Speaking(role, clip, asyncio.get_running_loop().create_future())
        self._waiting.append(speaking)
        return await speaking.over

    async def frames(self) -> AsyncGenerator[tuple[bytes, float]]:
        """PCM16 frames, each with the moment at which its last sample was in the air."""
        self.began_at = time.monotonic()
        self.started.set()
        index = 0
        while True:
            ends_at = self.began_at + (index + 1) * FRAME_S
            await asyncio.sleep(max(0.0, ends_at - time.monotonic()))
            yield self._frame(ends_at - FRAME_S).astype("<i2").tobytes(), ends_at
            index += 1

    def _frame(self, starts_at: float) -> Samples:
        frame = self._noise.integers(-_ROOM_NOISE, _ROOM_NOISE + 1, _FRAME_SAMPLES).astype(np.int16)
        if self._current is None and self._waiting:
            self._current = self._waiting.popleft()
            self._current.began_at = starts_at
            self.said.append(self._current.said())
        if self._current is not None:
            self._speak(self._current, frame)
        return frame

    def _speak(self, speaking: _Speaking, frame: Samples) -> None:
        part = speaking.clip.samples[speaking.next : speaking.next + _FRAME_SAMPLES]
        frame[: len(part)] = part
        speaking.next += _FRAME_SAMPLES
        if speaking.next >= len(speaking.clip.samples):
            self._current = None
            if not speaking.over.done():
                speaking.over.set_result(speaking.said())
