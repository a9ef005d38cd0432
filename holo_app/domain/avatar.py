"""What the character's face shows at one instant, whatever draws it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from holo_app.domain.speech import Viseme


class Expression(StrEnum):
    """What a face says beside its words."""

    NEUTRAL = "neutral"
    HAPPY = "happy"
    CURIOUS = "curious"
    SORRY = "sorry"
    THINKING = "thinking"
    LISTENING = "listening"


class Mood(StrEnum):
    """What the conversation is doing, as far as the face cares."""

    IDLE = "idle"
    LISTENING = "listening"
    THINKING = "thinking"
    SPEAKING = "speaking"
    TROUBLE = "trouble"


@dataclass(frozen=True, slots=True)
class FacePose:
    """Weights 0..1 and angles of one frame.

    visemes: weight per mouth shape (absent = 0). blink, smile, frown, brow_up, brow_down: 0..1. eyes_wide, squint: 0..1,
    upper lids drawn up, lower lids pushed up by the cheeks. gaze: (yaw, pitch) of the eyes in degrees, right and up
    positive as the character sees it. head: (yaw, pitch, roll) in degrees. shoulders: (right, left) raised, 0..1.
    lean: (forward, to the right) of the upper body in degrees. breath: 0..1 within one breathing cycle.
    """

    visemes: Mapping[Viseme, float] = field(default_factory=dict)
    blink: float = 0.0
    smile: float = 0.0
    frown: float = 0.0
    brow_up: float = 0.0
    brow_down: float = 0.0
    eyes_wide: float = 0.0
    squint: float = 0.0
    gaze: tuple[float, float] = (0.0, 0.0)
    head: tuple[float, float, float] = (0.0, 0.0, 0.0)
    shoulders: tuple[float, float] = (0.0, 0.0)
    lean: tuple[float, float] = (0.0, 0.0)
    breath: float = 0.0
