"""Sound cards that a test plugs in and out, in place of PortAudio: with a list of devices that goes stale as its own does."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import numpy as np

from holo_app.audio.mixer import Mixer
from holo_app.audio.places import Kind, Place, PortDevice
from holo_app.audio.resample import Samples
from holo_app.audio.ring import CaptureRing
from holo_app.errors import DeviceError

_BLOCK_S = 0.01


class CardStream:
    """A stream whose callbacks come from a thread, like PortAudio's."""

    def __init__(self, card: PortDevice, wake: Callable[[], None] | None) -> None:
        self.card = card
        self.rate_hz = card.rate_hz
        self.ring = CaptureRing(card.rate_hz)
        self.last_call_at: float | None = None
        self.finished = False
        self.played: list[Samples] = []
        self._wake = wake
        self._mixer: Mixer | None = None
        self._closing = threading.Event()
        self.silent = threading.Event()
        self._thread = threading.Thread(target=self._run, name="card")
        self._thread.start()

    def serve(self, mixer: Mixer | None) -> None:
        self._mixer = mixer

    def close(self) -> None:
        self._closing.set()
        self._thread.join(5)

    def _run(self) -> None:
        while not self._closing.wait(_BLOCK_S):
            if not self.silent.is_set():
                self._call()

    def _call(self) -> None:
        now = self.last_call_at = time.monotonic()
        block = np.zeros(round(self.rate_hz * _BLOCK_S), dtype=np.int16)
        if self._wake is not None:
            self.ring.write(block, now)
            self._wake()
        elif self._mixer is not None:
            self._mixer.render(block, now)
            self.played.append(block)


class SoundCards:
    """`portaudio.SoundSystem` over cards. `plugged` is what is there; the list is what was there at the last rescan."""

    def __init__(self, *plugged: PortDevice) -> None:
        self.plugged = list(plugged)
        self.rescans = 0
        self.streams: list[CardStream] = []
        self._listed = list(plugged)

    def devices(self) -> list[PortDevice]:
        return list(self._listed)

    def inventory(self) -> object:
        return tuple(card.name for card in self.plugged)

    def rescan(self) -> None:
        assert all(not stream._thread.is_alive() for stream in self.streams), "PortAudio would take the streams with it"
        self.rescans += 1
        self._listed = list(self.plugged)

    def open_capture(self, place: Place, wake: Callable[[], None]) -> CardStream:
        return self._open(place, wake)

    def open_playback(self, place: Place) -> CardStream:
        return self._open(place, None)

    def unplug(self, name: str) -> None:
        """Its streams fall silent, and nothing else happens: PortAudio says no word."""
        self.plugged = [card for card in self.plugged if card.name != name]
        for stream in self.streams:
            if stream.card.name == name:
                stream.silent.set()

    def plug(self, card: PortDevice) -> None:
        self.plugged.append(card)

    def _open(self, place: Place, wake: Callable[[], None] | None) -> CardStream:
        if place.port not in self.plugged:
            raise DeviceError(place.kind.value, f"{place.name} cannot be opened: no such device")
        stream = CardStream(place.port, wake)
        self.streams.append(stream)
        return stream


MICROPHONE = PortDevice(0, "Desk microphone", 1, 0, 16_000, frozenset({Kind.MICROPHONE}))
SPEAKER = PortDevice(1, "Shelf speaker", 0, 2, 48_000, frozenset({Kind.SPEAKER}))
OLD_SPEAKER = PortDevice(2, "Old speaker", 0, 2, 44_100, frozenset({Kind.SPEAKER}))
