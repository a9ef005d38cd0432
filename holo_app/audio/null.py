"""What stands in where the kiosk has no microphone or no loudspeaker."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

from holo_app.audio.queued import ClockedSpeaker
from holo_app.domain.audio import CAPTURE_RATE_HZ
from holo_app.ports.clock import Clock
from holo_app.ports.microphone import CaptureEvent, DeviceLost


class NullMicrophone:
    """Says that there is none, and waits until it is closed."""

    def __init__(self, reason: str) -> None:
        self._reason = reason
        self._closed = asyncio.Event()

    async def frames(self) -> AsyncGenerator[CaptureEvent]:
        yield DeviceLost(self._reason)
        await self._closed.wait()

    async def aclose(self) -> None:
        self._closed.set()


class NullSpeaker(ClockedSpeaker):
    """Plays to nobody, in real time, so that captions and lips keep their pace."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock, CAPTURE_RATE_HZ)

    @property
    def available(self) -> bool:
        return False
