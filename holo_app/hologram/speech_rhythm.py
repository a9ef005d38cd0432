"""What the rhythm of speech does to the body: beats with stressed vowels, a breath before the first word, pauses."""

from __future__ import annotations

import math
from collections.abc import Iterable
from random import Random
from typing import Final

from holo_app.domain.speech import Viseme, VisemeCue

OPEN_VOWELS: Final = frozenset({Viseme.AA, Viseme.E, Viseme.O})
_VOWELS: Final = OPEN_VOWELS | {Viseme.I, Viseme.U}
_STRESSED: Final = 1.15  # times the length of the vowels around: English, German and French stress lasts
_SHORTEST_S: Final = 0.07
_APART_S: Final = 0.55
_BEATEN: Final = 0.65  # who beats every stress conducts
_PAUSE_S: Final = 0.12
_USUAL_VOWEL_S: Final = 0.09
_LEARNS: Final = 0.12


class Stresses:
    """Finds the vowels that a beat goes with."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._usual_s = _USUAL_VOWEL_S
        self._last_s = -math.inf

    def beats(self, cues: Iterable[VisemeCue]) -> list[float]:
        """When to beat, in seconds on the cues' timeline; cues in order, later ones in later calls."""
        beats = []
        for cue in cues:
            if cue.viseme not in _VOWELS:
                continue
            length = cue.end_s - cue.start_s
            stressed = length >= max(_STRESSED * self._usual_s, _SHORTEST_S)
            self._usual_s += _LEARNS * (length - self._usual_s)
            apart = abs(cue.start_s - self._last_s) >= _APART_S
            if stressed and apart and self._random.random() < _BEATEN:
                self._last_s = cue.start_s
                beats.append(cue.start_s)
        return beats


def pauses(cues: Iterable[VisemeCue]) -> list[float]:
    """Where silences begin that end a clause, in seconds on the cues' timeline."""
    return [cue.start_s for cue in cues if cue.viseme is Viseme.SIL and cue.end_s - cue.start_s >= _PAUSE_S]


_CYCLE_S: Final = 4.2
_INHALE_S: Final = 0.35
_SPENT_S: Final = 2.6  # speech uses the breath up
_QUIET_S: Final = 0.6


class Breath:
    """Breathing in cycles of uneven length; before speech a quick breath in, which the words use up."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._phase = random.uniform(0.0, 1.0)
        self._cycle_s = self._next_cycle_s()
        self._taken = 0.0
        self._inhaling_until_s = -math.inf
        self._spoke_s = -math.inf

    def speech_comes(self, now_s: float) -> None:
        """Words are about to be said: breathe in, unless they only go on."""
        if now_s - self._spoke_s > _QUIET_S:
            self._inhaling_until_s = now_s + _INHALE_S

    def spoke(self, now_s: float) -> None:
        """A word sounds."""
        self._spoke_s = now_s

    def at(self, now_s: float, step_s: float) -> float:
        """How full the lungs are, 0..1."""
        step_s = 0.0 if math.isinf(step_s) else step_s
        self._phase += step_s / self._cycle_s
        if self._phase >= 1.0:
            self._phase -= 1.0
            self._cycle_s = self._next_cycle_s()
        if now_s < self._inhaling_until_s:
            self._taken += (1.0 - self._taken) * (1.0 - math.exp(-5.0 * step_s / _INHALE_S))
        else:
            self._taken *= math.exp(-step_s / _SPENT_S)
        resting = 0.5 - 0.5 * math.cos(2 * math.pi * self._phase)
        return resting + (1.0 - resting) * self._taken

    def _next_cycle_s(self) -> float:
        return _CYCLE_S * self._random.uniform(0.85, 1.2)
