"""What somebody does who waits: small things, never the same one twice within a minute."""

from __future__ import annotations

from random import Random
from types import MappingProxyType
from typing import Final

from holo_app.domain.avatar import Mood
from holo_app.hologram.movements import Keys, Movement, Visits

NOT_AGAIN_WITHIN_S: Final = 60.0
_EVERY_S: Final = (4.5, 9.0)
_EVERY_WHILE_BUSY_S: Final = (8.0, 20.0)
_TRY_AGAIN_S: Final = 1.0


def _act(name: str, seconds: float, *, visits: Visits = (), anytime: bool = False, **tracks: Keys) -> Movement:
    return Movement(name, seconds, MappingProxyType(tracks), visits=visits, sided=True, anytime=anytime)


IDLE_ACTS: Final = (
    _act("look_around", 3.6, visits=((-26, 2, 1.1), (20, -1, 1.3)), yaw=((0.15, -6), (0.35, -6), (0.55, 5), (0.8, 5))),
    _act("look_aside", 3.0, visits=((30, 1, 1.9),), yaw=((0.2, 9), (0.7, 9))),
    _act("look_at_the_ceiling", 2.8, visits=((-9, 19, 1.8),), pitch=((0.25, 6), (0.7, 6)), roll=((0.3, -2), (0.7, -2))),
    _act("look_down", 2.2, visits=((5, -20, 1.3),), pitch=((0.3, -5), (0.65, -5))),
    _act("look_at_the_shelf", 3.2, visits=((-24, -9, 1.0), (-17, -11, 1.1)), yaw=((0.2, -7), (0.7, -5))),
    _act("weight_shift", 6.5, anytime=True, sideways=((0.16, 3.4), (0.82, 3.1))),
    _act("rock", 5.0, anytime=True, sideways=((0.25, 1.9), (0.55, -1.9), (0.8, 0.8))),
    _act("lean_in", 4.6, anytime=True, forward=((0.25, 3.6), (0.75, 3.2))),
    _act("lean_back", 4.8, anytime=True, forward=((0.25, -2.8), (0.75, -2.6))),
    _act("shoulder_roll", 2.4, anytime=True, right=((0.25, 0.55), (0.6, 0.0)), left=((0.15, 0.0), (0.5, 0.55))),
    _act("sigh", 3.0, anytime=True, right=((0.4, 0.5), (0.55, 0.45)), left=((0.4, 0.5), (0.55, 0.45))),
    _act("small_smile", 2.8, smile=((0.25, 0.36), (0.7, 0.32)), squint=((0.3, 0.28), (0.65, 0.2))),
    _act("brow_raise", 1.1, brow_up=((0.3, 0.5), (0.6, 0.42))),
    _act(
        "ponder", 2.4, visits=((-15, 11, 1.5),), squint=((0.3, 0.34), (0.7, 0.3)), brow_down=((0.3, 0.3), (0.7, 0.26))
    ),
    _act("wide_eyes", 1.3, eyes_wide=((0.25, 0.5), (0.6, 0.4)), brow_up=((0.25, 0.3), (0.6, 0.24))),
    _act("head_tilt", 3.4, roll=((0.2, 5.2), (0.75, 4.8))),
    _act("neck_stretch", 3.6, roll=((0.3, 6.4), (0.5, 6.4), (0.8, -2.4))),
    _act("nod_to_self", 1.5, pitch=((0.25, -3.2), (0.5, 0.6), (0.72, -2.0)), smile=((0.4, 0.16),)),
    _act("chin_up", 2.8, pitch=((0.25, 4.2), (0.7, 3.8))),
    _act("turn_aside", 3.6, yaw=((0.22, 9.0), (0.7, 8.0))),
)


class IdleActs:
    """Chooses them. The same seed and the same calls give the same acts. Times must not run backwards."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._done_s: dict[str, float] = {}
        self._next_s: float | None = None

    def due(self, now_s: float, mood: Mood) -> Movement | None:
        """What to do now, if anything. Outside of idleness only what says nothing: a shift of weight, not a look away."""
        every_s = _EVERY_S if mood is Mood.IDLE else _EVERY_WHILE_BUSY_S
        if self._next_s is None or self._next_s > now_s + every_s[1]:
            self._next_s = now_s + self._random.uniform(*every_s)
        if now_s < self._next_s:
            return None
        fresh = [
            act
            for act in IDLE_ACTS
            if (mood is Mood.IDLE or act.anytime)
            and now_s - self._done_s.get(act.name, float("-inf")) >= NOT_AGAIN_WITHIN_S
        ]
        self._next_s = now_s + self._random.uniform(*every_s)
        return self._random.choice(fresh) if fresh else None

    def began(self, act: Movement, now_s: float) -> None:
        """It is being done."""
        self._done_s[act.name] = now_s + act.seconds

    def hindered(self, now_s: float) -> None:
        """It could not be done: something else soon."""
        self._next_s = now_s + _TRY_AGAIN_S
