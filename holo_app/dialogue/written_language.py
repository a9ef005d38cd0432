"""Which language a written line is in, told by its small words: "was kostet das" is German whatever it asks about.

Product names say nothing: they are the same in every language. So the words that count are those that hold sentences
together, and only where one language alone has them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from holo_app.dialogue.turn_words import words_of

_AHEAD = 2
"""So many words more than the language in use has must another one have."""
_LEAST_LETTERS = 3
_LEAST_WORDS = 3
_LEAST_SHARE = 0.6
"""Speech of other languages, written down by an English recogniser, mostly stays below (58 of 60 clips)."""


@dataclass(frozen=True, slots=True)
class WrittenMarks:
    """How one language is known in writing. words: lower case. letters: that no other offered language writes."""

    words: frozenset[str]
    letters: str = ""


class WrittenLanguages:
    """Tells the languages of `marks` (by BCP 47 primary tag) apart. Pure."""

    def __init__(self, marks: Mapping[str, WrittenMarks]) -> None:
        self._marks = dict(marks)

    def guess(self, text: str, current: str) -> str:
        """The language of `text`; `current` unless another one is clearly meant."""
        words = words_of(text)
        scores = {language: self._own_words(words, language) for language in self._marks}
        best = max(scores, key=lambda language: (scores[language], language == current), default=current)
        ahead = scores.get(best, 0) - scores.get(current, 0)
        if best == current or not ahead:
            return current
        wholly = scores[best] == len(words) and max(map(len, words)) >= _LEAST_LETTERS
        return best if wholly or ahead >= _AHEAD else current

    def sounds_like(self, text: str, language: str) -> bool:
        """Whether `text` is a sentence of `language` rather than what a recogniser makes of another one."""
        words = words_of(text)
        known = self._marks.get(language, WrittenMarks(frozenset())).words
        share = sum(word in known or word.partition("'")[0] in known for word in words) / max(1, len(words))
        return len(words) >= _LEAST_WORDS and share >= _LEAST_SHARE

    def _own_words(self, words: list[str], language: str) -> int:
        return sum(self._is_own(word, language) for word in words)

    def _is_own(self, word: str, language: str) -> bool:
        owners = {tag for tag, marks in self._marks.items() if word in marks.words}
        if owners:
            return owners == {language}
        return any(letter in self._marks[language].letters for letter in word)
