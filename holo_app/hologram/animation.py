"""Turns what is said, what is going on and the time into the face of one instant. Pure but for its own memory."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from random import Random
from typing import Final

from holo_app.domain.avatar import FacePose, Mood
from holo_app.domain.speech import Viseme, VisemeCue
from holo_app.hologram.gaze import Blinker, Gaze
from holo_app.hologram.lips import LipTrack

_BREATH_S: Final = 4.2
_SETTLE_S: Final = 0.28  # time constant of moods fading into each other
_HEAD_SETTLE_S: Final = 0.45  # the head is heavier than the brows
_HEAD_FOLLOWS_GAZE: Final = 0.22
_EYES_GIVE_WAY: Final = 0.85
_NOD_DEGREES: Final = 2.6
_SLOWEST_FRAME_S: Final = 0.5  # after a longer gap the face has simply arrived


@dataclass(frozen=True, slots=True)
class Expression:
    """What a mood does to the face. head: (yaw, pitch, roll) in degrees. sway: strength of idle movement."""

    smile: float
    brow_up: float
    brow_down: float
    head: tuple[float, float, float]
    sway: float


EXPRESSIONS: Final[Mapping[Mood, Expression]] = {
    Mood.IDLE: Expression(0.30, 0.0, 0.0, (0.0, 0.0, 0.0), 1.0),
    Mood.LISTENING: Expression(0.38, 0.28, 0.0, (0.0, 1.0, 4.5), 0.5),
    Mood.THINKING: Expression(0.12, 0.30, 0.22, (-6.0, 4.0, -3.0), 0.6),
    Mood.SPEAKING: Expression(0.24, 0.10, 0.0, (0.0, 0.0, 0.0), 1.1),
    Mood.TROUBLE: Expression(0.0, 0.55, 0.35, (0.0, -3.0, -3.5), 0.4),
}


class FaceAnimator:
    """One face over time. The same seed and the same calls give the same poses.

    Cues are in seconds on the timeline of the audio that is heard (the content position of the speaker), so that the
    lips wait when the audio waits.
    """

    def __init__(self, seed: int) -> None:
        random = Random(seed)  # noqa: S311 - a face's whims, not a secret
        self._phases = tuple(random.uniform(0.0, 2 * math.pi) for _ in range(6))
        self._blinker = Blinker(random)
        self._gaze = Gaze(random)
        self._lips = LipTrack()
        self._last_s: float | None = None
        self._felt = (0.0, 0.0, 0.0)
        self._head = (0.0, 0.0, 0.0)
        self._loudness = 0.0

    def schedule(self, cues: Iterable[VisemeCue]) -> None:
        """Add mouth shapes; cues in absolute seconds on the audio's timeline, in any order."""
        self._lips.schedule(cues)

    def cut(self, at_s: float) -> None:
        """The audio was stopped at this position: the mouth closes and the rest is forgotten."""
        self._lips.cut(at_s)

    def pose(self, now_s: float, audio_position_s: float | None, mood: Mood) -> FacePose:
        """The face now.

        Args: now_s: a monotonic clock; a step back counts as no step. audio_position_s: the sample that the visitor
            hears now, in seconds on the cues' timeline; None while nothing has played.
        """
        step_s = self._step(now_s)
        now_s = self._last_s if self._last_s is not None else now_s
        visemes = {} if audio_position_s is None else self._lips.weights(audio_position_s)
        gaze, far = self._gaze.look(now_s, mood)
        if far:
            self._blinker.soon(now_s)
        expression = EXPRESSIONS[mood]
        target = (expression.smile, expression.brow_up, expression.brow_down)
        self._felt = _approach3(self._felt, target, step_s, _SETTLE_S)
        opening = sum(weight for viseme, weight in visemes.items() if viseme in _OPEN)
        self._loudness = _approach(self._loudness, opening, step_s, 0.18)
        self._head = _approach3(self._head, self._head_target(gaze, expression), step_s, _HEAD_SETTLE_S)
        smile, brow_up, brow_down = self._felt
        return FacePose(
            visemes=visemes,
            blink=self._blinker.blink(now_s),
            smile=smile * (1.0 - 0.45 * min(sum(visemes.values()), 1.0)),  # speech needs the lips
            brow_up=min(brow_up + 0.22 * self._loudness, 1.0),
            brow_down=brow_down,
            gaze=_clear_of_head(gaze, self._head),
            head=self._moving_head(now_s, expression),
            breath=0.5 - 0.5 * math.cos(2 * math.pi * now_s / _BREATH_S + self._phases[0]),
        )

    def _step(self, now_s: float) -> float:
        """Seconds since the last pose; the first pose finds the face settled."""
        if self._last_s is None:
            self._last_s = now_s
            return math.inf
        step_s = max(now_s - self._last_s, 0.0)
        self._last_s = max(now_s, self._last_s)
        return step_s if step_s < _SLOWEST_FRAME_S else math.inf

    def _head_target(self, gaze: tuple[float, float], expression: Expression) -> tuple[float, float, float]:
        yaw, pitch, roll = expression.head
        return (yaw + _HEAD_FOLLOWS_GAZE * gaze[0], pitch + _HEAD_FOLLOWS_GAZE * gaze[1], roll)

    def _moving_head(self, now_s: float, expression: Expression) -> tuple[float, float, float]:
        """Slow sway in periods that never meet again, and a small nod with each stressed vowel."""
        yaw, pitch, roll = self._head
        _, a, b, c, d, e = self._phases
        sway = expression.sway
        yaw += sway * (1.5 * math.sin(now_s / 2.3 + a) + 0.8 * math.sin(now_s / 0.97 + b))
        pitch += sway * (0.8 * math.sin(now_s / 1.9 + c) + 0.4 * math.sin(now_s / 0.83 + d))
        roll += sway * 0.9 * math.sin(now_s / 3.1 + e)
        return (yaw, pitch - _NOD_DEGREES * self._loudness, roll)


_OPEN: Final = frozenset({Viseme.AA, Viseme.E, Viseme.O})


def _approach(value: float, target: float, step_s: float, settle_s: float) -> float:
    return target + (value - target) * math.exp(-step_s / settle_s)


def _approach3(
    value: tuple[float, float, float], target: tuple[float, float, float], step_s: float, settle_s: float
) -> tuple[float, float, float]:
    x, y, z = (_approach(v, t, step_s, settle_s) for v, t in zip(value, target, strict=True))
    return (x, y, z)


def _clear_of_head(gaze: tuple[float, float], head: tuple[float, float, float]) -> tuple[float, float]:
    """Eyes turn less by what the head already turned, so that a held gaze stays on the visitor."""
    return (gaze[0] - _EYES_GIVE_WAY * head[0], gaze[1] - _EYES_GIVE_WAY * head[1])
