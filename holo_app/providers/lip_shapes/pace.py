"""How far a voice has come in a text, guessed from the sound alone."""

from __future__ import annotations

from collections.abc import Sequence

_SECONDS_A_WEIGHT = 0.043
"""Of sound, without pauses: some 17 characters a second with what is added below."""
_FASTEST_S, _SLOWEST_S = 0.03, 0.15
_WORD_WEIGHT, _DIGIT_WEIGHT, _LAST_WEIGHT = 1.0, 4.0, 3.0
"""What each word, each digit and the last word of a phrase take beyond their letters: a voice slows down before a pause."""
_TRUST = 30.0
"""How much a phrase must weigh to count as much as what is usual: a lone "Yes," is drawn out."""
_PAUSE_S = 0.18
_PAUSES_AFTER = tuple(".,;:!?…—–")
_NEAR = 0.35
"""How far off a guess may be, as a share of what has sounded since the last pause, for a pause to be the one it foresaw."""
_NEAR_S = 0.2

Runs = Sequence[tuple[float, float]]
"""Where somebody speaks: start and end in seconds, in order."""


def weight_of(word: str) -> float:
    """How long a word takes, against others; 0: it is not spoken."""
    letters = sum(_DIGIT_WEIGHT if sign.isdecimal() else 1.0 for sign in word if sign.isalnum())
    if not letters:
        return 0.0
    return letters + _WORD_WEIGHT + (_LAST_WEIGHT if word.endswith(_PAUSES_AFTER) else 0.0)


class Pace:
    """Settles words as sound comes: each lasts as long as its letters ask for, and a pause is where a phrase ends.

    Its clock stands still while nobody speaks. Times come out in seconds of the sound, in order.
    """

    def __init__(self, words: Sequence[str]) -> None:
        self._weights = [weight_of(word) for word in words]
        self._phrase_ends = [place + 1 for place, word in enumerate(words) if word.endswith(_PAUSES_AFTER)]
        self._next = 0
        self._pace_s = _SECONDS_A_WEIGHT
        self._from_s = 0.0
        """Of the voice's clock: where the next word begins."""
        self._pauses_seen = 0
        self._phrase_from_s = 0.0
        self._phrase_first = 0

    def until(self, sound_s: float, runs: Runs) -> list[tuple[float, float]]:
        """Times of the words, not given yet, that seem to be over."""
        times: list[tuple[float, float]] = []
        for place in range(self._pauses_seen, len(runs) - 1):
            self._pauses_seen = place + 1
            if runs[place + 1][0] - runs[place][1] >= _PAUSE_S:
                times += self._pause(_voiced(runs[: place + 1]), runs)
        voiced_s = _voiced(runs)
        while self._next < len(self._weights):
            end_s = self._from_s + self._weights[self._next] * self._pace_s
            if end_s > voiced_s or not runs:
                break
            times.append((_real(self._from_s, runs), min(_real(end_s, runs), sound_s)))
            self._next, self._from_s = self._next + 1, end_s
        return times

    def rest(self, sound_s: float, runs: Runs) -> list[tuple[float, float]]:
        """Times of all the others, now that the sound is over."""
        times = self.until(sound_s, runs)
        return times + self._stretched(len(self._weights), _voiced(runs), runs or [(0.0, sound_s)])

    def _pause(self, voiced_s: float, runs: Runs) -> list[tuple[float, float]]:
        """A pause at that moment of the voice's clock: the phrase that should end nearest to it does."""
        best, best_off_s = 0, _NEAR * (voiced_s - self._phrase_from_s) + _NEAR_S
        for end in self._phrase_ends:
            if end <= self._phrase_first:
                continue
            foreseen_s = self._phrase_from_s + sum(self._weights[self._phrase_first : end]) * self._pace_s
            if abs(foreseen_s - voiced_s) < best_off_s:
                best, best_off_s = end, abs(foreseen_s - voiced_s)
        if not best:
            return []
        said = sum(self._weights[self._phrase_first : best])
        pace_s = (voiced_s - self._phrase_from_s + _TRUST * _SECONDS_A_WEIGHT) / (said + _TRUST)
        self._pace_s = min(max(pace_s, _FASTEST_S), _SLOWEST_S)
        times = self._stretched(best, voiced_s, runs)
        self._phrase_first, self._phrase_from_s = best, voiced_s
        if self._next <= best:
            self._from_s = max(self._from_s, voiced_s)
        return times

    def _stretched(self, end: int, until_s: float, runs: Runs) -> list[tuple[float, float]]:
        """The words before `end` that are not given yet, over what the voice's clock has left until then."""
        whole = sum(self._weights[self._next : end])
        start_s, until_s = self._from_s, max(until_s, self._from_s)
        times: list[tuple[float, float]] = []
        passed = 0.0
        for place in range(self._next, end):
            passed += self._weights[place]
            end_s = start_s + (until_s - start_s) * (passed / whole if whole else 1.0)
            times.append((_real(self._from_s, runs), _real(end_s, runs)))
            self._from_s = end_s
        self._next = max(self._next, end)
        return times


def _voiced(runs: Runs) -> float:
    return sum(end - start for start, end in runs)


def _real(voiced_s: float, runs: Runs) -> float:
    """The second of the sound at which so much of it was voice."""
    for start, end in runs:
        if voiced_s <= end - start:
            return start + max(voiced_s, 0.0)
        voiced_s -= end - start
    return runs[-1][1] if runs else 0.0
