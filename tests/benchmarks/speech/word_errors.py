"""Word error rate that counts what was misheard, not how it is spelt."""

from __future__ import annotations

import re
from collections.abc import Sequence

_NUMBERS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
_SAME = {
    "colours": "colors",
    "colour": "color",
    "metres": "meters",
    "metre": "meter",
    "mr": "mister",
    "what's": "what is",
    "that's": "that is",
    "it's": "it is",
    "i'm": "i am",
    "you've": "you have",
    "can't": "cannot",
    "percent": "per cent",
}


def plain_words(text: str) -> str:
    """Lower case, small numbers and short forms spelt out, British as American, no punctuation."""
    words = re.sub(r"[^a-z0-9' ]", " ", text.lower().replace("’", "'").replace("%", " percent")).split()
    spelt = (_NUMBERS[int(word)] if word.isdigit() and int(word) < len(_NUMBERS) else word for word in words)
    return " ".join(_SAME.get(word, word) for word in spelt)


def word_error_rate(said: Sequence[str], heard: Sequence[str]) -> float:
    """Errors per word that was said, over all pairs."""
    import jiwer  # noqa: PLC0415 - half a second that only a measurement may cost

    return float(jiwer.wer([plain_words(text) for text in said], [plain_words(text) for text in heard]))
