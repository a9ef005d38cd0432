"""How captured samples cross from the audio thread to the event loop."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from holo_app.audio.resample import Samples

_RING_S = 4.0

_SOONER_AT_MOST = 0.5
_LATER_AT_MOST = 0.05
"""Shares of a block by which its time may move against the block before it."""

_GAP_S = 0.5
"""What is this much later than expected is no late call: sound is missing in between."""


class CaptureRing:
    """Samples on their way from the audio thread (which writes) to the event loop (which reads), without a lock.

    The writer stamps where it stands and when that sample was in the air; a stamp is one reference, so that the reader
    sees it whole. Times only grow: calls that come late, one after the other at once, do not shift the sound. A reader
    who comes too late loses the oldest samples, and is told how many.
    """

    def __init__(self, rate_hz: int, seconds: float = _RING_S) -> None:
        self.rate_hz = rate_hz
        self._samples: Samples = np.zeros(round(rate_hz * seconds), dtype=np.int16)
        self._stamp: tuple[int, float] = (0, 0.0)
        self._read = 0
        self.lost = 0

    def write(self, samples: Samples, at: float) -> None:
        """Audio thread: append (N,) samples, the last of which was in the air at `at`."""
        written, size = self._stamp[0], len(self._samples)
        begin = written % size
        head = min(len(samples), size - begin)
        self._samples[begin : begin + head] = samples[:head]
        self._samples[: len(samples) - head] = samples[head:]
        self._stamp = (written + len(samples), self._steady(at, len(samples) / self.rate_hz))

    def _steady(self, at: float, seconds: float) -> float:
        """The time of a block's end, by its own stamp and by the block before it: the least delayed calls tell the truth."""
        written, before = self._stamp
        expected = before + seconds
        if not written or at > expected + _GAP_S:
            return at
        return min(max(at, expected - _SOONER_AT_MOST * seconds), expected + _LATER_AT_MOST * seconds)

    def forget(self) -> None:
        """Event loop: drop what was not read."""
        self._read = self._stamp[0]

    def blocks(self, count: int) -> Iterator[tuple[Samples, float]]:
        """Event loop: all whole blocks of `count` samples, each with the time of its last sample."""
        while (stamp := self._stamp)[0] - self._read >= count:
            written, at = stamp
            # half a ring of distance, so that the writer does not overtake the copy
            behind = written - self._read - len(self._samples) // 2
            if behind > 0:
                self._read += behind
                self.lost += behind
            places = np.arange(self._read, self._read + count) % len(self._samples)
            self._read += count
            yield self._samples[places], at - (written - self._read) / self.rate_hz
