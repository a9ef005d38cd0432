"""The customer's voice comes in here."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Protocol

from holo_app.domain.audio import AudioChunk


@dataclass(frozen=True, slots=True)
class MicFrame:
    """Captured sound. captured_at: Clock.monotonic() at which its last sample was in the air, in seconds.

    own_dbfs: the loudest (RMS) that the kiosk played in the time from which an echo can be in this frame; −100: nothing, or
    nobody knows. settled: whether whoever takes the echo out has had the time to learn it.
    """

    audio: AudioChunk
    captured_at: float
    own_dbfs: float = -100.0
    settled: bool = True


@dataclass(frozen=True, slots=True)
class DeviceLost:
    """The device stopped delivering (unplugged, sound server gone). The generator goes on and waits for it."""

    reason: str


@dataclass(frozen=True, slots=True)
class DeviceBack:
    """The device delivers again; comes only after a DeviceLost, also where there was none at the start."""

    name: str


CaptureEvent = MicFrame | DeviceLost | DeviceBack


class Microphone(Protocol):
    """A stream of CAPTURE_RATE_HZ mono PCM16.

    `frames` yields MicFrames of 10..40 ms in order, without gaps while the device lives; a device that is lost is
    reported within 1 s as DeviceLost and found again by itself (DeviceBack ≤ 3 s after it returns). It ends only when
    the source ends (a file) or the consumer closes it; closing frees the device, and `frames` may be called again. What a
    consumer leaves unread for some seconds is dropped by a real device. One consumer at a time.
    Raises: DeviceError only before the first event, where there is no usable device at all and none is awaited.
    """

    def frames(self) -> AsyncGenerator[CaptureEvent]: ...

    async def aclose(self) -> None:
        """Free the device and every thread. May be called twice."""
        ...
