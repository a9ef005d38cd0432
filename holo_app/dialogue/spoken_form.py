"""Written text as it is said aloud: "£39.90 for 2.3 kg" → "39 pounds 90 for 2.3 kilograms".

Plain numbers stay digits: every voice reads them. What voices read wrong is rewritten: prices, units, ranges, times,
percentages, article numbers, protection classes. The rules are `resources/language/<code>/spoken_form.toml`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

from holo_app.resources import resource

_FALLBACK = "en"
_NUMBER = r"\d+(?:[.,\u00a0\u202f ]\d{3})*(?:[.,]\d+)?"
_NOON = 12
_TENS = 10
_GROUP = 3


@dataclass(frozen=True, slots=True)
class _Rules:
    """texts: words by key. currency: symbol → (one, many, small one, small many). unit: unit → (one, many)."""

    texts: Mapping[str, str]
    currency: Mapping[str, tuple[str, str, str, str]]
    unit: Mapping[str, tuple[str, str]]
    word: Mapping[str, str]

    @property
    def units_pattern(self) -> str:
        """Alternatives of all units, the longest first."""
        return "|".join(re.escape(unit) for unit in sorted(self.unit, key=len, reverse=True))


def spoken_form(text: str, language: str) -> str:
    """`text` for the voice of `language`; a language without rules gets those of English. Pure; never raises."""
    rules = _rules(language.partition("-")[0].lower())
    for step in _STEPS:
        text = step(text, rules)
    return " ".join(text.split())


@cache
def _rules(language: str) -> _Rules:
    path = resource("language", language, "spoken_form.toml")
    if not language.isalpha() or not path.is_file():
        path = resource("language", _FALLBACK, "spoken_form.toml")
    data = tomllib.loads(path.read_text("utf-8"))
    return _Rules(
        texts={key: value for key, value in data.items() if isinstance(value, str)},
        currency={symbol: (one, many, cent, cents) for symbol, (one, many, cent, cents) in data["currency"].items()},
        unit={unit: (one, many) for unit, (one, many) in data["unit"].items()},
        word=data["word"],
    )


def _words(text: str, rules: _Rules) -> str:
    for written, said in rules.word.items():
        text = text.replace(written, said)
    return text


def _prices(text: str, rules: _Rules) -> str:
    symbols = "".join(re.escape(symbol) for symbol in rules.currency)
    pattern = rf"([{symbols}])\s?({_NUMBER})|({_NUMBER})\s?([{symbols}])"

    def said(found: re.Match[str]) -> str:
        symbol, amount = (found[1], found[2]) if found[1] else (found[4], found[3])
        return _price(amount, rules.currency[symbol])

    return re.sub(pattern, said, text)


def _price(amount: str, names: tuple[str, str, str, str]) -> str:
    whole, decimals = _split(amount)
    one, many, cent, cents = names
    small = int(decimals.ljust(2, "0")[:2]) if decimals else 0
    if not small:
        return f"{whole} {one if whole == '1' else many}"
    if whole == "0" and cents:
        return f"{small} {cent if small == 1 else cents}"
    return f"{whole} {one if whole == '1' else many} {small}"


def _split(amount: str) -> tuple[str, str]:
    """Whole part and decimals of a number in any way of writing; groups of three behind a mark are thousands."""
    compact = re.sub(r"[\u00a0\u202f ]", "", amount)
    head, mark, tail = compact.rpartition("." if compact.rfind(".") > compact.rfind(",") else ",")
    if mark and len(tail) != _GROUP:
        return re.sub(r"[.,]", "", head), tail
    return re.sub(r"[.,]", "", compact), ""


def _ranges(text: str, rules: _Rules) -> str:
    return re.sub(r"(?<=[\dm.])\s?[–—]\s?(?=\d)|(?<=\d)-(?=\d+\s?(?:[a-zA-Z%€£$°]|$))", f" {rules.texts['to']} ", text)


def _times(text: str, rules: _Rules) -> str:
    text = re.sub(
        r"\b(\d{1,2}):(\d{2})(?:\s?([ap])\.?m\b\.?)?", lambda found: _clock(found, rules), text, flags=re.IGNORECASE
    )
    half = {"a": rules.texts["am"], "p": rules.texts["pm"]}
    return re.sub(
        r"\b(\d{1,2})\s?([ap])\.?m\b\.?",
        lambda found: f"{found[1]} {half[found[2].lower()]}",
        text,
        flags=re.IGNORECASE,
    )


def _clock(found: re.Match[str], rules: _Rules) -> str:
    hour, minute, texts = int(found[1]), int(found[2]), rules.texts
    said = str(minute) if minute >= _TENS else texts["clock_oh"].format(m=minute)
    if texts["clock"] != "twelve":
        return texts["clock_minutes"].format(h=hour, m=said) if minute else texts["clock_full"].format(h=hour)
    if found[3] is None and 0 < hour <= _NOON and minute:
        return texts["clock_bare"].format(h=hour, m=said)
    afternoon = found[3].lower() == "p" if found[3] else hour >= _NOON
    half = texts["pm"] if afternoon else texts["am"]
    key = "clock_minutes" if minute else "clock_full"
    return texts[key].format(h=(hour - 1) % _NOON + 1, m=said, half=half)


def _units(text: str, rules: _Rules) -> str:
    def said(found: re.Match[str]) -> str:
        one, many = rules.unit[found[2]]
        return f"{found[1]} {one if found[1] == '1' else many}"

    text = re.sub(rf"({_NUMBER})\s?°\s?C\b", rf"\1 {rules.texts['degrees']}", text)
    text = re.sub(rf"({_NUMBER})\s?({rules.units_pattern})(?![\w'’])", said, text)
    return re.sub(rf"({_NUMBER})\s?%", rf"\1 {rules.texts['percent']}", text)


def _numbers(text: str, rules: _Rules) -> str:
    """Take the marks of thousands out, and use the language's own decimal mark."""

    def said(found: re.Match[str]) -> str:
        whole, decimals = _split(found[0])
        return f"{whole}{rules.texts['decimal_mark']}{decimals}" if decimals else whole

    return re.sub(r"(?<![\w.])\d+(?:[.,\u00a0\u202f]\d+)+(?![\w])", said, text)


def _signs(text: str, rules: _Rules) -> str:
    text = re.sub(r"\s?&\s?", f" {rules.texts['and']} ", text)
    text = re.sub(r"(?<=\d)\s?[×x]\s?(?=\d)", f" {rules.texts['by']} ", text)
    return re.sub(r"(?<=\d)\s?\+", f" {rules.texts['plus']}", text)


def _codes(text: str, _rules: _Rules) -> str:
    """Article numbers and protection classes, letter by letter: P-014 → P 0 1 4, IP67 → I P 67."""
    text = re.sub(r"\b([A-Z]{1,4})-(\d{2,6})\b", lambda found: f"{' '.join(found[1])} {' '.join(found[2])}", text)
    return re.sub(r"\b(IPX?)(\d+)\b", lambda found: f"{' '.join(found[1])} {found[2]}", text)


_STEPS: tuple[Callable[[str, _Rules], str], ...] = (_words, _times, _ranges, _prices, _units, _numbers, _signs, _codes)
