"""The real loudspeaker."""

from __future__ import annotations

import asyncio

from holo_app.audio.hub import DeviceHub
from holo_app.audio.mixer import Mixer, Tap
from holo_app.audio.places import Kind, Place
from holo_app.audio.portaudio import PlaybackStream, SoundSystem
from holo_app.audio.queued import ClockedSpeaker
from holo_app.ports.clock import Clock

_RATE_HZ = 48_000
"""Until a device says otherwise."""

_LAST_CALLBACK_S = 0.02
"""Within this a callback that had begun when the stream was given up is over."""


class DeviceSpeaker(ClockedSpeaker):
    """`ports.speaker.Speaker` over the hub's devices.

    While a device plays, its callbacks take the samples; while there is none, the clock does, so that a reply goes on unheard.
    The stream runs, silent, while nothing is queued: the next word starts without delay. Needs a running loop.
    wanted: part of the device's name in any case, or "" for the system's choice. gain_db: loudness of the whole voice.
    tap: told all that is played, in the audio thread.
    """

    def __init__(
        self, hub: DeviceHub, clock: Clock, *, wanted: str = "", gain_db: float = 0.0, tap: Tap | None = None
    ) -> None:
        super().__init__(clock, _RATE_HZ)
        self._mixer.tap = tap
        self._hub = hub
        self._wanted = wanted
        self._base_gain_db = gain_db
        self._stream: PlaybackStream | None = None
        self._news = asyncio.Event()
        self.set_gain_db(0.0, ramp_s=0.0)
        hub.attach(self)

    @property
    def kind(self) -> Kind:
        return Kind.SPEAKER

    @property
    def wanted(self) -> str:
        return self._wanted

    @property
    def busy(self) -> bool:
        # what the device has taken is not yet heard: its last tenth of a second would be cut off
        return self.position_s() < self.end_s()

    @property
    def available(self) -> bool:
        return self._stream is not None

    async def until(self, *, available: bool) -> None:
        """Return when a device plays, or none does: for a start that is to be heard from its first word."""
        while self.available is not available:
            self._news.clear()
            await self._news.wait()

    def set_gain_db(self, gain_db: float, *, ramp_s: float = 0.03) -> None:
        super().set_gain_db(gain_db + self._base_gain_db, ramp_s=ramp_s)

    async def aclose(self) -> None:
        await super().aclose()
        await self._hub.detach(self)
        self._stream = None

    def _catch_up(self) -> None:
        if self._stream is None:
            super()._catch_up()

    # ---- the hub's side

    def open(self, system: SoundSystem, place: Place) -> PlaybackStream:
        return system.open_playback(place)

    def went_live(self, stream: PlaybackStream, name: str) -> None:
        del name
        self._catch_up()
        if stream.rate_hz != self._mixer.rate_hz:
            self._mixer = _at_rate(self._mixer, stream.rate_hz)
        self._stream = stream
        stream.serve(self._mixer)
        self._changed.set()
        self._news.set()

    def went_dead(self, reason: str) -> None:
        del reason
        if self._stream is None:
            return
        # a stream that hangs may wake up again: it must not take what the clock takes from now on
        self._stream.serve(None)
        self._stream = None
        self._restart_clock(in_s=_LAST_CALLBACK_S)
        self._changed.set()
        self._news.set()


def _at_rate(mixer: Mixer, rate_hz: int) -> Mixer:
    """A mixer at another rate that goes on where this one is; nothing may be rendering this one."""
    rest = mixer.unheard()
    successor = Mixer(rate_hz, origin_s=mixer.end_s - rest.seconds)
    successor.take_over(mixer)
    if rest.samples:
        successor.queue(rest)
        successor.flush()
    return successor
