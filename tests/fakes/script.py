"""A pretend language of tones, so that fakes understand each other's sound without a model."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from holo_app.domain.audio import CAPTURE_RATE_HZ, AudioChunk

_FIRST_LEVEL = 2_000
_LEVEL_STEP = 50
SPEECH_FLOOR = 1_000
"""Samples louder than this are speech to the fakes."""


@dataclass(frozen=True, slots=True)
class Said:
    """One utterance found in some audio: its text as far as it was said, and whether it sounds finished."""

    text: str
    finished: bool


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    samples: int
    complete: bool


class SpokenScript:
    """Makes utterances whose samples carry their text: each is a square wave with a loudness of its own.

    `FakeStt` and `FakeEndOfTurn` that share a script understand what was said, also in part; `FakeVad`
    hears all of it.
    """

    def __init__(self) -> None:
        self._lines: list[_Line] = []

    def say(self, text: str, seconds: float = 1.5, *, complete: bool = True) -> AudioChunk:
        """The sound of `text` at the capture rate. complete: whether it sounds finished when it ends."""
        line = _Line(text, round(seconds * CAPTURE_RATE_HZ), complete)
        level = _FIRST_LEVEL + _LEVEL_STEP * len(self._lines)
        self._lines.append(line)
        phase = np.arange(line.samples) // 8 % 2
        return AudioChunk(np.where(phase, -level, level).astype("<i2").tobytes())

    def heard(self, audio: AudioChunk) -> list[Said]:
        """What was said in `audio`, in order; an utterance that is cut off gives its leading words."""
        levels = np.abs(np.frombuffer(audio.pcm, "<i2").astype(np.int32)) - _FIRST_LEVEL
        lines, rests = np.divmod(levels, _LEVEL_STEP)
        lines = lines[(rests == 0) & (lines >= 0) & (lines < len(self._lines))]
        found, first, counts = np.unique(lines, return_index=True, return_counts=True)
        return [self._said(self._lines[found[i]], int(counts[i])) for i in np.argsort(first)]

    @staticmethod
    def _said(line: _Line, samples: int) -> Said:
        share = samples / line.samples
        if share >= 0.95:
            return Said(line.text, line.complete)
        words = line.text.split()
        return Said(" ".join(words[: round(share * len(words))]), finished=False)
