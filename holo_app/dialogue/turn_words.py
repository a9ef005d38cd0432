"""The few words that decide on turns, per language. Data lives in resources/language/<code>/turn_taking.toml."""

from __future__ import annotations

import re
from dataclasses import dataclass

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")


@dataclass(frozen=True, slots=True)
class TurnWords:
    """Word lists of one language, lower case.

    backchannels: say "go on" and never take the turn. stops: end the character's speech at once. trailing: words that no
    finished sentence ends with. asking, stranded: a question that begins with one of `asking` may end with one of `stranded`
    ("what does it come in?"), whatever `trailing` says. complete: short replies that are whole by themselves.
    fillers: sounds of thinking. digits: words that a number is dictated with. noises: what recognisers, which never heard
    laughter named, write for it.
    """

    backchannels: frozenset[str] = frozenset()
    stops: frozenset[str] = frozenset()
    trailing: frozenset[str] = frozenset()
    asking: frozenset[str] = frozenset()
    stranded: frozenset[str] = frozenset()
    complete: frozenset[str] = frozenset()
    fillers: frozenset[str] = frozenset()
    digits: frozenset[str] = frozenset()
    noises: frozenset[str] = frozenset()


def words_of(text: str) -> list[str]:
    """The words of `text`, lower case, without punctuation; apostrophes inside words stay."""
    return [match.group().lower().replace("’", "'") for match in _WORD.finditer(text)]


def dictated_digits(spoken: list[str], words: TurnWords) -> int:
    """How many digits the words end with, where they are said one by one or begin with a nought; else 0."""
    run: list[str] = []
    for word in reversed(spoken):
        if not word.isdigit() and word not in words.digits:
            break
        run.append(word)
    one_by_one = len(run) > 1 or (bool(run) and run[0].startswith("0"))
    return sum(len(word) if word.isdigit() else 1 for word in run) if one_by_one else 0


def is_backchannel(text: str, words: TurnWords) -> bool:
    """Whether `text` holds nothing but backchannels and fillers ("mhm", "yeah, right"); True for no words at all."""
    return _only(words_of(text), words.backchannels | words.fillers)


def is_noise(text: str, words: TurnWords) -> bool:
    """Whether `text` is what recognisers make of laughter, coughs and the like.

    That is a known phrase, one word again and again, or something in another script than any language offered.
    """
    spoken = words_of(text)
    if " ".join(spoken) in words.noises or any(ord(letter) > _LAST_LATIN for word in spoken for letter in word):
        return True
    again_and_again = len(spoken) >= _TIMES and len(set(spoken)) == 1
    return again_and_again and spoken[0] not in words.stops | words.complete and not spoken[0].isdigit()


_TIMES = 3
_LAST_LATIN = 0x24F


def is_stop(text: str, words: TurnWords) -> bool:
    """Whether `text` asks for silence and nothing else ("stop", "wait, please stop")."""
    spoken = words_of(text)
    return bool(spoken) and _only(spoken, words.stops)


def has_stop(text: str, words: TurnWords) -> bool:
    """Whether `text` begins with a word that stops the character ("wait, I meant the blue one")."""
    spoken = words_of(text)
    return bool(spoken) and (spoken[0] in words.stops or " ".join(spoken[:2]) in words.stops)


def echoes(text: str, spoken_by_us: str) -> bool:
    """Whether what was "heard" is the character's own voice coming back through the microphone.

    True when at least three words were heard and nearly all of them stand, in this order, in what the character said.
    """
    heard = words_of(text)
    if len(heard) < _MIN_ECHO_WORDS:
        return False
    return _in_order(heard, words_of(spoken_by_us)) >= _ECHO_SHARE * len(heard)


_MIN_ECHO_WORDS = 3
_ECHO_SHARE = 0.8


def _in_order(needle: list[str], haystack: list[str]) -> int:
    """Length of the longest common subsequence."""
    row = [0] * (len(haystack) + 1)
    for word in needle:
        previous = 0
        for i, other in enumerate(haystack, start=1):
            previous, row[i] = row[i], (previous + 1 if word == other else max(row[i], row[i - 1]))
    return row[-1]


def _only(spoken: list[str], phrases: frozenset[str]) -> bool:
    """Whether `spoken` is nothing but `phrases` (of up to three words) one after the other."""
    at = 0
    while at < len(spoken):
        size = next((n for n in (3, 2, 1) if " ".join(spoken[at : at + n]) in phrases), 0)
        if not size:
            return False
        at += size
    return True
