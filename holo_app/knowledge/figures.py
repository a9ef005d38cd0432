"""Numbers, prices and percentages in a text, however they are written: `£1,299`, `neunundvierzig Euro`, `dix pour cent`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from holo_app.knowledge.amounts import amounts_in, number_parts
from holo_app.knowledge.language_pack import Words
from holo_app.knowledge.wording import fold

_DIGITS = r"\d+(?:[.,]\d+)*"
_NAMED = {
    "GBP": "pounds? pound sterling quid pfund livres? sterling £",
    "EUR": "euros? €",
    "USD": r"us-dollars? dollars? bucks? \$",
    "JPY": "yen ¥",
    "CHF": "franken francs?",
}
_CODES = "gbp eur usd jpy chf sek nok dkk pln czk cad aud"
"""Not every code of ISO 4217: `all`, `top` and `try` are words."""
_WORDS = {word: code for code, words in _NAMED.items() for word in words.split()}
_CURRENCY = "|".join([*sorted(_WORDS, key=len, reverse=True), *_CODES.split()])
_MINOR = r"(?:p|pence|penn(?:y|ies)|cents?|centimes?|ct|rappen)"
_PRICE = re.compile(
    rf"(?P<symbol>[£€$¥])\s?(?P<after>{_DIGITS})"
    rf"|(?P<before>{_DIGITS})[ -]?(?P<currency>(?:{_CURRENCY}))(?![a-z])"
    rf"(?:(?: and| und| et)? (?P<part>\d\d?)(?: {_MINOR})?(?![\w%.,]))?"
    rf"|\b(?P<code>{'|'.join(_CODES.split())}) (?P<coded>{_DIGITS})"
    rf"|(?P<minor>{_DIGITS})\s?{_MINOR}(?![a-z])"
)
_PERCENT = re.compile(rf"(?P<number>{_DIGITS})\s?-?(?:%|per ?cent|prozent\w*|pour ?cent)")
_NUMBER = re.compile(_DIGITS)
_FULL_HOUR = re.compile(r"\b(\d{1,2})[:.]00(?=\s?(?:uhr|h\b|am\b|pm\b|a\.m|p\.m|o clock|$|[\s,;.–-]))")
_GROUPED = re.compile(r"(?<=\d)[\u00a0\u202f](?=\d{3})")
_APOSTROPHE_GROUPED = re.compile(r"(?<=\d)['’](?=\d{3})")
_ONE_OF_A_CURRENCY = re.compile(rf"\b(?:a|an|one|ein|eine|einen|un|une) (?={_CURRENCY}\b)")
_WORD = re.compile(r"[^\W\d_]+")
_SMALL = 2
"""Up to here words are mostly no claims: "this one", "the two of them"."""
_GROUP = 3
_OF_A_HUNDRED = ("pour ", "per ")
_UNITS = 10
_TENS = 20
_COUNTED = re.compile(
    rf"\s?(?:{_CURRENCY}|{_MINOR}|%|per ?cent|prozent|pour ?cent|in stock|left|auf lager|vorratig|en stock)(?![a-z])"
)


class FigureKind(StrEnum):
    """What a number is of."""

    PRICE = "price"
    PERCENT = "percent"
    NUMBER = "number"


@dataclass(frozen=True, slots=True)
class Figure:
    """start, end: where it stands in the text that `in_digits` made. currency: ISO 4217, "" where none is said."""

    kind: FigureKind
    value: Decimal
    start: int
    end: int
    text: str
    currency: str = ""


def figures(digits: str) -> list[Figure]:
    """Every number in a text that `in_digits` made, in order; each stands in one figure only."""
    found: list[Figure] = []
    for pattern, make in ((_PRICE, _price), (_PERCENT, _percent), (_NUMBER, _plain)):
        for match in pattern.finditer(digits):
            if not any(match.start() < other.end and other.start < match.end() for other in found):
                found.append(make(match))
    return sorted(found, key=lambda figure: figure.start)


def in_digits(text: str, words: Sequence[Words], *, small: bool = False) -> str:
    """The text folded, with spelled-out numbers in digits. small: "one" and "two" as well, also where they count nothing."""
    plain = fold(_APOSTROPHE_GROUPED.sub("", _GROUPED.sub("", text)))
    for lists in words:
        plain = _spelled_in_digits(plain, lists, small=small)
    plain = _ONE_OF_A_CURRENCY.sub("1 ", plain)
    return _FULL_HOUR.sub(r"\1", plain)


def value_of(written: str) -> Decimal:
    """The number behind any way of writing it: 1,299.00 and 1.299,00 and 1299 alike."""
    head, mark, tail = written.rpartition("." if written.rfind(".") > written.rfind(",") else ",")
    if not mark:
        return Decimal(written).normalize()
    whole = re.sub(r"[.,]", "", head)
    return Decimal(whole + tail if len(tail) == _GROUP else f"{whole or 0}.{tail}").normalize()


def _price(match: re.Match[str]) -> Figure:
    if match["symbol"]:
        value, currency = value_of(match["after"]), _WORDS.get(match["symbol"].replace("$", r"\$"), "")
    elif match["before"]:
        value, currency = value_of(match["before"]), _code(match["currency"])
        if match["part"]:
            value = (value + Decimal(match["part"]) / 100).normalize()
    elif match["code"]:
        value, currency = value_of(match["coded"]), match["code"].upper()
    else:
        value, currency = (value_of(match["minor"]) / 100).normalize(), ""
    return Figure(FigureKind.PRICE, value, match.start(), match.end(), match[0], currency)


def _code(word: str) -> str:
    known = next((code for pattern, code in _WORDS.items() if re.fullmatch(pattern, word)), "")
    return known or word.upper()


def _percent(match: re.Match[str]) -> Figure:
    return Figure(FigureKind.PERCENT, value_of(match["number"]), match.start(), match.end(), match[0])


def _plain(match: re.Match[str]) -> Figure:
    return Figure(FigureKind.NUMBER, value_of(match[0]), match.start(), match.end(), match[0])


def _spelled_in_digits(plain: str, words: Words, *, small: bool) -> str:
    made, done = "", 0
    for start, end in _runs(plain, words):
        values = [value for value, _ in amounts_in(plain[start:end], words)]
        slight = len(values) == 1 and values[0] <= _SMALL and not small and not _COUNTED.match(plain, end)
        if values and not slight and not plain[:start].endswith(_OF_A_HUNDRED):
            made += plain[done:start] + " ".join(f"{value.normalize():f}" for value in values)
            done = end
    return made + plain[done:]


def _runs(plain: str, words: Words) -> Iterator[tuple[int, int]]:
    """Where one spelled-out number stands: number words side by side, joints between them; a digit ends it."""
    start, end, held, joint = -1, -1, -1, False
    last: str | None = None
    for match in _WORD.finditer(plain):
        parts = number_parts(match[0], words)
        gap = plain[end : match.start()] if start >= 0 else ""
        adjoining = start >= 0 and gap in {" ", "-", ""}
        if start >= 0 and adjoining and not joint and match[0] in words.number_joints and last is not None:
            joint, held = True, end
            end = match.end()
            continue
        follows = _follows_a_joint if joint else _goes_on
        if parts and start >= 0 and adjoining and follows(last, parts, words):
            end, last, joint = match.end(), parts[-1], False
            continue
        if start >= 0:
            yield start, held if joint else end
        held = -1
        start, end, last, joint = (match.start(), match.end(), parts[-1], False) if parts else (-1, -1, None, False)
    if start >= 0:
        yield start, held if joint else end


def _goes_on(last: str | None, parts: Sequence[str], words: Words) -> bool:
    """Within a number the words become smaller, or multiply: "thirty nine | ninety" are two numbers."""
    first = parts[0]
    if first in words.multipliers or last is None or last in words.multipliers:
        return True
    four_twenties = last in words.numbers and f"{last} {first}" in words.numbers
    return four_twenties or words.numbers.get(first, Decimal(0)) < words.numbers.get(last, Decimal(0))


def _follows_a_joint(last: str | None, parts: Sequence[str], words: Words) -> bool:
    """After a joint, as in "hundred and fifty", "vingt et un", "neun und vierzig"; not "one and two"."""
    if last in words.multipliers:
        return True
    before, after = words.numbers.get(last or "", Decimal(0)), words.numbers.get(parts[0], Decimal(0))
    return (_is_tens(before) and 0 < after < _TENS) or (_is_tens(after) and 0 < before < _UNITS)


def _is_tens(value: Decimal) -> bool:
    return value >= _TENS and value % _UNITS == 0
