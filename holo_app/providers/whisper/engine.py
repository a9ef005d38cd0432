"""Whisper, loaded. Runs in the child process only: faster-whisper is an extra, and loads PyAV with codecs under the GPL."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from holo_app.domain.audio import CAPTURE_RATE_HZ, AudioChunk
from holo_app.errors import FailureCategory, ProviderError
from holo_app.providers.utterance.loudness import levelled, may_hold_speech
from holo_app.providers.utterance.samples import capture_rate_samples

if TYPE_CHECKING:
    from faster_whisper import WhisperModel

_NAME = "whisper"
_SURE = 0.7
"""How likely another language than the expected one must be: of a short "no" Whisper guesses wildly."""


@dataclass(frozen=True, slots=True)
class Heard:
    """text: one line, empty where nothing was said. language: its primary tag."""

    text: str
    language: str


class WhisperEngine:
    """Blocks; one thread at a time.

    Args:   folder: a CTranslate2 Whisper model: model.bin, config.json, tokenizer.json, vocabulary.txt. threads: for one
            utterance.
    Raises: ProviderError: faster-whisper is missing, or the files are not a model.
    """

    def __init__(self, folder: Path, *, threads: int) -> None:
        try:
            from faster_whisper import WhisperModel  # noqa: PLC0415 - an extra that may be missing
        except (ImportError, OSError) as error:
            raise ProviderError(_NAME, FailureCategory.UNAVAILABLE, f"faster-whisper: {error}") from error
        if not (folder / "tokenizer.json").is_file():
            # without it the library would ask a model hub
            raise ProviderError(_NAME, FailureCategory.UNAVAILABLE, f"{folder} holds no tokenizer.json")
        try:
            self._model: WhisperModel = WhisperModel(
                str(folder), device="cpu", compute_type="int8", cpu_threads=threads, local_files_only=True
            )
        except (RuntimeError, OSError, ValueError) as error:
            raise ProviderError(_NAME, FailureCategory.UNAVAILABLE, str(error)) from error

    @property
    def languages(self) -> tuple[str, ...]:
        """Primary tags."""
        return tuple(self._model.supported_languages)

    def warm_up(self) -> None:
        """Run once, so that the first real call is as fast as the others. Raises: ProviderError."""
        hiss = np.random.default_rng(0).normal(0, 0.01, CAPTURE_RATE_HZ)
        self._recognise(hiss.astype(np.float32), self.languages[0])

    def hear(self, chunks: Sequence[AudioChunk], language: str) -> Heard:
        """One utterance. language: the expected one. Raises: ProviderError."""
        if language not in self.languages:
            raise ProviderError(_NAME, FailureCategory.BAD_REQUEST, f"language {language} is not understood")
        samples = capture_rate_samples(_NAME, chunks)
        return self._recognise(levelled(samples), language) if may_hold_speech(samples) else Heard("", language)

    def _recognise(self, samples: NDArray[np.float32], language: str) -> Heard:
        if len(self.languages) == 1:
            return self._transcribed(samples, language)
        guessed, sure, _ = self._model.detect_language(samples)
        return self._transcribed(samples, guessed if sure >= _SURE else language)

    def _transcribed(self, samples: NDArray[np.float32], language: str) -> Heard:
        try:
            segments, _ = self._model.transcribe(
                samples,
                language=language,
                beam_size=1,
                temperature=0.0,
                without_timestamps=True,
                condition_on_previous_text=False,
            )
            return Heard(tidy(" ".join(segment.text for segment in segments)), language)
        except (RuntimeError, ValueError) as error:
            raise ProviderError(_NAME, FailureCategory.BAD_RESPONSE, str(error)) from error


def tidy(text: str) -> str:
    """One line with single spaces; nothing where it holds no word, or only a description in brackets of what is no speech."""
    line = " ".join(re.sub(r"\[[^\]]*\]|\([^)]*\)|\*[^*]*\*|♪", " ", text).split())
    return line if any(map(str.isalnum, line)) else ""
