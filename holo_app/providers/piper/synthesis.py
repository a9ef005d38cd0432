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

_RUN_UP_FRAMES: Final = 4
"""Silence that may come before the first symbol. Piper draws it at random, and now and then takes half a second."""


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

    def begin(self, feed: Feed, run_up: int, switch: StopSwitch) -> Sentence:
        """All but the sound of a sentence.

        run_up: how many symbols come before the first one that is spoken; needless silence there is left out.
        Raises: ProviderError: the run failed, or `switch` ended it.
        """
        outputs = self._first.run(feed, switch)
        durations = outputs.pop().reshape(-1).astype(np.int64) if self._tells_durations else None
        if durations is not None and durations.size != feed["input"].size:
            durations = None  # of something else than the symbols
        skipped = 0 if durations is None else _shorten(durations[:run_up])
        if self._decoder is None:
            sound: NDArray[np.float32] = outputs[0].reshape(-1)[skipped * self._hop :]
            return Sentence(len(sound), durations, iter([sound]))
        total = max(value.shape[-1] for value in outputs)
        # what a voice of several speakers says about the speaker has no frames
        values = [value[..., skipped:] if value.shape[-1] == total else value for value in outputs]
        inputs = dict(zip(self._decoder.input_names, values, strict=True))
        frames = total - skipped
        return Sentence(frames * self._hop, durations, self._decode(self._decoder, inputs, frames, switch))

    def _decode(
        self, decoder: OnnxModel, inputs: dict[str, NDArray[Any]], frames: int, switch: StopSwitch
    ) -> Iterator[NDArray[np.float32]]:
        start, count = 0, _FIRST_FRAMES
        while start < frames:
            end = min(frames, start + count)
            left, right = max(0, start - _CONTEXT_FRAMES), min(frames, end + _CONTEXT_FRAMES)
            feed = {
                name: value[..., left:right] if value.shape[-1] == frames else value for name, value in inputs.items()
            }
            sound: NDArray[np.float32] = decoder.run(feed, switch)[0].reshape(-1)
            yield sound[(start - left) * self._hop : (end - left) * self._hop]
            start, count = end, min(2 * count, _MOST_FRAMES)


def _shorten(durations: NDArray[np.int64]) -> int:
    """Leave no more than the run-up in `durations`. Returns the frames that are taken away."""
    total = int(durations.sum())
    kept = min(total, _RUN_UP_FRAMES)
    durations[:] = 0
    durations[-1:] = kept
    return total - kept
