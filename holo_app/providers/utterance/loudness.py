"""Sound as the recogniser likes it: something in it, loud, with a little air around it.

Given silence or a fan it makes words up ("You."); given quiet or tightly cut speech it mishears more (word errors over the
50 recordings measured: 2.6 % as they are, 1.4 % levelled).
"""

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

_PEAK = 0.9
_LEAST_PEAK = 0.01
"""What is quieter than this is not made louder still."""
_AIR_S = 0.05


def may_hold_speech(samples: NDArray[np.float32]) -> bool:
    """Whether sound (N,) in −1..1 is long, loud and lively enough to hold a word."""
    if len(samples) < _SHORTEST_S * CAPTURE_RATE_HZ:
        return False
    frames = samples[: len(samples) // _FRAME * _FRAME].reshape(-1, _FRAME)
    levels_db = 10 * np.log10(np.mean(np.square(frames), axis=1) + 1e-12)
    low, high = np.percentile(levels_db, [10, 95])
    return bool(high > _QUIETEST_DBFS and high - low > _LEAST_RANGE_DB)


def levelled(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """The same sound, its peak at _PEAK, with silence at both ends."""
    peak = max(_LEAST_PEAK, float(np.max(np.abs(samples), initial=0.0)))
    return np.pad(samples * np.float32(_PEAK / peak), round(_AIR_S * CAPTURE_RATE_HZ))
