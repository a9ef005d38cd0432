"""Changing the sample rate, whole clips and streams, without gaining or losing a sample."""

from __future__ import annotations

from typing import cast

import numpy as np
import soxr
from numpy.typing import NDArray

from holo_app.domain.audio import AudioChunk

Samples = NDArray[np.int16]


def samples_of(audio: AudioChunk) -> Samples:
    """The samples of a chunk, (N,), read-only."""
    return np.frombuffer(audio.pcm, dtype="<i2")


def resampled(audio: AudioChunk, rate_hz: int) -> AudioChunk:
    """A whole clip at another rate."""
    if audio.rate_hz == rate_hz:
        return audio
    stream = StreamResampler(audio.rate_hz, rate_hz)
    return AudioChunk(np.concatenate([stream.push(samples_of(audio)), stream.finish()]).tobytes(), rate_hz)


class StreamResampler:
    """One run of sound at another rate, piece by piece.

    What comes out lags what goes in by the filter's length until `finish`; then `round(in × out_hz / in_hz)` samples
    have come out, so that times computed from the input hold for the output.
    """

    def __init__(self, in_hz: int, out_hz: int, *, quality: str = "HQ") -> None:
        self.in_hz = in_hz
        self.out_hz = out_hz
        self._in = 0
        self._out = 0
        self._soxr = soxr.ResampleStream(in_hz, out_hz, 1, dtype="int16", quality=quality) if in_hz != out_hz else None

    @property
    def expected(self) -> int:
        """Samples that will have come out once finished, for what went in so far."""
        return round(self._in * self.out_hz / self.in_hz)

    @property
    def held(self) -> int:
        """Samples that are still inside the filter."""
        return self.expected - self._out

    def push(self, samples: Samples) -> Samples:
        """Feed (N,) samples; returns what is ready."""
        self._in += len(samples)
        if self._soxr is None:
            self._out += len(samples)
            return samples
        # the filter may be a sample ahead of the rounded count: never give out more than is promised
        return self._limited(cast("Samples", self._soxr.resample_chunk(samples)))

    def finish(self) -> Samples:
        """The rest of the run. The resampler is used up."""
        if self._soxr is None:
            return np.zeros(0, dtype=np.int16)
        tail = cast("Samples", self._soxr.resample_chunk(np.zeros(0, dtype=np.int16), last=True))
        missing = self.held - len(tail)
        if missing > 0:
            tail = np.concatenate([tail, np.zeros(missing, dtype=np.int16)])
        return self._limited(tail)

    def _limited(self, ready: Samples) -> Samples:
        given = ready[: max(0, self.held)]
        self._out += len(given)
        return given
