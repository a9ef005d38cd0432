"""How loud a piece of sound is, and the mouth that goes with it where nothing better is known."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from holo_app.domain.speech import Viseme

_SILENT_DBFS: Final = -100.0
_FULL_SCALE: Final = 32_768.0
QUIET_DBFS: Final = -48.0
"""Below it nobody speaks: what a track carries while an avatar is still, and between words."""
_OPEN_DBFS: Final = -24.0
_HALF_OPEN_DBFS: Final = -34.0


def dbfs(pcm: bytes) -> float:
    """The level of mono PCM16, −100 to 0."""
    samples = np.frombuffer(pcm, "<i2").astype(np.float64)
    power = float(np.mean(samples * samples)) / _FULL_SCALE**2 if len(samples) else 0.0
    return max(10 * math.log10(power), _SILENT_DBFS) if power > 0 else _SILENT_DBFS


def mouth_of(level_dbfs: float) -> Viseme:
    """For the local character, should it have to take over in the middle: closed, half open or open."""
    if level_dbfs < QUIET_DBFS:
        return Viseme.SIL
    if level_dbfs < _HALF_OPEN_DBFS:
        return Viseme.U
    return Viseme.E if level_dbfs < _OPEN_DBFS else Viseme.AA
