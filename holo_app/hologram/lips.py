"""Co-articulation: mouth shapes begin before their sound, overlap, and end after it; lips that must touch, touch.

Source of the timing: TalkingHead (M. Mikael, MIT), measured habits of human speech; written anew. Of the dominance of closures:
Cohen and Massaro, "Modeling coarticulation in synthetic visual speech" (1993).
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable
from dataclasses import dataclass
from operator import attrgetter
from typing import Final

from holo_app.domain.speech import Viseme, VisemeCue
from holo_app.hologram.easing import eased

_STRONG: Final = frozenset({Viseme.PP, Viseme.FF})
_WEIGHT: Final = 0.6
_STRONG_WEIGHT: Final = 0.9
_RELEASE_S: Final = 0.012  # a closure opens with its burst, just before the next sound
_SLOW_S: Final = (0.10, 0.25)  # from the first on a shape grows towards 1.0, full at the second: slow speech opens more
_LONGEST_S: Final = 0.20  # a held vowel relaxes instead of freezing
_LEAD_S: Final = 0.060
_PEAK_S: Final = 0.025
_CUT_RELEASE_S: Final = 0.08
_SUM_LIMIT: Final = 1.0


@dataclass(frozen=True, slots=True)
class Gesture:
    """One mouth shape's rise and fall, in seconds on the audio's timeline. peak_weight: 0..1, held from peak_s to release_s."""

    viseme: Viseme
    start_s: float
    peak_s: float
    release_s: float
    end_s: float
    peak_weight: float

    def weight(self, at_s: float) -> float:
        """How far the mouth is in this shape at one instant, 0..1."""
        if not self.start_s < at_s < self.end_s:
            return 0.0
        if at_s < self.peak_s:
            return self.peak_weight * eased((at_s - self.start_s) / (self.peak_s - self.start_s))
        if at_s <= self.release_s:
            return self.peak_weight
        return self.peak_weight * eased((self.end_s - at_s) / (self.end_s - self.release_s))


def gesture(cue: VisemeCue) -> Gesture:
    """The gesture that a cue asks for."""
    length = max(cue.end_s - cue.start_s, 1e-3)
    held = min(length, _LONGEST_S)
    strong = cue.viseme in _STRONG
    weight = _STRONG_WEIGHT if strong else _WEIGHT
    # the lips are together while a closure sounds; other shapes are passed through
    peak_s = cue.start_s + (0.0 if strong else min(_PEAK_S, held / 2))
    slow = min(max((length - _SLOW_S[0]) / (_SLOW_S[1] - _SLOW_S[0]), 0.0), 1.0)
    return Gesture(
        viseme=cue.viseme,
        start_s=cue.start_s - min(_LEAD_S, 2 * held / 3),
        peak_s=peak_s,
        release_s=max(cue.start_s + held - _RELEASE_S, peak_s) if strong else peak_s,
        end_s=cue.start_s + held + min(_LEAD_S, held / 2),
        peak_weight=weight + (1.0 - weight) * slow,
    )


class LipTrack:
    """The mouth shapes that are due, on the audio's timeline. Time may only move on between calls of `weights`."""

    def __init__(self) -> None:
        self._gestures: list[Gesture] = []

    def schedule(self, cues: Iterable[VisemeCue]) -> None:
        """Add cues, in any order; silence only lets the shape before it go."""
        for cue in cues:
            if cue.viseme is not Viseme.SIL:
                insort(self._gestures, gesture(cue), key=attrgetter("start_s"))

    def cut(self, at_s: float) -> None:
        """The audio ends here: what has not begun is dropped, what has begun closes soon."""
        del self._gestures[bisect_left(self._gestures, at_s, key=attrgetter("start_s")) :]
        self._gestures = [_released(item, at_s) for item in self._gestures]

    def weights(self, at_s: float) -> dict[Viseme, float]:
        """Weight per mouth shape at one instant; together at most 1. What lies behind is forgotten."""
        self._gestures = [item for item in self._gestures if item.end_s > at_s]
        weights: dict[Viseme, float] = {}
        for item in self._gestures:
            if item.start_s >= at_s:
                break
            weights[item.viseme] = max(weights.get(item.viseme, 0.0), item.weight(at_s))
        return _shared(weights)


def _shared(weights: dict[Viseme, float]) -> dict[Viseme, float]:
    """The mouth shared out among its shapes: closures first, the rest of it to the others, in proportion."""
    strong = {viseme: weight for viseme, weight in weights.items() if viseme in _STRONG}
    left = _SUM_LIMIT - sum(strong.values())
    if left < 0.0:
        return {viseme: weight / (_SUM_LIMIT - left) for viseme, weight in strong.items()}
    others = sum(weights.values()) - (_SUM_LIMIT - left)
    scale = min(1.0, left / others) if others > 0.0 else 1.0
    return {viseme: weight if viseme in strong else weight * scale for viseme, weight in weights.items()}


def _released(item: Gesture, at_s: float) -> Gesture:
    """The gesture as it lets go at `at_s`, from the weight that it has by then."""
    if item.end_s <= at_s + _CUT_RELEASE_S:
        return item
    return Gesture(item.viseme, at_s - 1e-6, at_s, at_s, at_s + _CUT_RELEASE_S, item.weight(at_s))
