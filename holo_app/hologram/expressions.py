"""What each expression does to a face and its body at rest; speech, breath and idle movement come on top."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from holo_app.domain.avatar import Expression, FacePose
from holo_app.domain.speech import Viseme

_SPOKEN: Final = 0.9  # weight of a mouth shape in mid-word
_LIPS_LEFT: Final = 0.55  # what speech leaves of a smile or a frown: it needs the lips


@dataclass(frozen=True, slots=True)
class Looks:
    """Values of a FacePose, in its units and signs. head: (yaw, pitch, roll) that is added to wherever the head is."""

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


EXPRESSIONS: Final[Mapping[Expression, Looks]] = {
    Expression.NEUTRAL: Looks(smile=0.28),
    # the eyes smile too: without the cheeks a wide mouth is a salesman's
    Expression.HAPPY: Looks(smile=0.95, brow_up=0.45, squint=0.25, head=(0.0, 2.0, 2.5), shoulders=(0.18, 0.18)),
    Expression.CURIOUS: Looks(smile=0.18, brow_up=0.75, eyes_wide=0.60, head=(4.0, -1.0, 7.0), lean=(3.0, 0.0)),
    Expression.SORRY: Looks(
        frown=0.85, brow_up=0.62, brow_down=0.45, squint=0.10, head=(0.0, -4.0, -4.5), shoulders=(0.45, 0.45)
    ),
    Expression.THINKING: Looks(
        frown=0.12, brow_down=0.50, squint=0.30, gaze=(-18.0, 14.0), head=(-8.0, 4.0, -6.0), lean=(-1.5, 0.0)
    ),
    Expression.LISTENING: Looks(smile=0.42, brow_up=0.42, eyes_wide=0.22, head=(0.0, 1.0, 6.5), lean=(2.4, 0.8)),
}


def expressive(expression: Expression, viseme: Viseme = Viseme.SIL) -> FacePose:
    """A face that shows this expression, in the middle of one mouth shape or silent."""
    looks = EXPRESSIONS[expression]
    silent = viseme is Viseme.SIL
    lips = 1.0 if silent else _LIPS_LEFT
    return FacePose(
        visemes={} if silent else {viseme: _SPOKEN},
        smile=looks.smile * lips,
        frown=looks.frown * lips,
        brow_up=looks.brow_up,
        brow_down=looks.brow_down,
        eyes_wide=looks.eyes_wide,
        squint=looks.squint,
        gaze=looks.gaze,
        head=looks.head,
        shoulders=looks.shoulders,
        lean=looks.lean,
    )
