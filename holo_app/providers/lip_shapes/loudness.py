"""A mouth from the sound alone, as it streams: open with loudness, wide or round by a crude look at the spectrum.

Vowels differ by two resonances: the lower one rises as the jaw opens, the upper one as the lips spread. Where the energy lies
in the bands of each says roughly which of aa, E, I, O and U is heard; hiss is a consonant of teeth or lips; a short dip is a
closure. It is no recognition: a mouth that opens, closes and rounds with the sound reads as speech.

Source: Peterson and Barney, "Control methods used in a study of the vowels" (1952), for the places of the two resonances.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from holo_app.domain.speech import Viseme, VisemeCue
from holo_app.providers.lip_shapes.timed import gapless

_FRAME_S = 0.02
_STEADY_FRAMES = 2
"""A shape counts once it has lasted this long; closures of lips are as short as one frame."""
_SILENT_DB = -52.0
_FLOOR_DB = -100.0
_FIRST_LOUD_DB = -26.0
_FADE_DB = 0.05
"""How much the level of loud speech is forgotten with each frame."""
_FULL_SCALE = 32_768.0
_BANDS_HZ = (80.0, 500.0, 1_000.0, 2_800.0, 3_800.0, 5_500.0)
_HISS = 0.3
"""The share above 3.8 kHz from which on it is breath at teeth or lips, not voice."""

# decibels below loud speech; set by the habits of speech, and checked against the phonemes of our own voice, as it is and made
# a fifth higher: the opening of the mouth correlates with 0.7
_SILENT_BELOW, _BREATH_BELOW, _CLOSED_BELOW, _WEAK_BELOW, _NASAL_BELOW = 34.0, 25.0, 22.0, 14.0, 8.0

# hertz: where the energy of the first resonance lies with the jaw down or halfway, that of the second with round lips
_JAW_DOWN_HZ, _JAW_HALF_HZ, _ROUND_OPEN_HZ, _ROUND_CLOSED_HZ = 480.0, 430.0, 1_400.0, 1_500.0
_MIDDLE_DOWN, _MIDDLE_HALF, _NASAL_LOW = 0.35, 0.3, 0.93
"""Shares of the energy from 500 to 2800 Hz in open and half open vowels, and below 500 Hz in nasals."""
_LONGEST_CLOSURE_S = 0.12
"""Of a sound within a word; silence that lasts longer is a pause."""


class LoudnessShapes:
    """Mouth shapes of a sound that grows. How it is cut into pieces makes no difference.

    Costs some 0.4 ms for 100 ms of sound.
    """

    def __init__(self, rate_hz: int) -> None:
        self._rate_hz = rate_hz
        self._frame = max(round(rate_hz * _FRAME_S), 1)
        self._window = np.hanning(self._frame + 2)[1:-1].astype(np.float32)
        frequencies = np.fft.rfftfreq(self._frame, 1 / rate_hz)
        edges = [int(np.searchsorted(frequencies, edge)) for edge in _BANDS_HZ]
        self._bands = [slice(low, high) for low, high in pairwise([*edges, len(frequencies)])]
        self._first_resonance = (frequencies > 200) & (frequencies < 1_000)  # noqa: PLR2004
        self._second_resonance = (frequencies > 900) & (frequencies < 2_800)  # noqa: PLR2004
        self._frequencies = frequencies
        self._waiting = b""
        self._loud_db = _FIRST_LOUD_DB
        self._shapes: list[Viseme] = []
        self._runs: list[tuple[float, float]] = []
        self._settled = 0
        self._end_s = 0.0
        self._ended = False

    @property
    def settled_s(self) -> float:
        """Until where the shapes no longer change: two frames behind the sound, and with it once it has ended."""
        return self._end_s if self._ended else self._settled * self._frame / self._rate_hz

    def push(self, pcm: bytes) -> None:
        """More of the sound: whole samples, little-endian."""
        self._waiting += pcm
        self._end_s += len(pcm) / 2 / self._rate_hz
        count = len(self._waiting) // (2 * self._frame)
        if not count:
            return
        used = count * 2 * self._frame
        samples = np.frombuffer(self._waiting[:used], "<i2").astype(np.float32) / _FULL_SCALE
        self._waiting = self._waiting[used:]
        self._hear(samples.reshape(count, self._frame))

    def end(self) -> None:
        """The sound is over."""
        self._ended = True
        self._settle(0)

    def between(self, start_s: float, end_s: float) -> tuple[VisemeCue, ...]:
        """The mouth in a stretch of the sound, without a gap."""
        step_s = self._frame / self._rate_hz
        first = max(int(start_s / step_s), 0)
        last = min(int(end_s / step_s) + 1, len(self._shapes))
        cues = (VisemeCue(self._shapes[place], place * step_s, (place + 1) * step_s) for place in range(first, last))
        return gapless(cues, start_s, end_s)

    @property
    def sounding(self) -> Sequence[tuple[float, float]]:
        """Where somebody speaks, closures included: start and end, in seconds, as far as it is settled. The last may grow."""
        return self._runs

    def _hear(self, frames: NDArray[np.float32]) -> None:
        power = np.mean(frames**2, axis=1)
        levels = 10 * np.log10(np.maximum(power, 10 ** (_FLOOR_DB / 10)))
        spectra = np.abs(np.fft.rfft(frames * self._window, axis=1)) ** 2
        for level, spectrum in zip(levels, spectra, strict=True):
            self._shapes.append(self._shape(float(level), spectrum))
        self._settle(_STEADY_FRAMES)

    def _shape(self, level_db: float, spectrum: NDArray[np.float32]) -> Viseme:
        self._loud_db = max(self._loud_db - _FADE_DB, level_db)
        below_db = self._loud_db - level_db
        if level_db < _SILENT_DB or below_db > _SILENT_BELOW:
            return Viseme.SIL
        energies = np.array([spectrum[band].sum() for band in self._bands])
        low, middle, upper, _, high, hiss = energies / max(float(energies.sum()), 1e-12)
        if high + hiss > _HISS:
            loud = Viseme.SS if hiss > high else Viseme.CH
            return Viseme.FF if below_db > _BREATH_BELOW else loud
        if below_db > _WEAK_BELOW:
            return Viseme.PP if below_db > _CLOSED_BELOW else Viseme.DD
        if low > _NASAL_LOW and below_db > _NASAL_BELOW:
            return Viseme.NN
        return self._vowel(spectrum, float(middle + upper))

    def _vowel(self, spectrum: NDArray[np.float32], middle: float) -> Viseme:
        jaw_hz = self._centre(spectrum, self._first_resonance)
        lips_hz = self._centre(spectrum, self._second_resonance)
        if jaw_hz > _JAW_DOWN_HZ and middle > _MIDDLE_DOWN:
            return Viseme.AA
        if jaw_hz > _JAW_HALF_HZ or middle > _MIDDLE_HALF:
            return Viseme.O if lips_hz < _ROUND_OPEN_HZ else Viseme.E
        return Viseme.U if lips_hz < _ROUND_CLOSED_HZ else Viseme.I

    def _centre(self, spectrum: NDArray[np.float32], band: NDArray[np.bool_]) -> float:
        weights = spectrum[band]
        return float((weights * self._frequencies[band]).sum() / max(float(weights.sum()), 1e-12))

    def _settle(self, behind: int) -> None:
        """Shapes that last for one frame only become those before them; silence and closures stay."""
        end = len(self._shapes) - behind
        for place in range(self._settled, end):
            shape = self._shapes[place]
            if shape in {Viseme.SIL, Viseme.PP} or place == 0:
                continue
            after = self._shapes[place + 1] if place + 1 < len(self._shapes) else None
            if shape not in {self._shapes[place - 1], after}:
                self._shapes[place] = self._shapes[place - 1] if self._shapes[place - 1] is not Viseme.SIL else shape
        for place in range(self._settled, end):
            self._run(place)
        self._settled = max(self._settled, end)

    def _run(self, place: int) -> None:
        if self._shapes[place] is Viseme.SIL:
            return
        start_s, end_s = place * self._frame / self._rate_hz, (place + 1) * self._frame / self._rate_hz
        if self._runs and start_s - self._runs[-1][1] <= _LONGEST_CLOSURE_S:
            start_s = self._runs.pop()[0]
        self._runs.append((start_s, end_s))


def loudness_cues(pcm: bytes, rate_hz: int) -> tuple[VisemeCue, ...]:
    """The mouth over a whole sound; nothing for no sound."""
    shapes = LoudnessShapes(rate_hz)
    shapes.push(pcm)
    shapes.end()
    return shapes.between(0.0, len(pcm) / 2 / rate_hz) if pcm else ()
