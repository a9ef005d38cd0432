"""What the speaker played in the last seconds, to be looked up by the time at which it sounded."""

from __future__ import annotations

import numpy as np

from holo_app.audio.resample import Samples, StreamResampler
from holo_app.domain.audio import CAPTURE_RATE_HZ

_KEPT_S = 2.0

_TORN_S = 0.04
"""A block whose time is further from where the last one ended than this was not played right after it."""

_SHIFTED_S, _SHIFTED_STAMPS = 0.01, 10
"""A stream whose stamps lie further off than this so many times in a row has lost samples: a device ran dry."""

_TRUST = 0.003
"""How much of a stamp's difference from what was expected is believed: stamps jitter by milliseconds, clocks drift slowly.

With more the jitter would shift the sound to and fro under the canceller (measured: 5 to 10 dB less of the echo removed).
"""


class StampedTime:
    """The times of a stream's samples, from stamps that jitter. Sample 0 is at the first stamp."""

    def __init__(self, rate_hz: int) -> None:
        self._rate_hz = rate_hz
        self._notes = 0
        self._shifted: list[float] = []
        self._zero_at: float | None = None

    def note(self, index: int, at: float) -> float:
        """Sample `index` was at `at`, monotonic seconds. Returns by how many seconds the stream is torn there; mostly 0."""
        if self._zero_at is None:
            self._zero_at = at - index / self._rate_hz
        off = at - self.at(index)
        if abs(off) > _TORN_S:
            return self._tear(off)
        if abs(off) <= _SHIFTED_S or (self._shifted and self._shifted[0] * off < 0):
            self._shifted.clear()
        else:
            self._shifted.append(off)
            if len(self._shifted) == _SHIFTED_STAMPS:
                return self._tear(sum(self._shifted) / _SHIFTED_STAMPS)
        # the first ones are averaged: one of them alone may be milliseconds off
        self._notes += 1
        self._zero_at += max(_TRUST, 1 / self._notes) * off
        return 0.0

    def _tear(self, off: float) -> float:
        self._zero_at = (self._zero_at or 0.0) + off
        self._notes = 0
        self._shifted.clear()
        return off

    @property
    def known(self) -> bool:
        """Whether there was a stamp."""
        return self._zero_at is not None

    def at(self, index: int) -> float:
        """When the sample sounds, in monotonic seconds."""
        return (self._zero_at or 0.0) + index / self._rate_hz

    def index(self, at: float) -> float:
        """The sample, and how far into it, that sounds then; may lie before the first and after the last."""
        return (at - (self._zero_at or 0.0)) * self._rate_hz


class PlayedTrack:
    """The speaker's sound at CAPTURE_RATE_HZ. Samples are counted from the first ever added; there are `written` of them."""

    def __init__(self) -> None:
        self.time = StampedTime(CAPTURE_RATE_HZ)
        self._kept: Samples = np.zeros(round(_KEPT_S * CAPTURE_RATE_HZ), dtype=np.int16)
        self.written = 0
        self._resampler: StreamResampler | None = None

    def add(self, samples: Samples, rate_hz: int, heard_at: float) -> None:
        """(N,) mono samples, the first of which sounds at `heard_at`, monotonic seconds."""
        if self._resampler is None or self._resampler.in_hz != rate_hz:
            self._resampler = StreamResampler(rate_hz, CAPTURE_RATE_HZ, quality="LQ")
        self.time.note(self.written + self._resampler.held, heard_at)
        self._append(self._resampler.push(samples))

    def read(self, start: int, count: int) -> Samples:
        """(count,) samples from `start`; silence where nothing was played or it is no longer, or not yet, known."""
        out = np.zeros(count, dtype=np.int16)
        first = max(start, self.written - len(self._kept), 0)
        last = min(start + count, self.written)
        if first < last:
            out[first - start : last - start] = self._kept[np.arange(first, last) % len(self._kept)]
        return out

    def _append(self, samples: Samples) -> None:
        fresh = samples[-len(self._kept) :]
        begin = self.written + len(samples) - len(fresh)
        self._kept[np.arange(begin, begin + len(fresh)) % len(self._kept)] = fresh
        self.written += len(samples)
