"""Two curves over time, one seen and one heard, and how far apart they are.

Sign: an offset is positive where the SOUND IS EARLY (it leads the picture) and negative where it is late, as in ATSC IS-191,
whose limits are +15 ms and -45 ms.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Curve = NDArray[np.float64]

EARLIEST_MS, LATEST_MS = 15.0, -45.0
STEP_S = 0.004
_REACH_S = 0.15
_BAND_HZ = (450.0, 1100.0)  # the first formant of open vowels; those of closed ones and of hissing lie outside
_SMOOTHING_S = 0.035
_LAGS_S: Curve = np.arange(-_REACH_S, _REACH_S + STEP_S / 2, STEP_S)
_LEAST_LIKENESS = 0.3


@dataclass(frozen=True)
class Track:
    """A curve. times_s: of its values, rising. stepped: a value holds until the next one; else a straight line leads there."""

    times_s: Curve
    values: Curve
    stepped: bool = False

    def on(self, grid: Curve) -> Curve:
        if self.stepped:
            return np.asarray(self.values[np.clip(np.searchsorted(self.times_s, grid, "right") - 1, 0, None)])
        return np.interp(grid, self.times_s, self.values)


@dataclass(frozen=True)
class Offset:
    """sound_early_ms: see above. likeness: correlation of the two curves there, 0..1."""

    sound_early_ms: float
    likeness: float


Pair = tuple[Track, Track, tuple[float, float]]
"""What is seen, what is heard, and from when to when the two are compared, in seconds on both their timelines."""


def openness(samples: NDArray[np.int16], rate_hz: int, began_s: float = 0.0) -> Track:
    """How open the vowels are that one hears: the loudness of their band. Sample 0 is heard at `began_s`."""
    spectrum = np.fft.rfft(samples.astype(np.float64))
    frequencies = np.fft.rfftfreq(len(samples), 1 / rate_hz)
    low, high = _BAND_HZ
    # soft edges: a sharp filter rings, and would smear a vowel over its neighbours
    weight = 1 / (1 + np.exp(-(frequencies - low) / 40)) / (1 + np.exp((frequencies - high) / 60))
    band = np.fft.irfft(spectrum * weight, len(samples)) ** 2
    loudness = np.sqrt(np.maximum(_smoothed(band, _SMOOTHING_S * rate_hz), 0.0))
    every = max(round(rate_hz * STEP_S), 1)
    places = np.arange(0, len(loudness), every)
    return Track(began_s + places / rate_hz, loudness[places])


def offset(seen: Track, heard: Track, span: tuple[float, float]) -> Offset:
    """The shift at which the two are most alike, to a fraction of a step. Raises: ValueError: they are not alike at any."""
    return _peak(_likeness(seen, heard, span))


def pooled(pairs: Sequence[Pair]) -> Offset:
    """One offset for all sentences together. Raises: as `offset`."""
    return _peak(np.asarray(np.mean([_likeness(*pair) for pair in pairs], axis=0)))


def _likeness(seen: Track, heard: Track, span: tuple[float, float]) -> Curve:
    """The correlation at each of the shifts."""
    grid = np.arange(span[0], span[1], STEP_S)
    picture = _standard(seen.on(grid))
    return np.array([float(np.mean(picture * _standard(heard.on(grid - lag)))) for lag in _LAGS_S])


def _peak(likeness: Curve) -> Offset:
    best = int(np.argmax(likeness))
    if not 0 < best < len(likeness) - 1 or likeness[best] < _LEAST_LIKENESS:
        raise ValueError(f"lips and sound have nothing in common (likeness {likeness[best]:.2f})")
    before, at, after = likeness[best - 1 : best + 2]
    part = 0.5 * (before - after) / (before - 2 * at + after)
    return Offset(1000 * float(_LAGS_S[best] + part * STEP_S), float(at))


def _smoothed(values: Curve, width: float) -> Curve:
    """By a bell of this standard deviation / 2.5, in samples; symmetric, so that nothing moves."""
    deviation = width / 2.5
    reach = round(3 * deviation)
    bell = np.exp(-0.5 * (np.arange(-reach, reach + 1) / deviation) ** 2)
    size = 1 << int(np.ceil(np.log2(len(values) + len(bell))))
    product = np.fft.irfft(np.fft.rfft(values, size) * np.fft.rfft(bell / bell.sum(), size), size)
    return np.asarray(product[reach : reach + len(values)])


def _standard(values: Curve) -> Curve:
    return np.asarray((values - values.mean()) / (values.std() + 1e-12))
