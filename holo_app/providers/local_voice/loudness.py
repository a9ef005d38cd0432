"""How loud a voice speaks."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

PEAK: Final = 0.8
"""How loud a sentence is meant to become; what is louder is bent, not cut."""
_ROOM: Final = 0.19
_LEAST_PEAK: Final = 0.05


def gain_for(samples: NDArray[np.float32]) -> float:
    """What a voice is to be multiplied by, from one sentence of it: each at its own would make short ones shout."""
    return PEAK / max(float(np.max(np.abs(samples), initial=0)), _LEAST_PEAK)


def pcm16(samples: NDArray[np.float32]) -> bytes:
    """(N,) of −1..1 as PCM16."""
    over = np.maximum(np.abs(samples) - PEAK, 0.0)
    bent = np.where(over > 0.0, np.sign(samples) * (PEAK + _ROOM * np.tanh(over / _ROOM)), samples)
    return (bent * 32_767).astype("<i2").tobytes()
