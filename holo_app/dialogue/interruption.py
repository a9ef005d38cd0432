"""Is the sound while the character speaks an interruption?"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from holo_app.dialogue.turn_words import TurnWords, echoes, has_stop, is_backchannel


class Verdict(Enum):
    """What the customer's sound means for the character's speech."""

    UNSURE = auto()
    GO_ON = auto()
    STOP = auto()


@dataclass(frozen=True, slots=True)
class InterruptionPolicy:
    """hold_s: after this much voice the character holds its tongue, until it is clear what the voice wants.

    confirm_s: this much voice is an interruption whatever it says.
    """

    hold_s: float = 0.18
    confirm_s: float = 0.7

    def while_voiced(self, voiced_s: float, partial: str | None, said: str, words: TurnWords) -> Verdict:
        """Judge while the sound goes on. `said` is what the character said lately (its echo must not stop it)."""
        if partial and has_stop(partial, words) and not echoes(partial, said):
            return Verdict.STOP
        if voiced_s < self.confirm_s:
            return Verdict.UNSURE
        if partial is not None and (is_backchannel(partial, words) or echoes(partial, said)):
            return Verdict.UNSURE
        return Verdict.STOP

    def when_over(self, text: str, said: str, words: TurnWords) -> Verdict:
        """Judge after the sound, by its transcript."""
        if is_backchannel(text, words) or echoes(text, said):
            return Verdict.GO_ON
        return Verdict.STOP
