"""From a sentence's symbols to its samples, piece by piece."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from holo_app.errors import FailureCategory, ProviderError
from holo_app.providers.onnx.session import Feed, OnnxModel, StopSwitch
from holo_app.providers.piper.network import cut_network

_FIRST_FRAMES: Final = 24
_MOST_FRAMES: Final = 96
"""The first piece of a sentence is short, for an early start; later ones share the work on their edges."""
_CONTEXT_FRAMES: Final = 16
"""How far around a frame its sound depends on others: 12 in Piper's medium voices, 15 in its large ones."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """samples: its length. durations: the frames that each symbol lasts, or None where the voice does not tell.

    pieces: (N,) float32 in −1..1 each, made when they are asked for; raises ProviderError as `Synthesis.begin`.
    """

    samples: int
    durations: NDArray[np.int64] | None
    pieces: Iterator[NDArray[np.float32]]


class Synthesis:
    """A voice's network, loaded.

    Args:   provider: named in errors. hop: samples per frame. threads: how many one run may use.
    Raises: ProviderError: onnxruntime is missing, or the file is not a voice.
    """

    def __init__(self, provider: str, model: Path, *, hop: int, threads: int) -> None:
        self._hop = hop
        with tempfile.TemporaryDirectory(prefix="holo-voice-") as folder:
            # as files, because a model that is handed over as bytes stays in memory twice
            try:
                network = cut_network(model, Path(folder))
            except (OSError, ValueError) as error:
                raise ProviderError(provider, FailureCategory.UNAVAILABLE, str(error)) from error
            self._tells_durations = network.tells_durations
            self._first = OnnxModel(provider, network.first, threads=threads, plan_memory=False)
            self._decoder: OnnxModel | None = None
            if network.decoder is not None:
                self._decoder = OnnxModel(provider, network.decoder, threads=threads, plan_memory=False)

    def begin(self, feed: Feed, switch: StopSwitch) -> Sentence:
        """All but the sound of a sentence. Raises: ProviderError: the run failed, or `switch` ended it."""
        outputs = self._first.run(feed, switch)
        durations = outputs.pop().reshape(-1).astype(np.int64) if self._tells_durations else None
        if self._decoder is None:
            sound: NDArray[np.float32] = outputs[0].reshape(-1)
            return Sentence(len(sound), durations, iter([sound]))
        inputs = dict(zip(self._decoder.input_names, outputs, strict=True))
        frames = max(value.shape[-1] for value in outputs)
        return Sentence(frames * self._hop, durations, self._decode(self._decoder, inputs, frames, switch))

    def _decode(
        self, decoder: OnnxModel, inputs: dict[str, NDArray[Any]], frames: int, switch: StopSwitch
    ) -> Iterator[NDArray[np.float32]]:
        start, count = 0, _FIRST_FRAMES
        while start < frames:
            end = min(frames, start + count)
            left, right = max(0, start - _CONTEXT_FRAMES), min(frames, end + _CONTEXT_FRAMES)
            # what a voice of several speakers says about the speaker has no frames
            feed = {
                name: value[..., left:right] if value.shape[-1] == frames else value for name, value in inputs.items()
            }
            sound: NDArray[np.float32] = decoder.run(feed, switch)[0].reshape(-1)
            yield sound[(start - left) * self._hop : (end - left) * self._hop]
            start, count = end, min(2 * count, _MOST_FRAMES)
