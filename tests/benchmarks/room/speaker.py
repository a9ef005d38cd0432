"""The shop's loudspeaker: a device that takes its samples ahead of time, and remembers all that it played."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from holo_app.audio.mixer import Tap
from holo_app.audio.resample import Samples, resampled, samples_of
from holo_app.audio.virtual import Played, VirtualSpeaker
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
        self._queued: list[tuple[float, AudioChunk]] = []

    @property
    def began_at(self) -> float:
        """When the first recorded sample sounded, monotonic seconds."""
        return self._began_at

    def advance(self) -> None:
        """Take what is due by now."""
        self._catch_up()

    async def play(self, audio: AudioChunk) -> float:
        start_s = await super().play(audio)
        # what comes when all is stopped is not queued
        if self.end_s() > start_s:
            self._queued.append((start_s, audio))
        return start_s

    def heard(self, begins: float, ends: float) -> list[Played]:
        """The stretches of content that sounded between two moments, cut to them."""
        stretches = []
        for played in self.played:
            first, last = max(begins, played.at), min(ends, played.until)
            if first < last:
                start_s = played.start_s + first - played.at
                stretches.append(Played(first, start_s, start_s + last - first))
        return stretches

    def content(self, stretches: list[Played]) -> AudioChunk:
        """What these stretches hold, at full loudness whatever the gain was; at CAPTURE_RATE_HZ."""
        if not stretches:
            return AudioChunk(b"")
        begins, ends = min(p.start_s for p in stretches), max(p.end_s for p in stretches)
        queued = [(at, audio) for at, audio in self._queued if at < ends and at + audio.seconds > begins]
        rate = queued[0][1].rate_hz
        base = queued[0][0]
        whole = np.zeros(round((queued[-1][0] + queued[-1][1].seconds - base) * rate) + 1, dtype=np.int16)
        for at, audio in queued:
            if audio.rate_hz != rate:
                raise ValueError(f"one voice speaks at {rate} and {audio.rate_hz} Hz")
            place = round((at - base) * rate)
            whole[place : place + audio.samples] = samples_of(audio)[: len(whole) - place]
        pieces = [whole[round((p.start_s - base) * rate) : round((p.end_s - base) * rate)] for p in stretches]
        return resampled(AudioChunk(np.concatenate(pieces).tobytes(), rate), CAPTURE_RATE_HZ)

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
