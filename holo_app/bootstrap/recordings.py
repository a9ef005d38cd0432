"""Long recordings, cut into what a recogniser of single utterances can take."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from holo_app.domain.audio import AudioChunk

_LONGEST_PIECE_S = 24.0
_EARLIEST_CUT_S = 10.0
_QUIET_WINDOW_S = 0.2


def speakable_pieces(recording: AudioChunk) -> Iterator[AudioChunk]:
    """The recording in order, cut at its quietest places into pieces of at most 24 s."""
    samples = np.frombuffer(recording.pcm, "<i2")
    rate_hz = recording.rate_hz
    while len(samples) > _LONGEST_PIECE_S * rate_hz:
        earliest, latest = round(_EARLIEST_CUT_S * rate_hz), round(_LONGEST_PIECE_S * rate_hz)
        cut = earliest + _quietest(samples[earliest:latest], round(_QUIET_WINDOW_S * rate_hz))
        yield AudioChunk(samples[:cut].tobytes(), rate_hz)
        samples = samples[cut:]
    yield AudioChunk(samples.tobytes(), rate_hz)


def _quietest(samples: NDArray[np.int16], window: int) -> int:
    """The middle of the window with the least energy."""
    energy = np.concatenate([[0.0], np.cumsum(samples.astype(np.float64) ** 2)])
    return int(np.argmin(energy[window:] - energy[:-window])) + window // 2
