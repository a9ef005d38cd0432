"""Kokoro's network and voices, loaded. Runs in the child process only."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from holo_app.errors import FailureCategory, ProviderError
from holo_app.providers.kokoro.network import write_network
from holo_app.providers.kokoro.phonemes import EnglishPhonemes, own_symbol
from holo_app.providers.local_voice.loudness import gain_for, pcm16
from holo_app.providers.local_voice.speech import Spoken
from holo_app.providers.onnx.session import OnnxModel, StopSwitch

_NAME = "kokoro"
RATE_HZ: Final = 24_000
_FRAME: Final = 600
"""Samples for each frame that a symbol lasts."""
_STYLE: Final = 256
"""Numbers that say how a voice sounds; there are as many of them as a sentence may have symbols."""
_EDGE: Final = 0
"""The symbol before and after each sentence."""
_AUDIBLE: Final = 0.01
_BEFORE_S, _AFTER_S = 0.04, 0.2
"""How much of the silence around a sentence is kept: of its own it makes 0.3 s before and 0.45 s after."""
_WARM_UP = "Hello, how may I help you?"

Samples = NDArray[np.float32]


class KokoroEngine:
    """The network, shared by all voices.

    Args:   folder: holds part-1.bin to part-4.bin, vocab.json and NAME.bin of each voice. threads: for one sentence.
    Raises: ProviderError: a library or a file is missing, or they are not the model.
    """

    def __init__(self, folder: Path, *, threads: int) -> None:
        try:
            vocabulary = json.loads((folder / "vocab.json").read_text("utf-8"))["vocab"]
            self._ids: Mapping[str, int] = {str(symbol): int(number) for symbol, number in vocabulary.items()}
            with tempfile.TemporaryDirectory(prefix="holo-voice-") as scratch:
                # as a file, because a model that is handed over as bytes stays in memory twice
                whole = Path(scratch) / "kokoro.onnx"
                write_network([folder / f"part-{number}.bin" for number in range(1, 5)], whole)
                self._model = OnnxModel(_NAME, whole, threads=threads)
        except OSError as error:
            raise ProviderError(_NAME, FailureCategory.UNAVAILABLE, str(error)) from error
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise ProviderError(_NAME, FailureCategory.UNAVAILABLE, f"vocab.json: {error!r}") from error
        self.phonemes = EnglishPhonemes(frozenset(self._ids))
        self.gain = 1.0

    def run(self, symbols: Sequence[str], styles: Samples, switch: StopSwitch) -> tuple[Samples, NDArray[np.int64]]:
        """Sound (N,) in −1..1, and for each symbol and the edges around them its frames. Raises: ProviderError."""
        ids = [self._ids[own_symbol(symbol)] for symbol in symbols]
        sound, frames = self._model.run(
            {
                "tokens": np.array([[_EDGE, *ids, _EDGE]], np.int64),
                "style": styles[min(len(ids), len(styles) - 1)].reshape(1, _STYLE),
                "speed": np.ones(1, np.float32),
            },
            switch,
        )[:2]
        return sound.reshape(-1), frames.reshape(-1).astype(np.int64)


class KokoroVoice:
    """A `local_voice` Voice: one of the engine's.

    Raises: ProviderError: there is no voice of that name.
    """

    rate_hz = RATE_HZ

    def __init__(self, engine: KokoroEngine, file: Path) -> None:
        self._engine = engine
        try:
            self._styles: Samples = np.fromfile(file, "<f4").reshape(-1, _STYLE)
        except (OSError, ValueError) as error:
            raise ProviderError(_NAME, FailureCategory.UNAVAILABLE, f"voice {file.stem}: {error}") from error
        if not len(self._styles):
            raise ProviderError(_NAME, FailureCategory.UNAVAILABLE, f"voice {file.stem} is empty")

    def warm_up(self) -> None:
        for symbols in self.sentences(_WARM_UP):
            sound, _ = self._engine.run(symbols, self._styles, StopSwitch())
            self._engine.gain = gain_for(sound)

    def sentences(self, text: str) -> list[list[str]]:
        return self._engine.phonemes.sentences(text)

    def speak(self, symbols: Sequence[str], switch: StopSwitch) -> Spoken:
        sound, frames = self._engine.run(symbols, self._styles, switch)
        start, end = _audible(sound)
        if frames.size == len(symbols) + 2:
            edges = np.cumsum(frames)[1:-1] * _FRAME
        else:  # of something else than the symbols
            edges = np.linspace(0, len(sound), len(symbols) + 1)[1:].astype(np.int64)
        ends = np.clip(edges - start, 0, end - start)
        pcm = pcm16(self._engine.gain * sound[start:end])
        return Spoken(end - start, tuple(int(edge) for edge in ends), iter([pcm]))


def _audible(sound: Samples) -> tuple[int, int]:
    """The part of a sentence that is kept."""
    loud = np.flatnonzero(np.abs(sound) > _AUDIBLE)
    if not loud.size:
        return 0, len(sound)
    start = max(0, int(loud[0]) - round(_BEFORE_S * RATE_HZ))
    return start, min(len(sound), int(loud[-1]) + round(_AFTER_S * RATE_HZ))
