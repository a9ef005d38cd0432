"""One Piper voice, loaded. Runs in the child process only: piper is under the GPL and is imported nowhere else."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from holo_app.errors import FailureCategory, ProviderError
from holo_app.providers.onnx.session import Feed, OnnxModel, StopSwitch
from holo_app.providers.piper.durations import copy_with_durations

if TYPE_CHECKING:
    from piper.voice import PiperVoice

_NAME = "piper"
_BEGIN, _END, _PAD = "^", "$", "_"


@dataclass(frozen=True, slots=True)
class Spoken:
    """One sentence. pcm: PCM16 at the voice's rate. ends: for each symbol of the sentence, the sample at which it ends."""

    pcm: bytes
    ends: tuple[int, ...]


class Voice:
    """Turns text into symbols and symbols into sound. Blocks; one thread at a time.

    Args:   model, config: the voice's two files. threads: for one sentence.
    Raises: ProviderError: a library is missing, or the files are not a voice.
    """

    def __init__(self, model: Path, config: Path, *, threads: int) -> None:
        self._front_end = _front_end(config)
        settings = self._front_end.config
        self.rate_hz: int = settings.sample_rate
        self._hop: int = settings.hop_length
        self._scales = np.array([settings.noise_scale, settings.length_scale, settings.noise_w_scale], np.float32)
        self._speaker: Feed = {"sid": np.array([settings.default_speaker_id])} if settings.num_speakers > 1 else {}
        with tempfile.TemporaryDirectory(prefix="holo-voice-") as folder:
            # as a file, because a model that is handed over as bytes stays in memory twice
            copy = Path(folder, "voice.onnx")
            try:
                self._tells_durations = copy_with_durations(model, copy)
            except (OSError, ValueError) as error:
                raise ProviderError(_NAME, FailureCategory.UNAVAILABLE, str(error)) from error
            self._model = OnnxModel(_NAME, copy, threads=threads, plan_memory=False)

    def sentences(self, text: str) -> list[list[str]]:
        """The symbols (IPA, stress, length, punctuation, spaces) of each sentence in `text`."""
        known = self._front_end.config.phoneme_id_map
        symbols = ([symbol for symbol in sentence if symbol in known] for sentence in self._front_end.phonemize(text))
        return [sentence for sentence in symbols if any(symbol.isalpha() for symbol in sentence)]

    def speak(self, symbols: Sequence[str], switch: StopSwitch) -> Spoken:
        """Say one sentence. Raises: ProviderError: it failed, or `switch` ended it."""
        ids_of = self._front_end.config.phoneme_id_map
        ids: list[int] = []
        ends: list[int] = []
        for symbol in [_BEGIN, *symbols]:
            ids += [*ids_of[symbol], *ids_of[_PAD]]
            ends.append(len(ids))
        ids += ids_of[_END]
        feed: Feed = {
            "input": np.array([ids], dtype=np.int64),
            "input_lengths": np.array([len(ids)], dtype=np.int64),
            "scales": self._scales,
            **self._speaker,
        }
        sound, *durations = self._model.run(feed, switch)
        samples = sound.reshape(-1)
        edges = self._edges(len(ids), len(samples), durations)
        # the first symbol begins after the network's run-up
        return Spoken(_pcm(samples), tuple(int(edges[end]) for end in ends[1:]))

    def _edges(self, ids: int, samples: int, durations: list[NDArray[np.float32]]) -> NDArray[np.int64]:
        """The sample at which each id begins, (ids + 1,); evenly spread where the voice does not tell."""
        if self._tells_durations and durations[-1].size == ids:
            counts = durations[-1].reshape(-1).astype(np.int64) * self._hop
            edges: NDArray[np.int64] = np.minimum(np.concatenate([[0], np.cumsum(counts)]), samples)
            return edges
        return np.linspace(0, samples, ids + 1).astype(np.int64)


def _front_end(config: Path) -> PiperVoice:
    try:
        from piper.config import PiperConfig  # noqa: PLC0415 - under the GPL, and may be missing
        from piper.voice import PiperVoice  # noqa: PLC0415 - as above
    except ImportError as error:
        raise ProviderError(_NAME, FailureCategory.UNAVAILABLE, f"piper: {error}") from error
    try:
        settings = PiperConfig.from_dict(json.loads(config.read_text("utf-8")))
    except (OSError, ValueError, KeyError) as error:
        raise ProviderError(_NAME, FailureCategory.UNAVAILABLE, f"{config.name}: {error!r}") from error
    # only its text half is used: the session that it would open itself takes no settings
    return PiperVoice(session=None, config=settings)


def _pcm(samples: NDArray[np.float32]) -> bytes:
    """As loud as PCM16 allows: sentences of one voice then match."""
    peak = max(1e-4, float(np.max(np.abs(samples), initial=0.0)))
    return (samples * (0.95 * 32_767 / peak)).astype("<i2").tobytes()
