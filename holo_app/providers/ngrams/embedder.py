"""Texts as hashed letter trigrams: what retrieval falls back to where the sentence encoder's files are missing.

It knows spelling, not meaning: names, attributes and plurals are found, paraphrases are not.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Sequence

_DIMENSIONS = 512
_GRAM = 3


class NgramEmbedder:
    """An Embedder of 512 dimensions that needs nothing but the standard library."""

    @property
    def dimensions(self) -> int:
        return _DIMENSIONS

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        return [_unit(text) for text in texts]


def _unit(text: str) -> list[float]:
    vector = [0.0] * _DIMENSIONS
    for word in text.lower().split():
        padded = f" {word} "
        for i in range(max(1, len(padded) - _GRAM + 1)):
            # crc32 and not hash(): the same text must give the same vector in every process
            code = zlib.crc32(padded[i : i + _GRAM].encode())
            vector[code % _DIMENSIONS] += 1.0 if code & 0x10000 else -1.0
    length = math.sqrt(sum(x * x for x in vector))
    if not length:
        vector[0] = length = 1.0
    return [x / length for x in vector]
