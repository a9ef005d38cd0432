"""When words sound in a voice that says nothing about it: by their letters and the time in which there was sound."""

from __future__ import annotations

from typing import Final

from holo_app.domain.speech import WordCue

_FIRST_GUESS_S: Final = 0.062
"""Of sounding speech for each letter and each border between words."""
_LEARNT: Final = 0.5


class Pace:
    """A voice's pace, learnt from what it has said."""

    def __init__(self) -> None:
        self.letter_s = _FIRST_GUESS_S

    def learn(self, letters: int, sounding_s: float) -> None:
        """So many letters took so much sounding time."""
        if letters and sounding_s > 0:
            self.letter_s += _LEARNT * (sounding_s / letters - self.letter_s)


class WordTimes:
    """The words of one text as they pass. The last one is over when the sound is, whatever the pace says."""

    def __init__(self, words: list[str], pace: Pace) -> None:
        self._words = words
        self._pace = pace
        self._next = 0
        self._passed = 0
        self._from_s = 0.0
        self._sounding_s = 0.0

    def sounded(self, seconds: float, end_s: float) -> tuple[WordCue, ...]:
        """So much more sound, which ended there. Returns the words that are over with it."""
        self._sounding_s += seconds
        due = []
        while self._next < len(self._words) - 1:
            letters = _letters(self._words[self._next])
            if (self._passed + letters) * self._pace.letter_s > self._sounding_s:
                break
            self._passed += letters
            due.append(self._words[self._next])
            self._next += 1
        return self._cues(due, end_s) if due else ()

    def ended(self, end_s: float) -> tuple[WordCue, ...]:
        """The sound is over. Returns the rest of the words."""
        rest, self._next = self._words[self._next :], len(self._words)
        self._pace.learn(sum(map(_letters, self._words)), self._sounding_s)
        return self._cues(rest, end_s)

    def _cues(self, words: list[str], end_s: float) -> tuple[WordCue, ...]:
        share_s = max(end_s - self._from_s, 0.0) / max(sum(map(_letters, words)), 1)
        cues = []
        at_s = self._from_s
        for word in words:
            to_s = at_s + share_s * _letters(word)
            cues.append(WordCue(word, at_s, to_s))
            at_s = to_s
        self._from_s = max(end_s, self._from_s)
        return tuple(cues)


def _letters(word: str) -> int:
    return len(word) + 1
