"""Reading what was played at the speed of the microphone's clock.

The clocks of two sound devices differ by some ten millionths, and a canceller whose streams drift apart by a sample or two a
second never learns the room to the end: measured with 100 ppm, 15 dB of the echo went instead of 32.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from holo_app.audio.played_track import PlayedTrack
from holo_app.audio.resample import Samples
from holo_app.domain.audio import CAPTURE_RATE_HZ

_OFF_COURSE = 0.005 * CAPTURE_RATE_HZ
"""How many samples a reader may come off its time before it jumps: each jump costs a canceller a part of what it learnt."""

_LONGEST_WAIT = 0.04 * CAPTURE_RATE_HZ
_SPARE = 0.005 * CAPTURE_RATE_HZ

_FASTEST_DRIFT = 500e-6
_SLOW, _FAST = 0.001, 0.04
"""The part of its error that a reader makes good in a read: later and at first."""

_TAPS, _PHASES = 16, 512
_BEFORE = _TAPS // 2 - 1
"""Samples before a place that its sound is made of."""


_PIECE = 40
"""Samples that are all shifted by the same part of one: drift makes less than a fiftieth of a sample over so many."""


def _filters() -> NDArray[np.float32]:
    """(_PHASES + 1, _TAPS): how to add up samples for a place that lies by so many _PHASES-th after one of them."""
    distance = np.linspace(0, 1, _PHASES + 1)[:, np.newaxis] - (np.arange(_TAPS) - _BEFORE)
    return np.asarray(np.sinc(distance) * np.cos(np.pi * distance / _TAPS) ** 2, dtype=np.float32)


_FILTERS = _filters()


class TrackReader:
    """Reads a track in one piece, a little faster or slower than it was played, so that the time stays right.

    Where the time is far from right, it jumps. exact: between the samples; else the nearest ones, at a tenth of the cost.
    """

    def __init__(self, track: PlayedTrack, *, exact: bool = True) -> None:
        self._track = track
        self._exact = exact
        self._next: float | None = None
        self._drift = 0.0
        self._reads = 0
        self._held_back = 0.0

    def read(self, at: float, count: int) -> Samples:
        """(count,) samples, the first of which sounds at about `at`, monotonic seconds."""
        start = self._steered(self._track.time.index(at) - self._held_back, count)
        missing = start + count + _TAPS - self._track.written
        if missing > 0:
            start -= self._wait_for(missing)
        self._next = start + count * (1 + self._drift)
        if not self._exact:
            return self._track.read(round(start), count)
        return _between(self._track, start, 1 + self._drift, count)

    def jump(self) -> None:
        """The next read is at another time: what was waited for here does not matter there."""
        self._next = None
        self._held_back = 0.0

    def _steered(self, wanted: float, count: int) -> float:
        """Where to read. A loop of the second order: it learns the drift, and its error dies out."""
        if self._next is None or abs(wanted - self._next) > _OFF_COURSE:
            return wanted
        self._reads += 1
        error, part = wanted - self._next, max(_SLOW, min(_FAST, 4 / self._reads))
        drift = self._drift + part**2 / 4 * error / count
        self._drift = max(-_FASTEST_DRIFT, min(_FASTEST_DRIFT, drift))
        return self._next + part * error

    def _wait_for(self, missing: float) -> float:
        """What sounds in a moment may not have been handed over yet: rather a little late than with holes."""
        back = missing + _SPARE
        if self._held_back + back > _LONGEST_WAIT:
            self._held_back = 0.0
            return 0.0
        self._held_back += back
        return back


def _between(track: PlayedTrack, start: float, step: float, count: int) -> Samples:
    """The sound at `count` places between the samples, `step` of them apart; (count,)."""
    pieces = [_shifted(track, start + done * step, min(_PIECE, count - done)) for done in range(0, count, _PIECE)]
    mixed = np.rint(np.concatenate(pieces))
    return np.asarray(np.clip(mixed, -32768, 32767), dtype=np.int16)


def _shifted(track: PlayedTrack, start: float, count: int) -> NDArray[np.float32]:
    """The sound from a place between two samples on, each sample as far from its neighbour as in the track."""
    first = math.floor(start)
    weights = _FILTERS[round((start - first) * _PHASES)]
    sound = track.read(first - _BEFORE, count + _TAPS - 1).astype(np.float32)
    return np.correlate(sound, weights, mode="valid")
