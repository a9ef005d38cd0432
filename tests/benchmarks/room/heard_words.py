"""How many words of an answer a recording holds: its transcript, aligned with the beginning of the answer."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from holo_app.dialogue.spoken_form import spoken_form
from holo_app.providers.local_voice.spoken_form import spoken_words

_TO_NINETEEN = (
    "zero one two three four five six seven eight nine ten "
    "eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
)
_ONES = _TO_NINETEEN.split()
_TENS = ("-", "-", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")

_ALIKE = 0.5
_LEFT_OUT = 0.9


@dataclass(frozen=True, slots=True)
class Token:
    """A spoken word. written: the number of the written word that it belongs to; last: whether it is that one's last."""

    text: str
    written: int
    last: bool


def spoken_tokens(text: str) -> list[Token]:
    """The words of a text as a voice says them: "£64.95" is four or five of one written word."""
    written = text.split()
    tokens = []
    for number, said in enumerate(spoken_words([spoken_form(word, "en") for word in written])):
        words = plain(said)
        tokens += [Token(word, number, place == len(words) - 1) for place, word in enumerate(words)]
    return tokens


def transcript_words(text: str) -> list[str]:
    """A recogniser's words in the same form."""
    return plain(" ".join(spoken_words(spoken_form(text, "en").split())))


def plain(text: str) -> list[str]:
    """Lower case, without punctuation; what is joined by a hyphen is apart, and numbers under a thousand are spelt out."""
    words = re.sub(r"[^a-z0-9' ]", " ", text.lower().replace("’", "'")).split()
    spelt = [part for word in words for part in (_number(int(word)) if word.isdigit() else [word])]
    return [word for place, word in enumerate(spelt) if not (word == "and" and spelt[place - 1 : place] == ["hundred"])]


def _number(number: int) -> list[str]:
    if number >= 1000:
        return [str(number)]
    words = [] if number < 100 else [_ONES[number // 100], "hundred"]
    rest = number % 100
    if rest >= len(_ONES):
        words.append(_TENS[rest // 10])
    ones = rest if rest < len(_ONES) else rest % 10
    if ones or not words:
        words.append(_ONES[ones])
    return words


def words_heard(answer: str, transcript: str) -> tuple[int, int]:
    """Written words of the answer that the transcript holds: those that are whole, and those that were begun.

    The transcript is taken for the beginning of the answer, with a recogniser's errors in it.
    """
    tokens, heard = spoken_tokens(answer), transcript_words(transcript)
    if not heard or not tokens:
        return 0, 0
    costs = _prefix_costs([token.text for token in tokens], heard)
    # of equally good ends the latest: a word that was misheard was heard
    end = int(np.flatnonzero(costs <= costs.min() + 1e-9)[-1])
    if end == 0:
        return 0, 0
    token = tokens[end - 1]
    return (token.written + 1 if token.last else token.written), token.written + 1


def difference(answer: str, transcript: str) -> float:
    """The share of the answer's words that the transcript lacks, misheard or has too many; a word that is nearly right
    counts little."""
    tokens = spoken_tokens(answer)
    return float(_prefix_costs([token.text for token in tokens], transcript_words(transcript))[-1]) / max(
        1, len(tokens)
    )


def _prefix_costs(words: list[str], heard: list[str]) -> NDArray[np.float64]:
    """(len(words) + 1,): the cost of aligning all that was heard with so many of the words."""
    costs = np.arange(len(words) + 1) * _LEFT_OUT
    for row, said in enumerate(heard, start=1):
        above, costs = costs, np.zeros(len(words) + 1)
        costs[0] = row
        for place, word in enumerate(words, start=1):
            costs[place] = min(
                above[place - 1] + _difference(word, said), above[place] + 1, costs[place - 1] + _LEFT_OUT
            )
    return np.asarray(costs, dtype=np.float64)


def _difference(word: str, said: str) -> float:
    if word == said:
        return 0.0
    alike = difflib.SequenceMatcher(None, word, said).ratio()
    return 1 - alike if alike >= _ALIKE else 1.0
