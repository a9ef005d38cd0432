"""How alike two words sound, for names that speech recognition has misheard."""

from __future__ import annotations

import re
from functools import lru_cache

_RULES = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        (r"ph", "f"),
        (r"^wr", "r"),
        (r"^kn", "n"),
        (r"wh", "w"),
        (r"tsch|sch|ch|sh", "x"),
        (r"th", "t"),
        (r"ght", "t"),
        (r"ck|q", "k"),
        (r"c(?=[eiy])|z", "s"),
        (r"c", "k"),
        (r"dg|j", "g"),
        (r"v", "f"),
        (r"(.)\1+", r"\1"),
    )
)
_VOWELS = re.compile(r"[aeiouyhw]")


@lru_cache(maxsize=8192)
def sound_of(word: str) -> str:
    """The word in a rough spelling by sound."""
    for pattern, sound in _RULES:
        word = pattern.sub(sound, word)
    return word


@lru_cache(maxsize=8192)
def skeleton(word: str) -> str:
    """Its consonants; a first vowel counts as one mark, whichever it is."""
    sound = sound_of(word)
    first = "a" if sound[:1] and _VOWELS.match(sound[0]) else ""
    return re.sub(r"(.)\1+", r"\1", first + _VOWELS.sub("", sound))


def edit_distance(first: str, second: str) -> int:
    """Levenshtein distance."""
    previous = list(range(len(second) + 1))
    for row, left in enumerate(first, 1):
        current = [row]
        for column, right in enumerate(second, 1):
            current.append(min(previous[column] + 1, current[-1] + 1, previous[column - 1] + (left != right)))
        previous = current
    return previous[-1]


@lru_cache(maxsize=65536)
def sounds_like(first: str, second: str) -> float:
    """0..1: 1 for words of one sound. Half the spelling, half the consonants."""
    if first == second:
        return 1.0
    spelling = _ratio(sound_of(first), sound_of(second))
    return 0.5 * spelling + 0.5 * _ratio(skeleton(first), skeleton(second))


def _ratio(first: str, second: str) -> float:
    longest = max(len(first), len(second))
    return 1.0 - edit_distance(first, second) / longest if longest else 1.0
