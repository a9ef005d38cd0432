"""Turns what is said, what is going on and the time into the face of one instant. Pure but for its own memory."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from random import Random
from typing import Final

from holo_app.domain.acting import FaceCue
from holo_app.domain.avatar import Expression, FacePose, Mood
from holo_app.domain.speech import Viseme, VisemeCue
from holo_app.hologram.camera import HEAD_LIMIT
from holo_app.hologram.expressions import Looks
from holo_app.hologram.feelings import RESTING, Settling, SpokenFeelings
from holo_app.hologram.gaze import Angles, Blinker, Gaze
from holo_app.hologram.idle_acts import IdleActs
from holo_app.hologram.lips import LipTrack
from holo_app.hologram.movements import BEAT, GESTURES, Movement, Performance, Rank
from holo_app.hologram.speech_rhythm import OPEN_VOWELS, Breath, Stresses, pauses
from holo_app.hologram.timeline import Timeline

_SETTLE_S: Final = 0.55  # until a mood or an expression is nine tenths there
_BODY_SETTLE_S: Final = 0.95  # head and shoulders are heavier than the brows
_LOUDNESS_S: Final = 0.18
_FOLLOWS_GAZE: Final = 0.22
_FOLLOWS_VISITOR: Final = 0.55  # somebody who stays aside is faced, not eyed
_EYES_GIVE_WAY: Final = 0.95
_EYE_LIMIT: Final = (32.0, 22.0)
_LIMIT_KNEE: Final = 0.7
_BEAT_LEADS_S: Final = 0.12
_BROWS_SPEAK: Final = 0.10
_BLINK_AT_PAUSE: Final = 0.45
_SLOWEST_FRAME_S: Final = 0.5  # after a longer gap the face has simply arrived
_SWAY: Final = {Mood.IDLE: 1.0, Mood.LISTENING: 0.5, Mood.THINKING: 0.6, Mood.SPEAKING: 1.1, Mood.TROUBLE: 0.4}


class FaceAnimator:
    """One face over time. The same seed and the same calls give the same poses.

    Cues are in seconds on the timeline of the audio that is heard (the content position of the speaker), so that the
    lips, the expressions and the gestures wait when the audio waits.
    """

    def __init__(self, seed: int) -> None:
        random = Random(seed)  # noqa: S311 - a face's whims, not a secret
        self._random = random
        self._phases = tuple(random.uniform(0.0, 2 * math.pi) for _ in range(5))
        self._blinker = Blinker(random)
        self._gaze = Gaze(random)
        self._lips = LipTrack()
        self._spoken = SpokenFeelings(random)
        self._stresses = Stresses(random)
        self._beats: Timeline[None] = Timeline()
        self._pauses: Timeline[None] = Timeline()
        self._performance = Performance(random)
        self._idle = IdleActs(random)
        self._breath = Breath(random)
        self._face = Settling(6, _SETTLE_S)
        self._body = Settling(8, _BODY_SETTLE_S)
        self._last_s: float | None = None
        self._mood: Mood | None = None
        self._loudness = 0.0
        self._speech_comes = False

    @property
    def moving(self) -> tuple[str, ...]:
        """The names of the gestures, beats and idle acts that are under way."""
        return tuple(movement.name for movement in self._performance.under_way)

    def schedule(self, cues: Iterable[VisemeCue]) -> None:
        """Add mouth shapes; cues in absolute seconds on the audio's timeline, in any order."""
        cues = tuple(cues)
        self._lips.schedule(cues)
        for at_s in self._stresses.beats(cues):
            self._beats.add(at_s - _BEAT_LEADS_S, None)
        for at_s in pauses(cues):
            self._pauses.add(at_s, None)
        self._speech_comes = True

    def act(self, cue: FaceCue) -> None:
        """Add how a clause is said; one with the same start as another brings better times."""
        self._spoken.schedule(cue)

    def cut(self, at_s: float) -> None:
        """The audio was stopped at this position: the mouth closes and the rest is forgotten."""
        self._lips.cut(at_s)
        self._spoken.cut()
        self._beats.cut(at_s)
        self._pauses.cut(at_s)

    def look_at(self, point: Angles | None) -> None:
        """Where the visitor's face is, (yaw, pitch) in degrees as FacePose.gaze; None where nobody knows. Any rate will do."""
        self._gaze.look_at(point)

    def glance(self, yaw: float, pitch: float) -> None:
        """Look there for a moment from the next pose on, unless a glance has just been made."""
        self._gaze.glance((yaw, pitch))

    def pose(self, now_s: float, audio_position_s: float | None, mood: Mood) -> FacePose:
        """The face now.

        Args: now_s: a monotonic clock; a step back counts as no step. audio_position_s: the sample that the visitor
            hears now, in seconds on the cues' timeline; None while nothing has played.
        """
        step_s = self._step(now_s)
        now_s = self._last_s if self._last_s is not None else now_s
        visemes = {} if audio_position_s is None else self._lips.weights(audio_position_s)
        shown = self._spoken.shown(audio_position_s, now_s)
        looks = RESTING[mood] if shown is None else shown[1]
        gaze = self._look(now_s, Mood.THINKING if shown is not None and shown[0] is Expression.THINKING else mood)
        self._move(now_s, audio_position_s, mood)
        moves = self._performance.values(now_s)
        self._hear(visemes, now_s, step_s)
        face = self._face.follow(_face_of(looks), step_s)
        body = self._body.follow(self._body_target(gaze, looks, mood), step_s)
        head = self._head(now_s, body, moves)
        smile, frown, brow_up, brow_down, eyes_wide, squint = face
        speech_needs_lips = 1.0 - 0.45 * min(sum(visemes.values()), 1.0)
        return FacePose(
            visemes=visemes,
            blink=self._blinker.blink(now_s),
            smile=_weight(smile + moves.get("smile", 0.0)) * speech_needs_lips,
            frown=_weight(frown + moves.get("frown", 0.0)) * speech_needs_lips,
            brow_up=_weight(brow_up + moves.get("brow_up", 0.0) + _BROWS_SPEAK * self._loudness),
            brow_down=_weight(brow_down + moves.get("brow_down", 0.0)),
            eyes_wide=_weight(eyes_wide + moves.get("eyes_wide", 0.0)),
            squint=_weight(squint + moves.get("squint", 0.0)),
            gaze=_clear_of_head(gaze, head),
            head=head,
            shoulders=(_weight(body[3] + moves.get("right", 0.0)), _weight(body[4] + moves.get("left", 0.0))),
            lean=(body[5] + moves.get("forward", 0.0), body[6] + moves.get("sideways", 0.0)),
            breath=self._breath.at(now_s, step_s),
        )

    def _step(self, now_s: float) -> float:
        """Seconds since the last pose; the first pose finds the face settled."""
        if self._last_s is None:
            self._last_s = now_s
            return math.inf
        step_s = max(now_s - self._last_s, 0.0)
        self._last_s = max(now_s, self._last_s)
        return step_s if step_s < _SLOWEST_FRAME_S else math.inf

    def _look(self, now_s: float, mood: Mood) -> Angles:
        gaze, far = self._gaze.look(now_s, mood)
        if far:
            self._blinker.soon(now_s)
        return gaze

    def _move(self, now_s: float, position_s: float | None, mood: Mood) -> None:
        """Begin what is due: gestures and beats with the words, else now and then something idle."""
        if mood is not self._mood:
            if mood is not Mood.IDLE:
                self._performance.release(Rank.IDLE, now_s)
            self._mood = mood
        if position_s is not None:
            for gesture in self._spoken.gestures(position_s):
                self._play(GESTURES[gesture], now_s)
            for _ in self._beats.due(position_s):
                self._performance.play(BEAT, now_s)
            for _ in self._pauses.due(position_s):
                if self._random.random() < _BLINK_AT_PAUSE:
                    self._blinker.soon(now_s)
        act = self._idle.due(now_s, mood)
        if act is not None:
            if self._play(act, now_s):
                self._idle.began(act, now_s)
            else:
                self._idle.hindered(now_s)

    def _play(self, movement: Movement, now_s: float) -> bool:
        """Begin a movement and what the eyes do with it; False where something as important is under way."""
        mirrored = self._performance.play(movement, now_s)
        if mirrored is not None:
            # a gesture is made to the visitor; who waits looks around in the room
            x, y = self._gaze.visitor if movement.rank is Rank.GESTURE else (0.0, 0.0)
            self._gaze.wander((x - yaw if mirrored else x + yaw, y + up, hold_s) for yaw, up, hold_s in movement.visits)
        return mirrored is not None

    def _hear(self, visemes: dict[Viseme, float], now_s: float, step_s: float) -> None:
        """The breath before speech, and how loud it is."""
        if self._speech_comes:
            self._speech_comes = False
            self._breath.speech_comes(now_s)
        if visemes:
            self._breath.spoke(now_s)
        opening = sum(weight for viseme, weight in visemes.items() if viseme in OPEN_VOWELS)
        self._loudness = opening + (self._loudness - opening) * math.exp(-step_s / _LOUDNESS_S)

    def _body_target(self, gaze: Angles, looks: Looks, mood: Mood) -> tuple[float, ...]:
        """Head, shoulders, lean and strength of the sway: the head goes with the visitor, and a little with the eyes."""
        visitor = self._gaze.visitor
        yaw, pitch, roll = looks.head
        yaw += _FOLLOWS_VISITOR * visitor[0] + _FOLLOWS_GAZE * (gaze[0] - visitor[0])
        pitch += _FOLLOWS_VISITOR * visitor[1] + _FOLLOWS_GAZE * (gaze[1] - visitor[1])
        return (yaw, pitch, roll, *looks.shoulders, *looks.lean, _SWAY[mood])

    def _head(self, now_s: float, body: Sequence[float], moves: dict[str, float]) -> tuple[float, float, float]:
        """Where the head is, with a slow sway in periods that never meet again."""
        yaw, pitch, roll, sway = *body[:3], body[7]
        a, b, c, d, e = self._phases
        yaw += sway * (1.5 * math.sin(now_s / 2.3 + a) + 0.8 * math.sin(now_s / 0.97 + b)) + moves.get("yaw", 0.0)
        pitch += sway * (0.8 * math.sin(now_s / 1.9 + c) + 0.4 * math.sin(now_s / 0.83 + d)) + moves.get("pitch", 0.0)
        roll += sway * 0.9 * math.sin(now_s / 3.1 + e) + moves.get("roll", 0.0)
        return (_limited(yaw, HEAD_LIMIT[0]), _limited(pitch, HEAD_LIMIT[1]), _limited(roll, HEAD_LIMIT[2]))


def _face_of(looks: Looks) -> tuple[float, ...]:
    return (looks.smile, looks.frown, looks.brow_up, looks.brow_down, looks.eyes_wide, looks.squint)


def _weight(value: float) -> float:
    return min(max(value, 0.0), 1.0)


def _limited(value: float, limit: float) -> float:
    """A value that nears its limit ever more slowly, as a neck does, so that nothing stops with a jerk."""
    knee = _LIMIT_KNEE * limit
    beyond = abs(value) - knee
    return value if beyond <= 0 else math.copysign(knee + (limit - knee) * math.tanh(beyond / (limit - knee)), value)


def _clear_of_head(gaze: Angles, head: tuple[float, float, float]) -> Angles:
    """Eyes turn against what the head turns, so that a held gaze stays on the visitor while the head nods."""
    yaw, pitch = gaze[0] - _EYES_GIVE_WAY * head[0], gaze[1] - _EYES_GIVE_WAY * head[1]
    return (min(max(yaw, -_EYE_LIMIT[0]), _EYE_LIMIT[0]), min(max(pitch, -_EYE_LIMIT[1]), _EYE_LIMIT[1]))
