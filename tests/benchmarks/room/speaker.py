"""The shop's loudspeaker: a device that takes its samples ahead of time, and remembers all that it played."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from holo_app.audio.mixer import Tap
from holo_app.audio.resample import Samples, samples_of
from holo_app.audio.virtual import VirtualSpeaker
from holo_app.domain.audio import CAPTURE_RATE_HZ, AudioChunk
from holo_app.ports.clock import Clock

BLOCK = CAPTURE_RATE_HZ // 50
"""A device asks for so many samples at once: 20 ms."""

_AUDIBLE = 0.005 * 32768


@dataclass(frozen=True, slots=True)
class Gain:
    """Somebody turned the loudness. at: monotonic seconds."""

    at: float
    gain_db: float


class RoomSpeaker(VirtualSpeaker):
    """Plays at CAPTURE_RATE_HZ in whole blocks, `latency_s` before they sound, as a sound card does.

    tap: told each block with the true time at which it sounds.
    """

    def __init__(self, clock: Clock, tap: Tap | None = None, *, latency_s: float = 0.03) -> None:
        super().__init__(clock)
        self._latency_s = latency_s
        self._mixer.tap = tap
        self.gains: list[Gain] = []

    @property
    def began_at(self) -> float:
        """When the first recorded sample sounded, monotonic seconds."""
        return self._began_at

    def advance(self) -> None:
        """Take what is due by now."""
        self._catch_up()

    def set_gain_db(self, gain_db: float, *, ramp_s: float = 0.03) -> None:
        self.gains.append(Gain(self._clock.monotonic(), gain_db))
        super().set_gain_db(gain_db, ramp_s=ramp_s)

    def recorded(self, begins: float, ends: float) -> AudioChunk:
        """What sounded between two moments, monotonic seconds."""
        self.advance()
        first, last = (max(0, round((at - self._began_at) * CAPTURE_RATE_HZ)) for at in (begins, ends))
        return AudioChunk(samples_of(self.recording())[first:last].tobytes())

    def last_sound_at(self, after: float) -> float:
        """When something audible was last heard since `after`; `after` where nothing was."""
        sound = samples_of(self.recorded(after, self._clock.monotonic()))
        return after + _audible_end(sound) / CAPTURE_RATE_HZ

    def _catch_up(self) -> None:
        due = int((self._clock.monotonic() + self._latency_s - self._began_at) * CAPTURE_RATE_HZ)
        while self._rendered + BLOCK <= due:
            self._render(BLOCK)


def _audible_end(sound: Samples) -> int:
    above = np.flatnonzero(np.abs(sound.astype(np.int32)) > _AUDIBLE)
    return int(above[-1]) + 1 if len(above) else 0
