"""Eyes that hold and break contact, and lids that blink: seeded, on the caller's clock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Final, TypeAlias

from holo_app.domain.avatar import Mood

Angles: TypeAlias = tuple[float, float]
_CLOSE_S: Final = 0.07
_SHUT_S: Final = 0.04
_OPEN_S: Final = 0.14
_BLINK_EVERY_S: Final = (1.0, 8.0)
_DOUBLE_BLINK: Final = 0.12
_SACCADE_S: Final = 0.07
_BLINK_WITH_SHIFT: Final = 0.35
_BIG_SHIFT_DEGREES: Final = 12.0


class Blinker:
    """Decides when the lids close. Times must not run backwards."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._next_s: float | None = None

    def blink(self, now_s: float) -> float:
        """How closed the lids are, 0..1."""
        if self._next_s is None:
            self._next_s = now_s + self._random.uniform(*_BLINK_EVERY_S)
        since = now_s - self._next_s
        if since < 0:
            return 0.0
        if since < _CLOSE_S:
            return since / _CLOSE_S
        if since < _CLOSE_S + _SHUT_S:
            return 1.0
        opening = (since - _CLOSE_S - _SHUT_S) / _OPEN_S
        if opening < 1.0:
            return 1.0 - opening * opening * (3.0 - 2.0 * opening)
        again = self._random.random() < _DOUBLE_BLINK
        self._next_s = now_s + (0.12 if again else self._random.uniform(*_BLINK_EVERY_S))
        return 0.0

    def soon(self, now_s: float) -> None:
        """Blink now unless one is under way: people do when their eyes travel far."""
        if self._next_s is not None and self._next_s > now_s:
            self._next_s = now_s


@dataclass(frozen=True, slots=True)
class GazeHabit:
    """How a mood looks. contact: share of fixations on the visitor. hold_s, away_s: how long each lasts, from-to.

    aside: (yaw, pitch) in degrees that the eyes wander around. spread: how far from it, in degrees.
    """

    contact: float
    hold_s: Angles
    away_s: Angles
    aside: Angles
    spread: Angles


HABITS: Final[Mapping[Mood, GazeHabit]] = {
    Mood.IDLE: GazeHabit(0.35, (1.5, 3.5), (1.2, 3.0), (0.0, 0.0), (16.0, 5.0)),
    Mood.LISTENING: GazeHabit(0.90, (2.0, 5.0), (0.4, 0.9), (0.0, -3.0), (7.0, 3.0)),
    Mood.THINKING: GazeHabit(0.10, (0.5, 0.9), (0.8, 2.2), (-22.0, 14.0), (6.0, 3.0)),
    Mood.SPEAKING: GazeHabit(0.60, (1.2, 3.5), (0.4, 1.0), (0.0, 2.0), (11.0, 4.0)),
    Mood.TROUBLE: GazeHabit(0.65, (1.0, 2.5), (0.6, 1.4), (0.0, -7.0), (8.0, 3.0)),
}


class Gaze:
    """Moves the eyes from one fixation to the next. Times must not run backwards."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._from: Angles = (0.0, 0.0)
        self._to: Angles = (0.0, 0.0)
        self._moved_s = float("-inf")
        self._until_s = float("-inf")
        self._mood: Mood | None = None

    def look(self, now_s: float, mood: Mood) -> tuple[Angles, bool]:
        """Where the eyes point, (yaw, pitch) in degrees, and whether they have just set out on a long way."""
        far = False
        if mood is not self._mood or now_s >= self._until_s:
            self._from = self._at(now_s)
            self._to, hold_s = self._choose(HABITS[mood])
            self._moved_s, self._until_s, self._mood = now_s, now_s + hold_s, mood
            way = abs(self._to[0] - self._from[0]) + abs(self._to[1] - self._from[1])
            far = way > _BIG_SHIFT_DEGREES and self._random.random() < _BLINK_WITH_SHIFT
        return self._at(now_s), far

    def _at(self, now_s: float) -> Angles:
        t = min(max((now_s - self._moved_s) / _SACCADE_S, 0.0), 1.0)
        t = t * t * (3.0 - 2.0 * t)
        return (
            self._from[0] + (self._to[0] - self._from[0]) * t,
            self._from[1] + (self._to[1] - self._from[1]) * t,
        )

    def _choose(self, habit: GazeHabit) -> tuple[Angles, float]:
        random = self._random
        if random.random() < habit.contact:
            # even a held gaze wanders over the other's face
            return (random.gauss(0.0, 1.2), random.gauss(0.0, 0.8)), random.uniform(*habit.hold_s)
        yaw = habit.aside[0] + random.uniform(-1.0, 1.0) * habit.spread[0]
        pitch = habit.aside[1] + random.uniform(-1.0, 1.0) * habit.spread[1]
        return (yaw, pitch), random.uniform(*habit.away_s)
