"""Movements of head, shoulders and face that begin and end at rest: what they do, and who may move what at a time.

Values are those of a FacePose, added to whatever the face does anyway: degrees for `yaw`, `pitch`, `roll` of the head and
`forward`, `sideways` of the body, 0..1 for the shoulders `right` and `left` and for the face.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from random import Random
from types import MappingProxyType
from typing import Final, TypeAlias

from holo_app.domain.acting import Gesture
from holo_app.hologram.easing import eased

Keys: TypeAlias = tuple[tuple[float, float], ...]
"""(share of the movement's time, value), between which the value eases; it begins and ends with 0."""
Visits: TypeAlias = tuple[tuple[float, float, float], ...]
"""Where the eyes go meanwhile: (yaw, pitch, seconds)."""

_STRENGTH: Final = (0.85, 1.15)
_TEMPO: Final = (0.9, 1.12)
_RELEASE_S: Final = 0.25


class Part(StrEnum):
    """What moves as one: two movements at once would blur into neither."""

    HEAD = "head"
    BODY = "body"
    FACE = "face"


class Rank(IntEnum):
    """Who gives way to whom."""

    IDLE = 0
    BEAT = 1
    GESTURE = 2


_PART_OF: Final[Mapping[str, Part]] = {
    **dict.fromkeys(("yaw", "pitch", "roll"), Part.HEAD),
    **dict.fromkeys(("right", "left", "forward", "sideways"), Part.BODY),
    **dict.fromkeys(("smile", "frown", "brow_up", "brow_down", "eyes_wide", "squint"), Part.FACE),
}
_MIRRORED: Final = frozenset({"yaw", "roll", "sideways"})
_OTHER_SIDE: Final = {"right": "left", "left": "right"}


@dataclass(frozen=True, slots=True)
class Movement:
    """One movement. visits: see Visits. sided: it may as well be done to the other side. anytime: it says nothing."""

    name: str
    seconds: float
    tracks: Mapping[str, Keys]
    rank: Rank = Rank.IDLE
    visits: Visits = ()
    sided: bool = False
    anytime: bool = False

    @property
    def parts(self) -> frozenset[Part]:
        """What it moves."""
        return frozenset(_PART_OF[name] for name in self.tracks)


def _gesture(gesture: Gesture, seconds: float, *, sided: bool = False, visits: Visits = (), **tracks: Keys) -> Movement:
    return Movement(gesture.value, seconds, MappingProxyType(tracks), Rank.GESTURE, visits, sided=sided)


GESTURES: Final[Mapping[Gesture, Movement]] = {
    Gesture.NOD: _gesture(
        Gesture.NOD, 0.95, pitch=((0.18, -6.5), (0.40, 1.2), (0.62, -4.2)), brow_up=((0.2, 0.14), (0.6, 0.06))
    ),
    Gesture.SHAKE: _gesture(
        Gesture.SHAKE, 1.25, sided=True, yaw=((0.15, -6.5), (0.38, 6.5), (0.60, -5.0), (0.80, 2.6))
    ),
    Gesture.TILT: _gesture(
        Gesture.TILT, 1.7, sided=True, roll=((0.28, 6.0), (0.70, 6.0)), brow_up=((0.25, 0.20), (0.70, 0.16))
    ),
    Gesture.SHRUG: _gesture(
        Gesture.SHRUG,
        1.35,
        sided=True,
        right=((0.25, 0.90), (0.55, 0.86)),
        left=((0.29, 0.84), (0.57, 0.80)),
        roll=((0.30, 3.4), (0.60, 3.4)),
        brow_up=((0.22, 0.36), (0.60, 0.30)),
        frown=((0.25, 0.22), (0.60, 0.18)),
    ),
    # who bows looks down: eyes that stay up under lowered brows threaten
    Gesture.BOW: _gesture(
        Gesture.BOW,
        1.6,
        visits=((0.0, -10.0, 0.95), (0.0, 0.0, 0.8)),
        pitch=((0.36, -11.0), (0.56, -11.0)),
        forward=((0.36, 5.0), (0.56, 5.0)),
    ),
}
BEAT: Final = Movement("beat", 0.44, {"pitch": ((0.40, -2.4),), "brow_up": ((0.40, 0.14),)}, Rank.BEAT)


@dataclass(slots=True)
class _Playing:
    """A movement under way, in its own size, tempo and side."""

    movement: Movement
    began_s: float
    seconds: float
    strength: float
    mirrored: bool
    released_s: float | None = None

    def add_to(self, values: dict[str, float], now_s: float) -> None:
        share = (now_s - self.began_s) / self.seconds
        strength = self.strength
        if self.released_s is not None:
            strength *= 1.0 - eased(min((now_s - self.released_s) / _RELEASE_S, 1.0))
        for name, keys in self.movement.tracks.items():
            value = strength * _between(keys, share)
            target = name
            if self.mirrored:
                target = _OTHER_SIDE.get(name, name)
                value = -value if name in _MIRRORED else value
            values[target] = values.get(target, 0.0) + value

    def over(self, now_s: float) -> bool:
        gone = self.released_s is not None and now_s >= self.released_s + _RELEASE_S
        return gone or now_s >= self.began_s + self.seconds


class Performance:
    """Plays movements, one at a time for each part. Times must not run backwards."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._playing: list[_Playing] = []

    @property
    def under_way(self) -> tuple[Movement, ...]:
        """The movements that nothing has replaced."""
        return tuple(playing.movement for playing in self._playing if playing.released_s is None)

    def play(self, movement: Movement, now_s: float, *, strength: float = 1.0) -> bool | None:
        """Begin a movement, unless one as important holds a part that it needs; lesser ones let go.

        Returns: whether it is done to the other side; None where it is not done.
        """
        self._forget(now_s)
        rivals = [
            playing
            for playing in self._playing
            if playing.released_s is None and not playing.movement.parts.isdisjoint(movement.parts)
        ]
        if any(rival.movement.rank >= movement.rank for rival in rivals):
            return None
        for rival in rivals:
            rival.released_s = now_s
        random = self._random
        seconds, strength = movement.seconds * random.uniform(*_TEMPO), strength * random.uniform(*_STRENGTH)
        mirrored = movement.sided and random.random() < 0.5  # noqa: PLR2004 - either side
        self._playing.append(_Playing(movement, now_s, seconds, strength, mirrored))
        return mirrored

    def release(self, rank: Rank, now_s: float) -> None:
        """Let go of all movements of a rank."""
        for playing in self._playing:
            if playing.movement.rank is rank and not playing.movement.anytime and playing.released_s is None:
                playing.released_s = now_s

    def values(self, now_s: float) -> dict[str, float]:
        """What the movements add now, by name; what is not named is 0."""
        self._forget(now_s)
        values: dict[str, float] = {}
        for playing in self._playing:
            playing.add_to(values, now_s)
        return values

    def _forget(self, now_s: float) -> None:
        self._playing = [playing for playing in self._playing if not playing.over(now_s)]


def _between(keys: Keys, share: float) -> float:
    before, value = 0.0, 0.0
    for at, wanted in (*keys, (1.0, 0.0)):
        if share < at:
            return value + (wanted - value) * eased((share - before) / (at - before))
        before, value = at, wanted
    return 0.0
