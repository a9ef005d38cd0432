"""Amounts that customers say, in digits or in words: "under fifty pounds", "bis zweihundertfünfzig Euro"."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from holo_app.knowledge.language_pack import Words
from holo_app.knowledge.wording import tokens

_LONGEST_PHRASE = 3
_THOUSAND = 1000
_GROUP = 3


def amounts_in(text: str, words: Words) -> list[tuple[Decimal, str]]:
    """Every amount with its currency code ("" where none is said), in order."""
    parts = _split(tokens(_symbols(text)), words)
    found: list[tuple[Decimal, str]] = []
    at = 0
    while at < len(parts):
        end, value = _number(parts, at, words)
        if end == at:
            at += 1
            continue
        neighbours = [*parts[end : end + 1], *parts[max(0, at - 1) : at]]
        currency = next((words.currencies[word] for word in neighbours if word in words.currencies), "")
        found.append((value, currency))
        at = end
    return found


def number_parts(word: str, words: Words) -> tuple[str, ...]:
    """The number words that a word is made of (`neunundvierzig`: neun, und, vierzig); none where it is no number."""
    pieces = tuple(_pieces(word, _known(words)))
    return pieces if any(piece in words.numbers or piece in words.multipliers for piece in pieces) else ()


def _known(words: Words) -> list[str]:
    return sorted({*words.numbers, *words.multipliers, *words.number_joints}, key=len, reverse=True)


def _symbols(text: str) -> str:
    for symbol, code in (("£", "gbp"), ("€", "eur"), ("$", "usd")):
        text = text.replace(symbol, f" {code} ")
    return text


def _number(parts: Sequence[str], at: int, words: Words) -> tuple[int, Decimal]:
    """The number that begins at `at`: its end and its value; the end is `at` where there is none."""
    if parts[at][0].isdigit():
        return at + 1, _decimal(parts[at])
    total, group, end = Decimal(0), Decimal(0), at
    for end in range(at, len(parts) + 1):
        word = parts[end] if end < len(parts) else ""
        if word in words.numbers:
            group += words.numbers[word]
        elif word in words.multipliers:
            group = (group or Decimal(1)) * words.multipliers[word]
            if words.multipliers[word] >= _THOUSAND:
                total, group = total + group, Decimal(0)
        elif not _joins(parts, at, end, words):
            break
    return end, total + group


def _joins(parts: Sequence[str], at: int, end: int, words: Words) -> bool:
    """Whether a small word stands inside a number: "hundred and fifty", "a hundred", "fünf und dreißig"."""
    inner = {*words.numbers, *words.multipliers}
    following = parts[end + 1] if end + 1 < len(parts) else ""
    if end == at:
        return end < len(parts) and parts[end] in words.number_starts and following in words.multipliers
    return end < len(parts) and parts[end] in words.number_joints and following in inner


def _split(parts: Sequence[str], words: Words) -> list[str]:
    """Take compounds of number words apart (`zweihundertfunfzig`) and join phrases (`quatre vingt`)."""
    known = _known(words)
    result: list[str] = []
    for part in parts:
        pieces = _pieces(part, known)
        numeric = any(piece in words.numbers or piece in words.multipliers for piece in pieces)
        result += pieces if pieces and numeric else [part]
    for length in range(_LONGEST_PHRASE, 1, -1):
        result = _join(result, length, words)
    return result


def _pieces(part: str, known: Sequence[str]) -> list[str]:
    pieces: list[str] = []
    while part:
        word = next((word for word in known if part.startswith(word)), "")
        if not word:
            return []
        pieces.append(word)
        part = part[len(word) :]
    return pieces


def _join(parts: Sequence[str], length: int, words: Words) -> list[str]:
    result: list[str] = []
    at = 0
    while at < len(parts):
        phrase = " ".join(parts[at : at + length])
        if phrase in words.numbers and at + length <= len(parts):
            result.append(phrase)
            at += length
        else:
            result.append(parts[at])
            at += 1
    return result


def _decimal(token: str) -> Decimal:
    """`1,299` and `1.299` are thousands, `12,5` and `12.50` have decimals."""
    for mark in ".,":
        head, found, tail = token.rpartition(mark)
        if found and len(tail) == _GROUP and head.isdigit():
            return Decimal(head + tail)
    return (
        Decimal(token.replace(",", "."))
        if token.count(",") + token.count(".") <= 1
        else Decimal("".join(letter for letter in token if letter.isdigit()))
    )
