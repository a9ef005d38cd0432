"""Eyes that hold and break contact, follow a visitor and glance at things, and lids that blink: on the caller's clock."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from random import Random
from typing import Final, TypeAlias

from holo_app.domain.avatar import Mood
from holo_app.hologram.easing import eased

Angles: TypeAlias = tuple[float, float]
_CLOSE_S: Final = 0.07
_SHUT_S: Final = 0.04
_OPEN_S: Final = 0.14
_BLINK_EVERY_S: Final = (1.0, 8.0)
_DOUBLE_BLINK: Final = 0.12
_SACCADE_S: Final = (0.025, 0.0022)  # and for each degree: Bahill, Clark and Stark, "The main sequence" (1975)
_BLINK_WITH_SHIFT: Final = 0.35
_BIG_SHIFT_DEGREES: Final = 12.0
_MICRO_EVERY_S: Final = (0.35, 1.1)
_MICRO_DEGREES: Final = 0.22
_GLANCE_S: Final = 0.8
_GLANCE_AGAIN_S: Final = 3.0
_FOLLOWS_S: Final = 0.18  # time constant of eyes that pursue, and of a camera's jitter that they do not show
_SEEN_CONTACT: Final = 0.65  # somebody who is there is looked at, even in idleness
_REACH: Final = (35.0, 24.0)  # degrees: what lies beyond is looked at from the corner of the eye


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
            return 1.0 - eased(opening)
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
        self._on_visitor = True
        self._moved_s = self._until_s = self._tremor_s = self._now_s = self._glanced_s = -math.inf
        self._saccade_s = _SACCADE_S[0]
        self._tremor: Angles = (0.0, 0.0)
        self._mood: Mood | None = None
        self._point: Angles | None = None
        self._visitor: Angles = (0.0, 0.0)
        self._glance: Angles | None = None
        self._glancing = False
        self._visits: deque[tuple[float, float, float]] = deque()

    @property
    def visitor(self) -> Angles:
        """Where the visitor's face is taken to be, (yaw, pitch) in degrees; straight ahead where nobody says."""
        return self._visitor

    def look_at(self, point: Angles | None) -> None:
        """Where the visitor's face is now, (yaw, pitch) in degrees; None: not known. It is followed smoothly."""
        self._point = None if point is None else (_within(point[0], _REACH[0]), _within(point[1], _REACH[1]))

    def glance(self, point: Angles) -> None:
        """Look at something for a moment, at once, and back at the visitor; not again when it has just been done."""
        if self._glance is None and self._now_s - self._glanced_s >= _GLANCE_AGAIN_S:
            self._glance = (_within(point[0], _REACH[0]), _within(point[1], _REACH[1]))

    def wander(self, visits: Iterable[tuple[float, float, float]]) -> None:
        """Look at these (yaw, pitch, seconds) one after the other, as long as the mood lasts."""
        self._visits = deque(visits)
        if self._visits and not self._glancing:
            self._until_s = min(self._until_s, self._now_s)

    def look(self, now_s: float, mood: Mood) -> tuple[Angles, bool]:
        """Where the eyes point, (yaw, pitch) in degrees, and whether they have just set out on a long way."""
        self._follow(now_s)
        if mood is not self._mood:
            self._visits.clear()
        far = False
        if self._glance is not None:
            far = self._set_out(now_s, self._glance, on_visitor=False, hold_s=_GLANCE_S)
            self._glance, self._glanced_s, self._glancing = None, now_s, True
        elif now_s >= self._until_s or (mood is not self._mood and not self._glancing):
            to, on_visitor, hold_s = self._choose(mood)
            far = self._set_out(now_s, to, on_visitor=on_visitor, hold_s=hold_s)
            self._glancing = False
        self._mood = mood
        return self._at(now_s), far

    def _follow(self, now_s: float) -> None:
        step_s = now_s - self._now_s
        self._now_s = now_s
        goal = self._point or (0.0, 0.0)
        if self._visitor != goal:
            stays = math.exp(-step_s / _FOLLOWS_S)
            x, y = (g + (v - g) * stays for v, g in zip(self._visitor, goal, strict=True))
            self._visitor = goal if abs(x - goal[0]) + abs(y - goal[1]) < 0.01 else (x, y)  # noqa: PLR2004 - degrees
        if now_s >= self._tremor_s:
            # eyes that hold quite still look painted
            self._tremor = (self._random.gauss(0.0, _MICRO_DEGREES), self._random.gauss(0.0, _MICRO_DEGREES))
            self._tremor_s = now_s + self._random.uniform(*_MICRO_EVERY_S)

    def _set_out(self, now_s: float, to: Angles, *, on_visitor: bool, hold_s: float) -> bool:
        self._from = self._at(now_s)
        self._to, self._on_visitor = to, on_visitor
        self._moved_s, self._until_s = now_s, now_s + hold_s
        goal = self._goal()
        way = abs(goal[0] - self._from[0]) + abs(goal[1] - self._from[1])
        self._saccade_s = _SACCADE_S[0] + _SACCADE_S[1] * way
        return way > _BIG_SHIFT_DEGREES and self._random.random() < _BLINK_WITH_SHIFT

    def _goal(self) -> Angles:
        x, y = self._visitor if self._on_visitor else (0.0, 0.0)
        return (x + self._to[0] + self._tremor[0], y + self._to[1] + self._tremor[1])

    def _at(self, now_s: float) -> Angles:
        goal = self._goal()
        t = min(max((now_s - self._moved_s) / self._saccade_s, 0.0), 1.0)
        t = eased(t)
        return (self._from[0] + (goal[0] - self._from[0]) * t, self._from[1] + (goal[1] - self._from[1]) * t)

    def _choose(self, mood: Mood) -> tuple[Angles, bool, float]:
        """Where to look next, whether that is counted from the visitor, and for how long."""
        random, habit = self._random, HABITS[mood]
        if self._visits:
            yaw, pitch, hold_s = self._visits.popleft()
            return (yaw, pitch), False, hold_s
        seen = self._point is not None and mood is not Mood.THINKING
        contact = max(habit.contact, _SEEN_CONTACT) if seen else habit.contact
        # what is glanced at is glanced at for the visitor's sake: the eyes come back to see whether it was noticed
        if self._glancing or random.random() < contact:
            # even a held gaze wanders over the other's face
            return (random.gauss(0.0, 1.2), random.gauss(0.0, 0.8)), True, random.uniform(*habit.hold_s)
        yaw = habit.aside[0] + random.uniform(-1.0, 1.0) * habit.spread[0]
        pitch = habit.aside[1] + random.uniform(-1.0, 1.0) * habit.spread[1]
        return (yaw, pitch), True, random.uniform(*habit.away_s)


def _within(value: float, limit: float) -> float:
    return min(max(value, -limit), limit)
