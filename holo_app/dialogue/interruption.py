"""Is the sound while the character speaks an interruption?"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum, auto

from holo_app.dialogue.turn_words import TurnWords, echoes, has_stop, is_backchannel, is_noise, words_of

_SCRAP_WORDS = 2


class Verdict(Enum):
    """What the customer's sound means for the character's speech."""

    UNSURE = auto()
    GO_ON = auto()
    STOP = auto()


@dataclass(frozen=True, slots=True)
class InterruptionPolicy:
    """The character is silent while this is judged, so there is no hurry: what counts is what was said.

    confirm_s: this much voice with words in it is an interruption. longest_hold_s: without any words that mean something, the
    character goes on after so much silence of its own. shortest_s: a hum of less voice than this is no interruption, unless
    its one or two words are known to be whole, or a question: recognisers make two words of a "mhm".
    """

    confirm_s: float = 1.0
    longest_hold_s: float = 2.0
    shortest_s: float = 0.45

    def while_voiced(self, voiced_s: float, partial: str | None, said: str, words: TurnWords) -> Verdict:
        """Judge while the sound goes on, by the words so far. `said`: by the character lately; its echo must not stop it."""
        if partial is None or self._means_nothing(partial, said, words):
            return Verdict.UNSURE
        if has_stop(partial, words) or voiced_s >= self.confirm_s:
            return Verdict.STOP
        return Verdict.UNSURE

    def when_over(self, text: str, said: str, words: TurnWords, *, hummed_s: float = math.inf) -> Verdict:
        """Judge after the sound, by its transcript. hummed_s: its length, if it may be a hum."""
        if self._means_nothing(text, said, words) or (hummed_s < self.shortest_s and _is_scrap(text, words)):
            return Verdict.GO_ON
        return Verdict.STOP

    @staticmethod
    def _means_nothing(text: str, said: str, words: TurnWords) -> bool:
        return is_backchannel(text, words) or is_noise(text, words) or echoes(text, said)


def _is_scrap(text: str, words: TurnWords) -> bool:
    spoken = words_of(text)
    whole = has_stop(text, words) or " ".join(spoken) in words.complete or text.rstrip().endswith("?")
    return len(spoken) <= _SCRAP_WORDS and not whole
