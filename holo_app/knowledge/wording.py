"""Words as the matching code sees them: folded to lower case without accents, split, and cut to a rough stem."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache

_SPECIAL = str.maketrans({"ß": "ss", "œ": "oe", "æ": "ae", "ø": "o", "’": "'", "‘": "'", "‑": "-", "–": "-"})
_TOKEN = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+")
_SUFFIXES = ("ing", "ed", "en", "er", "e")
_MIN_STEM = 3


def fold(text: str) -> str:
    """Lower case, no accents, apostrophes as spaces: how text is compared everywhere here."""
    lowered = unicodedata.normalize("NFKD", text.casefold().translate(_SPECIAL))
    plain = "".join(letter for letter in lowered if not unicodedata.combining(letter))
    return " ".join(plain.replace("'", " ").split())


@lru_cache(maxsize=8192)
def tokens(text: str) -> tuple[str, ...]:
    """Words and numbers of a text, folded, in order. Hyphens divide words."""
    return tuple(_TOKEN.findall(fold(text)))


def surfaces(text: str) -> dict[str, str]:
    """The words of a text as they are written, by their folded form: an embedder knows `Kopfhörer`, not `kopfhorer`."""
    written = {fold(word): word for word in _TOKEN.findall(unicodedata.normalize("NFC", text))}
    return {folded: word for folded, word in written.items() if " " not in folded}


def plain(text: str) -> str:
    """The folded tokens of a text with single spaces: what patterns are matched against."""
    return " ".join(tokens(text))


@lru_cache(maxsize=8192)
def stem(word: str) -> str:
    """Cut common endings of English, German and French, so that `watches` meets `watch` and `Uhren` meets `Uhr`."""
    if len(word) > _MIN_STEM and word.endswith("s") and not word.endswith("ss"):
        word = word[:-1]
    for suffix in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= _MIN_STEM:
            word = word[: -len(suffix)]
            break
    if len(word) > _MIN_STEM and word[-1] == word[-2]:
        word = word[:-1]
    return word


def stems(words: Iterable[str]) -> frozenset[str]:
    """The set of stems."""
    return frozenset(stem(word) for word in words)


def without(words: Sequence[str], unwanted: Collection[str]) -> tuple[str, ...]:
    """`words` in order, less those in `unwanted`."""
    return tuple(word for word in words if word not in unwanted)
