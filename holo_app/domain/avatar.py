"""What the character's face shows at one instant, whatever draws it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from holo_app.domain.speech import Viseme


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

    visemes: weight per mouth shape (absent = 0). blink, smile, brow_up, brow_down: 0..1. gaze: (yaw, pitch) of the
    eyes in degrees, right and up positive as the character sees it. head: (yaw, pitch, roll) in degrees.
    breath: 0..1 within one breathing cycle.
    """

    visemes: Mapping[Viseme, float] = field(default_factory=dict)
    blink: float = 0.0
    smile: float = 0.0
    brow_up: float = 0.0
    brow_down: float = 0.0
    gaze: tuple[float, float] = (0.0, 0.0)
    head: tuple[float, float, float] = (0.0, 0.0, 0.0)
    breath: float = 0.0
