"""Where sound comes from and goes to, and where the lips look for the time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial

from holo_app.bootstrap.echo import best_echo_canceller, complete_echo_canceller
from holo_app.config import Settings
from holo_app.ports.clock import Clock
from holo_app.ports.microphone import Microphone
from holo_app.ports.speaker import Speaker

_SAMPLE_EVERY_S = 0.02


@dataclass(frozen=True, slots=True)
class Devices:
    """A microphone and a speaker with what they share.

    close_shared: called after both are closed. complete: loads what the first seconds can do without.
    """

    microphone: Microphone
    speaker: Speaker
    close_shared: Callable[[], Awaitable[None]] | None = None
    complete: Callable[[], Awaitable[None]] | None = None

    async def aclose(self) -> None:
        """Free the devices."""
        await self.microphone.aclose()
        await self.speaker.aclose()
        if self.close_shared is not None:
            await self.close_shared()


def open_devices(settings: Settings, clock: Clock) -> Devices:
    """Microphone and loudspeaker of this machine, waited for where there are none yet. Needs a running loop."""
    from holo_app.audio.capture import DeviceMicrophone  # noqa: PLC0415 - loads PortAudio
    from holo_app.audio.echo import EchoStage  # noqa: PLC0415 - as above
    from holo_app.audio.echo_free import EchoFreeMicrophone  # noqa: PLC0415
    from holo_app.audio.hub import DeviceHub  # noqa: PLC0415
    from holo_app.audio.playback import DeviceSpeaker  # noqa: PLC0415

    audio = settings.audio
    hub = DeviceHub(clock)
    canceller = None if audio.echo == "off" else best_echo_canceller(audio.echo)
    stage = None if canceller is None else EchoStage(canceller)
    speaker = DeviceSpeaker(
        hub, clock, wanted=audio.output, gain_db=audio.output_gain_db, tap=None if stage is None else stage.played
    )
    microphone: Microphone = DeviceMicrophone(hub, wanted=audio.input)
    if stage is not None:
        microphone = EchoFreeMicrophone(microphone, stage)
    return Devices(
        microphone, speaker, hub.aclose, None if canceller is None else partial(complete_echo_canceller, canceller)
    )


class PlaybackClock:
    """The speaker's position for another thread: sampled on the engine's loop, carried on in between.

    A speaker belongs to its event loop; the screen reads this instead, once a frame.
    """

    def __init__(self, speaker: Speaker, clock: Clock) -> None:
        self._speaker = speaker
        self._clock = clock
        self._sample = (0.0, 0.0, 0.0)

    def position_s(self) -> float:
        """Content seconds that have left the device. Safe from any thread."""
        position_s, end_s, at = self._sample
        return min(end_s, position_s + self._clock.monotonic() - at)

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        """Sample while the block runs."""
        task = asyncio.create_task(self._run(), name="playback-clock")
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _run(self) -> None:
        while True:
            self._sample = (self._speaker.position_s(), self._speaker.end_s(), self._clock.monotonic())
            await asyncio.sleep(_SAMPLE_EVERY_S)
