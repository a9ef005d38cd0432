"""An utterance as the speech models hear it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from holo_app.domain.audio import CAPTURE_RATE_HZ, AudioChunk
from holo_app.errors import FailureCategory, ProviderError


def capture_rate_samples(provider: str, chunks: Sequence[AudioChunk]) -> NDArray[np.float32]:
    """The sound of all chunks, (N,) in −1..1 at CAPTURE_RATE_HZ. Raises: ProviderError(BAD_REQUEST): their rates differ."""
    if not chunks:
        return np.zeros(0, dtype=np.float32)
    rate_hz = chunks[0].rate_hz
    if any(chunk.rate_hz != rate_hz for chunk in chunks):
        raise ProviderError(provider, FailureCategory.BAD_REQUEST, "the sample rate changes within the utterance")
    samples = np.frombuffer(b"".join(chunk.pcm for chunk in chunks), "<i2").astype(np.float32) / np.float32(32_768)
    if rate_hz == CAPTURE_RATE_HZ:
        return samples
    import soxr  # noqa: PLC0415 - only sound that does not come from our microphone needs it

    resampled: NDArray[np.float32] = soxr.resample(samples, rate_hz, CAPTURE_RATE_HZ)
    return resampled
