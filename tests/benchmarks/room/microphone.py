"""The shop's microphone: frames of what is in the air, in real time, by a clock of its own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing

import numpy as np

from holo_app.domain.audio import CAPTURE_RATE_HZ, AudioChunk
from holo_app.ports.clock import Clock
from holo_app.ports.microphone import CaptureEvent, MicFrame, Microphone
from tests.benchmarks.room.air import Air

_FRAME = CAPTURE_RATE_HZ // 50


class RoomMicrophone:
    """`ports.microphone.Microphone`: 20 ms frames on an absolute schedule; a late consumer gets them late.

    drift_ppm: by how much its clock is slower than the computer's. latency_s: from the air to the reader. jitter_s:
    deviation of each stamp. before_frame: called before each frame is mixed.
    """

    def __init__(
        self,
        air: Air,
        clock: Clock,
        before_frame: Callable[[], None],
        *,
        drift_ppm: float = 0.0,
        latency_s: float = 0.01,
        jitter_s: float = 0.0015,
    ) -> None:
        self._air = air
        self._clock = clock
        self._before_frame = before_frame
        self._step_s = (1 + drift_ppm * 1e-6) / CAPTURE_RATE_HZ
        self._latency_s = latency_s
        self._jitter_s = jitter_s
        self._rng = np.random.default_rng(13)
        self._closed = asyncio.Event()

    async def frames(self) -> AsyncGenerator[CaptureEvent]:
        began_at = self._clock.monotonic()
        index = 0
        while not self._closed.is_set():
            begins = began_at + index * self._step_s
            ends = begins + _FRAME * self._step_s
            # the loop lives on even when it is behind
            await asyncio.sleep(max(0.0, ends + self._latency_s - self._clock.monotonic()))
            self._before_frame()
            samples = self._air.heard(index, begins, _FRAME, self._step_s)
            index += _FRAME
            yield MicFrame(AudioChunk(samples.tobytes()), ends + float(self._rng.normal(0, self._jitter_s)))

    async def aclose(self) -> None:
        self._closed.set()


class KeptMicrophone:
    """Another microphone, of which all frames are kept."""

    def __init__(self, microphone: Microphone) -> None:
        self._microphone = microphone
        self.frames_heard: list[MicFrame] = []

    async def frames(self) -> AsyncGenerator[CaptureEvent]:
        async with aclosing(self._microphone.frames()) as events:
            async for event in events:
                if isinstance(event, MicFrame):
                    self.frames_heard.append(event)
                yield event

    async def aclose(self) -> None:
        await self._microphone.aclose()

    def heard(self, begins: float, ends: float) -> AudioChunk:
        """What was captured between two moments, monotonic seconds, to the frame."""
        return AudioChunk(b"".join(f.audio.pcm for f in self.frames_heard if begins < f.captured_at <= ends))
