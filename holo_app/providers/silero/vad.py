"""Silero VAD v6 over frames of 32 ms."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from holo_app.domain.audio import BYTES_PER_SAMPLE, CAPTURE_RATE_HZ
from holo_app.providers.onnx.session import OnnxModel, float_samples

_FRAME_SAMPLES = 512
_CONTEXT_SAMPLES = 64
"""The network wants the end of the frame before in front of each frame."""


class SileroVad:
    """A VoiceActivityDetector that decides well in noise, at 0.4 % of a core.

    Raises: ProviderError: onnxruntime is missing or the file is not the model.
    """

    def __init__(self, model_path: Path) -> None:
        self._model = OnnxModel("silero", model_path, threads=1)
        self._rate = np.array(CAPTURE_RATE_HZ, dtype=np.int64)
        self._state: NDArray[Any]
        self._context: NDArray[np.float32]
        self.reset()

    @property
    def frame_samples(self) -> int:
        return _FRAME_SAMPLES

    def probability(self, pcm: bytes) -> float:
        if len(pcm) != _FRAME_SAMPLES * BYTES_PER_SAMPLE:
            raise ValueError(f"a frame holds {_FRAME_SAMPLES} samples, not {len(pcm) / BYTES_PER_SAMPLE:g}")
        window = np.concatenate([self._context, float_samples(pcm)])
        output, self._state = self._model.run({"input": window[np.newaxis], "state": self._state, "sr": self._rate})
        self._context = window[-_CONTEXT_SAMPLES:]
        return float(output[0, 0])

    def reset(self) -> None:
        self._state = np.zeros((2, 1, 128), dtype=np.float32)
        self._context = np.zeros(_CONTEXT_SAMPLES, dtype=np.float32)
