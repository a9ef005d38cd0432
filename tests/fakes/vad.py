"""Voice activity by loudness."""

from __future__ import annotations

from array import array

from holo_app.domain.audio import BYTES_PER_SAMPLE
from tests.fakes.script import SPEECH_FLOOR


class FakeVad:
    """The share of samples in a frame that are as loud as scripted speech."""

    def __init__(self, *, frame_samples: int = 512) -> None:
        self._frame_samples = frame_samples
        self.resets = 0

    @property
    def frame_samples(self) -> int:
        return self._frame_samples

    def probability(self, pcm: bytes) -> float:
        if len(pcm) != self._frame_samples * BYTES_PER_SAMPLE:
            raise ValueError(f"a frame holds {self._frame_samples} samples")
        loud = sum(abs(sample) > SPEECH_FLOOR for sample in array("h", pcm))
        return loud / self._frame_samples

    def reset(self) -> None:
        self.resets += 1
