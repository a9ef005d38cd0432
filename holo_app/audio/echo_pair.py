"""Two echo cancellers as one: a quick one that is rough with the customer's voice, until a thorough one has learnt the room.

Measured in a simulated shop: WebRTC's takes out 46 dB within the first second, and half of a customer who speaks at the same
time; Speex leaves the customer alone, and needs ten seconds of speech until 25 dB are gone.
"""

from __future__ import annotations

import math
from collections import deque

import numpy as np

from holo_app.audio.resample import Samples
from holo_app.ports.echo import ECHO_FRAME_SAMPLES, EchoCanceller

_QUIETEST = 1e-6
"""Power, 1 is full scale: less, played or heard, tells nothing."""

_ECHO_FOR_FRAMES = 40
_LEARNT_DB, _LOST_DB = 18.0, 10.0
"""With so much taken out the thorough one is trusted, with so little no longer: a loudspeaker was moved."""

_WEIGHT = 0.02
"""Of one frame: the mean is that of the last half second of echo."""


class EchoPair:
    """`ports.echo.EchoCanceller` of two others. Costs what both cost.

    quick: None: it is still being loaded, and follows with `help_with`.
    """

    def __init__(self, thorough: EchoCanceller, quick: EchoCanceller | None = None) -> None:
        self._thorough = thorough
        self._quick = quick
        self._begin()

    def help_with(self, quick: EchoCanceller) -> None:
        """The quick one is there now."""
        self._quick = quick

    @property
    def learnt(self) -> bool:
        """Whether the thorough one knows the room."""
        return self._learnt

    def played(self, frame: bytes) -> None:
        self._thorough.played(frame)
        if self._quick is not None:
            self._quick.played(frame)
        self._sounding.append(_power(frame))

    def cleaned(self, frame: bytes) -> bytes:
        thorough = self._thorough.cleaned(frame)
        quick = thorough if self._quick is None else self._quick.cleaned(frame)
        before = self._learnt
        self._compare(_power(frame), _power(thorough), _power(quick))
        if before is not self._learnt:
            return _faded(thorough, quick) if before else _faded(quick, thorough)
        return thorough if self._learnt else quick

    def reset(self) -> None:
        self._thorough.reset()
        if self._quick is not None:
            self._quick.reset()
        self._begin()

    def _begin(self) -> None:
        self._sounding: deque[float] = deque(maxlen=_ECHO_FOR_FRAMES)
        self._removed_db = [0.0, 0.0]
        self._learnt = False

    def _compare(self, heard: float, thorough: float, quick: float) -> None:
        """Judge by frames with an echo in them. Whoever speaks at the same time silences the kiosk, and counts for little."""
        if max(self._sounding, default=0.0) < _QUIETEST or heard < _QUIETEST:
            return
        for index, left in enumerate((thorough, quick)):
            removed_db = 10 * math.log10(heard / max(left, _QUIETEST / 100))
            self._removed_db[index] += _WEIGHT * (removed_db - self._removed_db[index])
        enough_db = _LOST_DB if self._learnt else _LEARNT_DB
        self._learnt = self._removed_db[0] >= min(enough_db, max(self._removed_db[1], _LOST_DB))


def _power(frame: bytes) -> float:
    return float(np.mean(np.square(_samples(frame), dtype=np.float64))) / 32768**2


def _faded(out: bytes, in_: bytes) -> bytes:
    """From the one to the other within a frame, without a click."""
    share = np.linspace(0, 1, ECHO_FRAME_SAMPLES)
    mixed = (1 - share) * _samples(out) + share * _samples(in_)
    return np.rint(mixed).astype("<i2").tobytes()


def _samples(frame: bytes) -> Samples:
    return np.frombuffer(frame, "<i2")
