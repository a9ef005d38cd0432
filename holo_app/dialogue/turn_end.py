"""When is a customer's turn over? Silence, the sound of the voice and the words decide together."""

from __future__ import annotations

from dataclasses import dataclass

from holo_app.dialogue.turn_words import TurnWords, dictated_digits, words_of

_NOTHING_UNDERSTOOD = 0.3
_TRAILS_OFF = 0.05
_PAUSE_MARK = 0.2
_QUESTION = 0.95
_STATEMENT = 0.8
_WHOLE_BY_ITSELF = 0.9
_UNMARKED = 0.55
_DICTATING = 0.3
_DICTATED_DIGITS = 3
_WHOLE_NUMBER = 11


def completeness(text: str, words: TurnWords) -> float:
    """How finished `text` reads, 0..1.

    A trailing function word or filler outweighs punctuation, because speech recognition puts a full stop behind anything.
    """
    spoken = words_of(text)
    if not spoken:
        return _NOTHING_UNDERSTOOD
    if " ".join(spoken) in words.complete:
        return _WHOLE_BY_ITSELF
    if _asks_to_the_end(text, spoken, words):
        return _STATEMENT
    if spoken[-1] in words.trailing or spoken[-1] in words.fillers:
        return _TRAILS_OFF
    digits = dictated_digits(spoken, words)
    if digits >= _DICTATED_DIGITS:
        # nobody's number is longer; a shorter one may be whole, and that is worth a second
        return _STATEMENT if digits >= _WHOLE_NUMBER else _DICTATING
    return _by_punctuation(text.rstrip())


def _asks_to_the_end(text: str, spoken: list[str], words: TurnWords) -> bool:
    return text.rstrip().endswith("?") and spoken[0] in words.asking and spoken[-1] in words.stranded


def _by_punctuation(text: str) -> float:
    if text.endswith(("…", "...", ",", "-", "–", ":")):
        return _PAUSE_MARK
    if text.endswith("?"):
        return _QUESTION
    return _STATEMENT if text.endswith((".", "!")) else _UNMARKED


@dataclass(frozen=True, slots=True)
class TurnEndPolicy:
    """How much silence ends a turn.

    shortest_s: for what sounds and reads finished. longest_s: the cap, for what does not. text_weight: share of the
    transcript against the sound's score. surely_done, surely_not: scores at which the two ends are reached.
    """

    shortest_s: float = 0.32
    longest_s: float = 1.2
    text_weight: float = 0.6
    surely_done: float = 0.75
    surely_not: float = 0.3

    @staticmethod
    def reads_sure(text: str, words: TurnWords) -> bool:
        """Whether `text` is finished whatever it sounds like: a whole question."""
        return completeness(text, words) >= _QUESTION

    @staticmethod
    def trails_off(text: str, words: TurnWords) -> bool:
        """Whether `text` ends with a word after which nobody stops."""
        return completeness(text, words) <= _TRAILS_OFF

    def required_silence_s(self, text: str, sounds_done: float | None, words: TurnWords, stretch: float = 1.0) -> float:
        """Silence after which the turn is over, given its transcript and the end-of-turn score (None: not known).

        stretch: how much longer this speaker pauses than others; what is surely finished does not wait for it.
        """
        longest_s = self.longest_s * stretch
        reads_done = completeness(text, words)
        if reads_done <= _TRAILS_OFF:
            return longest_s
        score = reads_done
        if sounds_done is not None:
            score = self.text_weight * reads_done + (1 - self.text_weight) * sounds_done
        share = (score - self.surely_not) / (self.surely_done - self.surely_not)
        share = min(1.0, max(0.0, share))
        return longest_s + share * (self.shortest_s - longest_s)
