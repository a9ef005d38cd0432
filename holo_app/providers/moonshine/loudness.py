"""Is there anything to transcribe? A recogniser that is given silence or a fan makes words up ("You.")."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from holo_app.domain.audio import CAPTURE_RATE_HZ

_FRAME = CAPTURE_RATE_HZ // 50
_SHORTEST_S = 0.16
"""The shortest "no" lasts longer."""
_QUIETEST_DBFS = -52.0
"""The loudest parts of speech from across a counter lie well above this on any microphone that is plugged in."""
_LEAST_RANGE_DB = 4.0
"""Speech swings by 20 dB and more within a word, and by some 6 dB in loud noise; a hum or a hiss by about 1 dB."""


def may_hold_speech(samples: NDArray[np.float32]) -> bool:
    """Whether sound (N,) in −1..1 is long, loud and lively enough to hold a word."""
    if len(samples) < _SHORTEST_S * CAPTURE_RATE_HZ:
        return False
    frames = samples[: len(samples) // _FRAME * _FRAME].reshape(-1, _FRAME)
    levels_db = 10 * np.log10(np.mean(np.square(frames), axis=1) + 1e-12)
    low, high = np.percentile(levels_db, [10, 95])
    return bool(high > _QUIETEST_DBFS and high - low > _LEAST_RANGE_DB)
