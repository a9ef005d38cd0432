"""The words of one language for what is written as signs."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from holo_app.resources import resource

NUMBER = r"(?:\d+(?:[.,\u00a0\u202f ]\d{3})+(?!\d)|\d+)(?:[.,]\d+)?"
"""A number in any way of writing: groups of three may stand apart, and decimals follow a point or a comma."""
DASH = r"[-–—−]"
_FALLBACK = "en"
_GROUP = 3


@dataclass(frozen=True, slots=True)
class Rules:
    """texts: words by key. currency: sign or code → (one, many, small one, small many). unit: unit → (one, many).

    word: written → said. before_number: the same, only before a number. ones: noun → how "1" is said before it.
    fraction: "1/2" → said. spelt: acronyms that are no words. ordinal: "1st", "2nd" … of the days of a month.
    weekday: short name → name.
    """

    texts: Mapping[str, str]
    currency: Mapping[str, tuple[str, str, str, str]]
    unit: Mapping[str, tuple[str, str]]
    word: Mapping[str, str]
    before_number: Mapping[str, str]
    ones: Mapping[str, str]
    fraction: Mapping[str, str]
    spelt: frozenset[str]
    ordinal: tuple[str, ...]
    month: tuple[str, ...]
    weekday: Mapping[str, str]

    def counted(self, number: str, names: tuple[str, str]) -> str:
        """A number with its noun: "1 metre", "2 metres", "ein Meter", "1,5 litre"."""
        one, many = names
        if number in {"1", "−1"}:
            return f"{self.ones.get(one, self.texts['one'])} {one}"
        below_two = self.texts["decimals"] == "singular" and re.fullmatch(r"[01](?:[.,]\d+)?", number)
        return f"{number} {one if below_two else many}"


def split(amount: str) -> tuple[str, str]:
    """Whole part and decimals of a NUMBER; groups of three behind a mark are thousands."""
    compact = re.sub(r"[\u00a0\u202f ]", "", amount)
    head, mark, tail = compact.rpartition("." if compact.rfind(".") > compact.rfind(",") else ",")
    if mark and (len(tail) != _GROUP or head.strip("0") == ""):
        return re.sub(r"[.,]", "", head), tail
    return re.sub(r"[.,]", "", compact), ""


def alternatives(words: Iterable[str]) -> str:
    """A pattern that matches any of `words`, the longest first."""
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


@cache
def rules_of(language: str) -> Rules:
    """The rules of `language`, else those of English."""
    path = resource("language", language, "spoken_form.toml")
    if not language.isalpha() or not path.is_file():
        path = resource("language", _FALLBACK, "spoken_form.toml")
    data: dict[str, Any] = tomllib.loads(path.read_text("utf-8"))
    return Rules(
        texts={key: value for key, value in data.items() if isinstance(value, str)},
        currency={sign: (one, many, cent, cents) for sign, (one, many, cent, cents) in data["currency"].items()},
        unit={unit: (one, many) for unit, (one, many) in data["unit"].items()},
        word=data["word"],
        before_number=data["before_number"],
        ones=data["ones"],
        fraction=data["fraction"],
        spelt=frozenset(data["spelt"]),
        ordinal=tuple(data["ordinal"]),
        month=tuple(data["month"]),
        weekday=data["weekday"],
    )
