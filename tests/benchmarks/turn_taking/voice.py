"""A voice that hums: each word of the two answers has a pitch of its own, so that a listener can name it again."""

from __future__ import annotations

import re
from functools import cache

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.int16]

RATE_HZ = 24_000
LONG_ANSWER = (
    "Sure, we have those in several sizes. They are eighty nine dollars today. "
    "Would you like me to show another version as well?"
)
SHORT_ANSWER = "Okay, here comes the blue jacket."

_AMPLITUDE = 8000
_SECONDS_PER_LETTER = 0.05
_LOWEST_HZ, _STEP_HZ = 400, 70
_AUDIBLE_PEAK = 200


def words_of(text: str) -> list[str]:
    """The words of a text, lower case, without punctuation."""
    return re.findall(r"[a-z0-9']+", text.lower())


LONG_WORDS, SHORT_WORDS = words_of(LONG_ANSWER), words_of(SHORT_ANSWER)
_PITCHES_HZ = {word: _LOWEST_HZ + _STEP_HZ * index for index, word in enumerate([*LONG_WORDS, *SHORT_WORDS])}


def word_s(word: str) -> float:
    """How long the voice hums it, in seconds."""
    return _SECONDS_PER_LETTER * (len(word) + 1)


@cache
def hum(word: str) -> bytes:
    """PCM16 of one word at RATE_HZ. Raises: KeyError: the word is in neither answer."""
    times = np.arange(round(RATE_HZ * word_s(word))) / RATE_HZ
    wave = _AMPLITUDE * np.sin(2 * np.pi * _PITCHES_HZ[word] * times)
    return wave.astype("<i2").tobytes()


def audible(samples: Samples) -> bool:
    """Whether anybody would hear it."""
    # wider than 16 bits, because the quietest number has no counterpart
    return bool(np.abs(samples.astype(np.int32)).max(initial=0) > _AUDIBLE_PEAK)


def recognised(ticks: list[Samples]) -> list[tuple[str, float]]:
    """The word that sounds in each tick (all of one length), and its loudness in dB against the voice's own."""
    if not ticks:
        return []
    heard = np.stack(ticks).astype(np.float64)
    probes = _probes(heard.shape[1])
    best = np.abs(heard @ probes).argmax(axis=1)
    power = np.maximum(1e-9, (heard**2).mean(axis=1)) / (_AMPLITUDE**2 / 2)
    words = list(_PITCHES_HZ)
    return [(words[index], float(10 * np.log10(loud))) for index, loud in zip(best, power, strict=True)]


@cache
def _probes(samples: int) -> NDArray[np.complex128]:
    """One complex tone per word, as columns."""
    times = np.arange(samples)[:, np.newaxis] / RATE_HZ
    probes: NDArray[np.complex128] = np.exp(-2j * np.pi * times * np.array(list(_PITCHES_HZ.values())))
    return probes
