"""The resting face of each mood, the expressions of what is being said, and how one face becomes the next."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Final

from holo_app.domain.acting import FaceCue, Gesture, GestureCue
from holo_app.domain.avatar import Expression, Mood
from holo_app.hologram.expressions import EXPRESSIONS, Looks

RESTING: Final[Mapping[Mood, Looks]] = {
    Mood.IDLE: Looks(smile=0.30),
    Mood.LISTENING: EXPRESSIONS[Expression.LISTENING],
    Mood.THINKING: EXPRESSIONS[Expression.THINKING],
    Mood.SPEAKING: Looks(smile=0.24, brow_up=0.10),
    # it may last for hours: the apology of one sentence would be too much
    Mood.TROUBLE: Looks(frown=0.25, brow_up=0.55, brow_down=0.35, head=(0.0, -3.0, -3.5)),
}
_LEADS_S: Final = 0.12  # faces are a little ahead of the words, and stay a little longer
_LASTS_S: Final = 0.5
_LEAST_S: Final = 1.0  # the smile of a short "Hello!" is no twitch
_SILENT_S: Final = 0.9  # after so long without sound nothing is being said any more
_STRENGTH: Final = (0.86, 1.08)
_TOO_LATE_S: Final = 0.5
_GESTURE_LEADS_S: Final = 0.14  # its first stroke meets the stressed vowel


@dataclass(slots=True)
class _Felt:
    cue: FaceCue
    strength: float
    coming: deque[GestureCue]


class SpokenFeelings:
    """What the clauses that are heard show, and the gestures that go with them."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._felt: dict[float, _Felt] = {}
        self._now: _Felt | None = None
        self._position_s: float | None = None
        self._sounded_s = -math.inf

    def schedule(self, cue: FaceCue) -> None:
        """Add a clause; one with the start of another says the same with better times."""
        known = self._felt.get(cue.start_s)
        if known is None:
            self._felt[cue.start_s] = _Felt(cue, self._random.uniform(*_STRENGTH), deque(cue.gestures))
        else:
            known.cue = cue
            made = len(cue.gestures) - len(known.coming)
            known.coming = deque(cue.gestures[made:])

    def cut(self) -> None:
        """The audio ends here: nothing is meant any more, and nothing more will be."""
        self._felt, self._now = {}, None

    def gestures(self, position_s: float) -> list[Gesture]:
        """Those that are due. Each comes once, and not at all where it would come too late to be understood."""
        due = []
        for felt in self._felt.values():
            while felt.coming and felt.coming[0].at_s - _GESTURE_LEADS_S < position_s:
                gesture = felt.coming.popleft()
                if position_s - gesture.at_s < _TOO_LATE_S:
                    due.append(gesture.gesture)
        return due

    def shown(self, position_s: float | None, now_s: float) -> tuple[Expression, Looks] | None:
        """What is felt now, and its looks; None where the mood has the face to itself."""
        if position_s is None:
            return None
        if position_s != self._position_s:
            self._position_s, self._sounded_s = position_s, now_s
        felt = self._felt_at(position_s)
        if felt is None or felt.cue.expression is Expression.NEUTRAL or now_s - self._sounded_s > _SILENT_S:
            return None
        return felt.cue.expression, _scaled(EXPRESSIONS[felt.cue.expression], felt.strength)

    def _felt_at(self, position_s: float) -> _Felt | None:
        """The clause that began last, once the one before it has been shown for long enough to be seen."""
        for start in [start for start, felt in self._felt.items() if felt.cue.end_s + _LASTS_S < position_s]:
            del self._felt[start]
        begun = [start for start in self._felt if start - _LEADS_S <= position_s]
        shown = self._now
        if shown is None or shown.cue.expression is Expression.NEUTRAL or position_s >= shown.cue.start_s + _LEAST_S:
            self._now = self._felt[max(begun)] if begun else None
        return self._now


def _scaled(looks: Looks, strength: float) -> Looks:
    yaw, pitch, roll = looks.head
    return Looks(
        smile=min(looks.smile * strength, 1.0),
        frown=min(looks.frown * strength, 1.0),
        brow_up=min(looks.brow_up * strength, 1.0),
        brow_down=min(looks.brow_down * strength, 1.0),
        eyes_wide=min(looks.eyes_wide * strength, 1.0),
        squint=min(looks.squint * strength, 1.0),
        gaze=looks.gaze,
        head=(yaw * strength, pitch * strength, roll * strength),
        shoulders=looks.shoulders,
        lean=looks.lean,
    )


class Settling:
    """Values that follow their targets as muscles do: they set out gently, arrive gently and never overshoot.

    A critically damped spring, solved exactly, so that the frame rate does not matter. settle_s: until 90 % of the way.
    """

    def __init__(self, count: int, settle_s: float) -> None:
        self._rate = 3.89 / settle_s
        self._values = [0.0] * count
        self._speeds = [0.0] * count

    @property
    def values(self) -> Sequence[float]:
        """Where they are."""
        return self._values

    def follow(self, targets: Sequence[float], step_s: float) -> Sequence[float]:
        """Move on by a time; after an endless one they have arrived."""
        if math.isinf(step_s):
            self._values, self._speeds = list(targets), [0.0] * len(targets)
            return self._values
        decay = math.exp(-self._rate * step_s)
        for k, target in enumerate(targets):
            way = self._values[k] - target
            push = self._speeds[k] + self._rate * way
            self._values[k] = target + (way + push * step_s) * decay
            self._speeds[k] = (self._speeds[k] - self._rate * push * step_s) * decay
        return self._values
