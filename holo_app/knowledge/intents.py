"""Which of the known things a question wants: patterns and meaning weighed together, names masked."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from holo_app.knowledge.language_pack import Cue, LanguagePack
from holo_app.ports.embedder import Embedder

ATTRIBUTE = "attribute:"
"""Prefix of the keys that ask for a property."""
_PATTERN_BONUS = 0.25
_PATTERN_FLOOR = 0.45
"""A question that fits a pattern counts as at least so near to the examples."""
_BROAD_BONUS = 0.08
_BROAD_FLOOR = 0.53
LEAST = 0.6
"""Scores below mean that nothing was understood."""


class IntentClassifier:
    """Scores the cues of one language. The first use embeds their examples (about 0.3 s); `warm` does it ahead."""

    def __init__(self, pack: LanguagePack, embedder: Embedder) -> None:
        self._embedder = embedder
        attributes = (Cue(ATTRIBUTE + a.key, a.cue.patterns, a.cue.examples) for a in pack.attributes)
        self._cues = (*pack.intents, *attributes)
        self._vectors: NDArray[np.float32] | None = None
        self._rows = np.asarray([at for at, cue in enumerate(self._cues) for _ in cue.examples], dtype=np.intp)
        self._scores = lru_cache(maxsize=256)(self._score)

    def warm(self) -> None:
        """Embed the examples. Raises: ProviderError."""
        if self._vectors is None:
            examples = [example for cue in self._cues for example in cue.examples]
            vectors = np.asarray(self._embedder.embed(examples), dtype=np.float32)
            self._vectors = vectors.reshape(len(examples), self._embedder.dimensions)

    def scores(self, text: str, plain: str) -> dict[str, float]:
        """Score by cue key, roughly 0..1.25. text: the question with its names masked; plain: the same, folded."""
        return dict(self._scores(text, plain))

    def fits(self, key: str, plain: str) -> bool:
        """Whether a pattern of the cue, and not only its meaning, speaks for it; broad cues never do."""
        found = (cue for cue in self._cues if cue.key == key and not cue.broad)
        return any(pattern.search(plain) for cue in found for pattern in cue.patterns)

    def _score(self, text: str, plain: str) -> Sequence[tuple[str, float]]:
        self.warm()
        assert self._vectors is not None  # noqa: S101 - `warm` has just set it
        question = np.asarray(self._embedder.embed([text])[0], dtype=np.float32)
        best = np.zeros(len(self._cues), dtype=np.float32)
        np.maximum.at(best, self._rows, self._vectors @ question)
        return tuple(
            (cue.key, _weigh(cue, float(likeness), plain)) for cue, likeness in zip(self._cues, best, strict=True)
        )


def _weigh(cue: Cue, likeness: float, plain: str) -> float:
    if not any(pattern.search(plain) for pattern in cue.patterns):
        return likeness
    if cue.broad:
        return max(likeness, _BROAD_FLOOR) + _BROAD_BONUS
    return max(likeness, _PATTERN_FLOOR) + _PATTERN_BONUS
