"""From a sentence's symbols to its samples, piece by piece."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

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
_FLOW_CONTEXT_FRAMES: Final = 32
"""The same for what the flow makes of a frame: four times four layers that each look at two frames to either side."""

_RUN_UP_FRAMES: Final = 2
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
            load = partial(OnnxModel, provider, threads=threads, plan_memory=False)
            self._first = load(network.first)
            self._flow = None if network.flow is None else load(network.flow)
            self._decoder = None if network.decoder is None else load(network.decoder)

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
        frames = max(value.shape[-1] for value in outputs)
        known = dict(zip(self._first.output_names, outputs, strict=False))
        pieces = self._pieces(self._decoder, known, (skipped, frames), switch)
        return Sentence((frames - skipped) * self._hop, durations, pieces)

    def _pieces(
        self, decoder: OnnxModel, known: Feed, span: tuple[int, int], switch: StopSwitch
    ) -> Iterator[NDArray[np.float32]]:
        (first, frames), count = span, _FIRST_FRAMES
        flow = None if self._flow is None else _Flow(self._flow, known, frames, switch)
        start = first
        while start < frames:
            end = min(frames, start + count)
            left, right = max(first, start - _CONTEXT_FRAMES), min(frames, end + _CONTEXT_FRAMES)
            inputs = known if flow is None else {**known, **flow.until(right)}
            part = _part({name: inputs[name] for name in decoder.input_names}, left, right, frames)
            sound: NDArray[np.float32] = decoder.run(part, switch)[0].reshape(-1)
            yield sound[(start - left) * self._hop : (end - left) * self._hop]
            start, count = end, min(2 * count, _MOST_FRAMES)


class _Flow:
    """What the flow makes of a sentence's frames, as far as it is needed."""

    def __init__(self, model: OnnxModel, known: Feed, frames: int, switch: StopSwitch) -> None:
        self._model = model
        self._inputs = {name: known[name] for name in model.input_names}
        self._frames = frames
        self._switch = switch
        self._made: NDArray[np.float32] = np.zeros(0, np.float32)
        self._until = 0

    def until(self, end: int) -> Feed:
        """Frames 0 to `end`, in an array of all frames. Raises: ProviderError."""
        if end > self._until:
            left, right = max(0, self._until - _FLOW_CONTEXT_FRAMES), min(self._frames, end + _FLOW_CONTEXT_FRAMES)
            [made] = self._model.run(_part(self._inputs, left, right, self._frames), self._switch)
            if not self._made.size:
                self._made = np.zeros((*made.shape[:-1], self._frames), made.dtype)
            self._made[..., self._until : end] = made[..., self._until - left : end - left]
            self._until = end
        return {self._model.output_names[0]: self._made}


def _part(values: Feed, start: int, end: int, frames: int) -> Feed:
    """A part of what has frames; what a voice of several speakers says about the speaker has none."""
    return {name: value[..., start:end] if value.shape[-1] == frames else value for name, value in values.items()}


def _shorten(durations: NDArray[np.int64]) -> int:
    """Leave no more than the run-up in `durations`. Returns the frames that are taken away."""
    total = int(durations.sum())
    kept = min(total, _RUN_UP_FRAMES)
    durations[:] = 0
    durations[-1:] = kept
    return total - kept
