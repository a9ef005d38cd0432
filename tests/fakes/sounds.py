"""Speech as (N,) float64 of −1..1, for tests of what is done with sound."""

from __future__ import annotations

import numpy as np
import soxr

from holo_app.audio.resample import samples_of
from holo_app.domain.audio import CAPTURE_RATE_HZ
from tests.contracts.recording import question
from tests.fakes.rooms import Floats


def voice(seconds: float, *, faster: float = 1.0) -> Floats:
    """Speech without end; played faster it is another person's."""
    spoken = soxr.resample(samples_of(question()) / 32768, CAPTURE_RATE_HZ * faster, CAPTURE_RATE_HZ)[6000:-6000]
    return np.resize(spoken, round(seconds * CAPTURE_RATE_HZ))


def pcm(sound: Floats) -> bytes:
    """As mono PCM16."""
    return np.clip(np.rint(sound * 32768), -32768, 32767).astype("<i2").tobytes()


def loudness_db(sound: Floats) -> float:
    """RMS; 0 is full scale."""
    return float(10 * np.log10(np.mean(sound**2) + 1e-12))
