"""An embedder without weights: texts that share words are alike. Enough where meaning does not matter."""

from __future__ import annotations

import math
import zlib
from collections.abc import Sequence

from holo_app.knowledge.wording import stem, tokens

_DIMENSIONS = 64


class HashEmbedder:
    """One dimension per word, by hash; unit length."""

    @property
    def dimensions(self) -> int:
        return _DIMENSIONS

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        return [_vector(text) for text in texts]


def _vector(text: str) -> list[float]:
    vector = [0.0] * _DIMENSIONS
    for word in tokens(text) or ("",):
        vector[zlib.crc32(stem(word).encode()) % _DIMENSIONS] += 1.0
    length = math.sqrt(sum(value * value for value in vector))
    return [value / length for value in vector]
