"""Is someone speaking in this frame?"""

from __future__ import annotations

from typing import Protocol


class VoiceActivityDetector(Protocol):
    """Scores frames of exactly `frame_samples` samples of CAPTURE_RATE_HZ mono PCM16, in stream order.

    Synchronous, well under a millisecond; keeps state between frames until `reset`.
    """

    @property
    def frame_samples(self) -> int:
        """Samples per frame."""
        ...

    def probability(self, pcm: bytes) -> float:
        """Probability 0..1 that the frame holds speech. Raises: ValueError for another frame size."""
        ...

    def reset(self) -> None:
        """Forget what was heard."""
        ...
