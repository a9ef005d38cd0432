"""What emulated voices sound like: a hum that is cheap to make, with a silence where a text has a mark."""

from __future__ import annotations

import math
from array import array
from functools import cache

RATE_HZ = 24_000
CHARACTER_MS = 10
"""How long an emulated voice takes for a character."""
_CHARACTER_SAMPLES = RATE_HZ * CHARACTER_MS // 1000


def spoken(text: str) -> bytes:
    """PCM16, CHARACTER_MS for each character; marks and blanks are silent."""
    return b"".join(_hum(character.isalnum()) for character in text)


@cache
def _hum(loud: bool) -> bytes:
    volume = 9_000 if loud else 0
    return array(
        "h", (round(volume * math.sin(2 * math.pi * 200 * n / RATE_HZ)) for n in range(_CHARACTER_SAMPLES))
    ).tobytes()
