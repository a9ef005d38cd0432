"""One Piper voice, loaded. Runs in the child process only: piper is under the GPL and is imported nowhere else."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from holo_app.errors import FailureCategory, ProviderError
from holo_app.providers.local_voice.loudness import gain_for, pcm16
from holo_app.providers.local_voice.speech import Spoken
from holo_app.providers.onnx.session import Feed, StopSwitch
from holo_app.providers.piper.synthesis import Sentence, Synthesis

if TYPE_CHECKING:
    from piper.voice import PiperVoice

_NAME = "piper"
_BEGIN, _END, _PAD = "^", "$", "_"
_WARM_UP = "Hello, how may I help you?"


class Voice:
    """A `local_voice` Voice.

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
        self._gain = 1.0
        self._synthesis = Synthesis(_NAME, model, hop=self._hop, threads=threads)

    def warm_up(self) -> None:
        for symbols in self.sentences(_WARM_UP):
            pieces = [np.frombuffer(piece, "<i2") for piece in self.speak(symbols, StopSwitch()).sound]
            self._gain *= gain_for((np.concatenate(pieces) / 32_767).astype(np.float32))

    def sentences(self, text: str) -> list[list[str]]:
        known = self._front_end.config.phoneme_id_map
        symbols = ([symbol for symbol in sentence if symbol in known] for sentence in self._front_end.phonemize(text))
        return [sentence for sentence in symbols if any(symbol.isalpha() for symbol in sentence)]

    def speak(self, symbols: Sequence[str], switch: StopSwitch) -> Spoken:
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
        sentence = self._synthesis.begin(feed, ends[0], switch)
        edges = self._edges(len(ids), sentence)
        # the first symbol begins after the network's run-up
        return Spoken(
            sentence.samples,
            tuple(int(edges[end]) for end in ends[1:]),
            (pcm16(self._gain * piece) for piece in sentence.pieces),
        )

    def _edges(self, ids: int, sentence: Sentence) -> NDArray[np.int64]:
        """The sample at which each id begins, (ids + 1,); evenly spread where the voice does not tell."""
        if sentence.durations is not None:
            edges: NDArray[np.int64] = np.concatenate([[0], np.cumsum(sentence.durations * self._hop)])
            return np.minimum(edges, sentence.samples)
        return np.linspace(0, sentence.samples, ids + 1).astype(np.int64)


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
