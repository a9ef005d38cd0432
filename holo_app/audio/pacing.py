"""A microphone made of known sound, delivered as a device would: frame by frame on an absolute schedule."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator

from holo_app.domain.audio import AudioChunk
from holo_app.ports.clock import Clock
from holo_app.ports.microphone import CaptureEvent, DeviceBack, DeviceLost, MicFrame

FRAME_S = 0.02


class StartGate:
    """The instant at which a file microphone and a file speaker begin together."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._opened_at: float | None = None

    @property
    def opened_at(self) -> float | None:
        """Monotonic seconds of the start; None before it."""
        return self._opened_at

    def open(self) -> float:
        """Begin now, unless begun before. Returns the instant."""
        if self._opened_at is None:
            self._opened_at = self._clock.monotonic()
        return self._opened_at


class PacedMicrophone(ABC):
    """Implements `ports.microphone.Microphone` over known sound. A late consumer gets the frames late, none twice.

    Its time starts when `gate` opens, at the latest with the first `frames()`. Without `realtime` the frames come as fast
    as they are taken, stamped as if they had come in time.
    """

    def __init__(self, clock: Clock, gate: StartGate, *, realtime: bool = True) -> None:
        self._clock = clock
        self._gate = gate
        self._realtime = realtime
        self._next = 0
        self._closed = asyncio.Event()

    @abstractmethod
    def _read(self, index: int) -> AudioChunk:
        """Frame `index`: FRAME_S of sound at CAPTURE_RATE_HZ."""

    @abstractmethod
    def _ended(self, at_s: float) -> bool:
        """Whether the sound is over, `at_s` seconds after its start."""

    def _outage(self, at_s: float) -> str | None:
        """Why the device is gone at that time; None: it is there."""
        del at_s
        return None

    async def frames(self) -> AsyncGenerator[CaptureEvent]:
        began_at = self._gate.open()
        if self._realtime:
            # like a device, it does not hold back for a consumer who comes later
            self._next = max(self._next, int((self._clock.monotonic() - began_at) / FRAME_S + 1e-6))
        gone = False
        while not self._ended(self._next * FRAME_S):
            ends_s = (self._next + 1) * FRAME_S
            await self._pass_time(began_at + ends_s)
            if self._closed.is_set():
                return
            reason = self._outage(ends_s)
            if reason is not None and not gone:
                yield DeviceLost(reason)
            elif reason is None and gone:
                yield DeviceBack("known sound")
            gone = reason is not None
            index, self._next = self._next, self._next + 1
            if not gone:
                yield MicFrame(self._read(index), began_at + ends_s)

    async def aclose(self) -> None:
        self._closed.set()

    async def _pass_time(self, until: float) -> None:
        left = until - self._clock.monotonic() if self._realtime else 0.0
        if left <= 0:
            await asyncio.sleep(0)
            return
        try:
            async with asyncio.timeout(left):
                await self._closed.wait()
        except TimeoutError:
            return
