"""Which phonemes of a sentence belong to which word of the text.

A synthesiser speaks numbers as several words ("149") and joins small ones ("of the"), so spaces do not tell. Each word is
therefore also put into phonemes alone, and the two runs are laid beside each other at the least cost.

Source: Needleman and Wunsch, "A general method applicable to the search for similarities …" (1970).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from operator import itemgetter

SPACE = " "
_VOWELS = frozenset("aɐɑɒæʌəɚɜɝɛeɪiᵻɨyøœoɔʊuʉ")
_GAP = 1.0
_SPACE_GAP = 0.3
_LIKE, _UNLIKE = 0.6, 1.5
_BAND = 24
"""How far the runs may drift apart, in phonemes: longer than any number that is read out within one word."""


def word_spans(spoken: Sequence[str], words: Sequence[Sequence[str]]) -> list[tuple[int, int]]:
    """The part of `spoken` that each word has.

    Args:    spoken: the symbols of the whole text. words: the symbols of each word, spoken alone.
    Returns: for each word, start and end (exclusive) in `spoken`, in order and without overlap; empty for a word that is not
             spoken. All that sounds belongs to some word that is spoken, if there is any.
    """
    heard = _sounds(spoken)
    expected = [SPACE.join("".join(s for s, _ in _sounds(word)).split()) for word in words]
    audible = [i for i, word in enumerate(expected) if word]
    cuts = _cuts([expected[i] for i in audible], "".join(symbol for symbol, _ in heard))
    spans = [(0, 0)] * len(words)
    for i, (start, end) in zip(audible, cuts, strict=True):
        places = [place for symbol, place in heard[start:end] if symbol != SPACE]
        if places:
            spans[i] = (places[0], places[-1] + 1)
    return _anchored(spans)


def is_sound(symbol: str) -> bool:
    """Whether a symbol is a phoneme, not a mark of stress, length or punctuation."""
    return unicodedata.category(symbol[0]) in {"Ll", "Lu", "Lo"}


def _sounds(symbols: Sequence[str]) -> list[tuple[str, int]]:
    """(phoneme or space, place), with one space for whatever parts two words."""
    return [
        (symbol[0] if is_sound(symbol) else SPACE, place)
        for place, symbol in enumerate(symbols)
        if is_sound(symbol) or symbol == SPACE or unicodedata.category(symbol[0]).startswith("P")
    ]


def _cuts(words: Sequence[str], heard: str) -> list[tuple[int, int]]:
    """Start and end in `heard` of each of `words`."""
    if not words:
        return []
    path = _cheapest_path(SPACE.join(words), heard)
    cuts = []
    place = start = 0
    for word in words:
        place += len(word)
        end = path[place]
        cuts.append((start, end))
        start, place = end, place + 1
    cuts[-1] = (cuts[-1][0], len(heard))
    return cuts


def _cheapest_path(expected: str, heard: str) -> list[int]:
    """For each place in `expected` (and its end), how much of `heard` lies before it."""
    rows, columns = len(expected) + 1, len(heard) + 1
    slope = (columns - 1) / (rows - 1)
    far = float("inf")
    before: dict[int, float] = {}
    steps: list[dict[int, tuple[int, int]]] = []
    for row in range(rows):
        centre = round(row * slope)
        costs: dict[int, float] = {}
        step: dict[int, tuple[int, int]] = {}
        for column in range(max(0, centre - _BAND), min(columns, centre + _BAND + 1)):
            options = [(0.0, (0, 0))] if row == column == 0 else []
            if row and column:
                swap = before.get(column - 1, far) + _swap_cost(expected[row - 1], heard[column - 1])
                options.append((swap, (1, 1)))
            if row:
                options.append((before.get(column, far) + _gap_cost(expected[row - 1]), (1, 0)))
            if column:
                options.append((costs.get(column - 1, far) + _gap_cost(heard[column - 1]), (0, 1)))
            costs[column], step[column] = min(options, key=itemgetter(0))
        steps.append(step)
        before = costs
    return _walk_back(steps, columns - 1)


def _walk_back(steps: list[dict[int, tuple[int, int]]], column: int) -> list[int]:
    path = [0] * len(steps)
    row = len(steps) - 1
    path[row] = column
    while row or column:
        down, right = steps[row][column]
        row, column = row - down, column - right
        if down:
            path[row] = column
    return path


def _swap_cost(one: str, other: str) -> float:
    if one == other:
        return 0.0
    if SPACE in {one, other}:
        return 10.0
    return _LIKE if (one in _VOWELS) == (other in _VOWELS) else _UNLIKE


def _gap_cost(symbol: str) -> float:
    return _SPACE_GAP if symbol == SPACE else _GAP


def _anchored(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Empty spans moved to where the word before them ends."""
    end = 0
    anchored = []
    for span in spans:
        start, stop = span if span[1] > span[0] else (end, end)
        anchored.append((start, stop))
        end = stop
    return anchored
