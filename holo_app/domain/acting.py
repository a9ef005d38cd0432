"""What head and face do with the words: gestures, and when an expression holds."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from holo_app.domain.avatar import Expression


class Gesture(StrEnum):
    """A movement of head and shoulders that means something."""

    NOD = "nod"
    SHAKE = "shake"
    TILT = "tilt"
    SHRUG = "shrug"
    BOW = "bow"


@dataclass(frozen=True, slots=True)
class GestureCue:
    """A gesture, and when the word that it goes with sounds: seconds on the timeline of the audio it belongs to."""

    gesture: Gesture
    at_s: float


@dataclass(frozen=True, slots=True)
class FaceCue:
    """How a clause is said: an expression from start_s to end_s, and gestures in their order, in seconds of the content timeline."""

    expression: Expression
    start_s: float
    end_s: float
    gestures: tuple[GestureCue, ...] = ()
