"""How the mouth moves: each viseme as a handful of muscles, and the muscles as displacements of the face.

The face mesh runs in rings around the mouth, so that the lips are loops that part cleanly: a vertex knows its angle
around the mouth and its ring, and the opening is an ellipse by construction at any width.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from holo_app.domain.speech import Viseme
from holo_app.hologram.sculpt.face_form import MOUTH
from holo_app.hologram.sculpt.fields import Points, smoothstep

Weights = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Muscles:
    """Units of the model unless said otherwise.

    jaw: how far the chin drops. lift: upper lip up. sink: lower lip down beyond the jaw. wide: change of the mouth's
    width as a fraction. pout: lips forward. press: lips rolled in, 0..1. corner: corners up. tuck: lower lip back
    under the teeth. tongue: tip raised; above 1 it comes out. cheek: cheeks up.
    """

    jaw: float = 0.0
    lift: float = 0.0
    sink: float = 0.0
    wide: float = 0.0
    pout: float = 0.0
    press: float = 0.0
    corner: float = 0.0
    tuck: float = 0.0
    tongue: float = 0.0
    cheek: float = 0.0


VISEMES: Final[Mapping[Viseme, Muscles]] = {
    Viseme.PP: Muscles(press=1.0, wide=-0.06, pout=0.08),
    Viseme.FF: Muscles(jaw=0.22, lift=0.22, tuck=0.34, wide=0.04),
    Viseme.TH: Muscles(jaw=0.55, lift=0.16, sink=0.06, tongue=1.45),
    Viseme.DD: Muscles(jaw=0.48, lift=0.18, sink=0.08, tongue=0.75, wide=0.03),
    Viseme.KK: Muscles(jaw=0.70, lift=0.18, sink=0.06, wide=0.02),
    Viseme.CH: Muscles(jaw=0.42, lift=0.26, sink=0.22, wide=-0.24, pout=0.42),
    Viseme.SS: Muscles(jaw=0.22, lift=0.20, sink=0.16, wide=0.10, corner=0.06),
    Viseme.NN: Muscles(jaw=0.40, lift=0.14, sink=0.06, tongue=0.85),
    Viseme.RR: Muscles(jaw=0.50, lift=0.20, sink=0.14, wide=-0.20, pout=0.34),
    Viseme.AA: Muscles(jaw=1.55, lift=0.34, sink=0.10, wide=-0.02, corner=-0.14),
    Viseme.E: Muscles(jaw=0.85, lift=0.28, sink=0.12, wide=0.16, corner=0.10),
    Viseme.I: Muscles(jaw=0.50, lift=0.26, sink=0.18, wide=0.24, corner=0.14),
    Viseme.O: Muscles(jaw=1.15, lift=0.40, sink=0.04, wide=-0.36, pout=0.55, corner=-0.34),
    Viseme.U: Muscles(jaw=0.55, lift=0.14, sink=0.08, wide=-0.46, pout=0.72, corner=-0.34),
}
SMILE: Final = Muscles(wide=0.17, corner=0.62, cheek=0.32, press=0.12)
FROWN: Final = Muscles(wide=-0.04, corner=-0.80, press=0.10, pout=0.06)
GRIN: Final = Muscles(jaw=0.34, lift=0.44, sink=0.10, corner=0.10)  # a smile that shows the teeth
SQUINT: Final = Muscles(cheek=0.34)


@dataclass(frozen=True, slots=True)
class MouthCoordinates:
    """Where each vertex of the face stands to the mouth; all (N,).

    angle: radians around the mouth, 0 at the viewer's right corner, counter-clockwise. distance: 0 on the lips, then
    units along the skin. lip: 0 at the lip line, 1 at the lip's border, more outside; negative inside the mouth.
    """

    angle: Weights
    distance: Weights
    lip: Weights


def displaced(points: Points, at: MouthCoordinates, muscles: Muscles) -> Points:
    """Face vertices (N, 3) under the given muscles."""
    x, y = points[:, 0], points[:, 1] - np.float32(MOUTH[1])
    rise = np.sin(at.angle)
    above, below = np.clip(rise, 0, 1), np.clip(-rise, 0, 1)
    near = np.exp(-((at.distance / 1.5) ** 2))
    move = np.zeros_like(points)
    # the corners are drawn down too, so that the opening is an oval and not a bowl
    ride = np.where(rise < 0, 0.28 + 0.72 * below**0.75, 0.28 * (1 - above) ** 2)
    jaw = near * ride + (1 - near) * jaw_follow(points)
    move[:, 1] -= muscles.jaw * jaw
    move[:, 2] -= 0.22 * muscles.jaw * jaw
    move[:, 1] += near * (muscles.lift * above**0.8 - muscles.sink * below)
    around = np.exp(-((at.distance / 2.2) ** 2))
    move[:, 0] += muscles.wide * x * around
    move[:, 2] -= 0.25 * max(muscles.wide, 0.0) * np.abs(x) * around
    move[:, 2] += muscles.pout * np.exp(-((at.distance / 1.7) ** 2)) * (1 - 0.25 * np.clip(x * x / 4, 0, 1))
    _corners(move, x, y, at, muscles)
    inner = np.exp(-(((at.lip - 0.35) / 0.55) ** 2))
    move[:, 2] -= muscles.press * 0.16 * inner
    pinch = np.exp(-(((at.lip - 0.8) / 0.45) ** 2)) * np.clip(at.lip, 0, 1)
    move[:, 1] -= muscles.press * 0.16 * pinch * np.sign(rise) * np.clip(np.abs(rise) * 3, 0, 1)
    move[:, 1] += muscles.tuck * 0.55 * near * below
    move[:, 2] -= muscles.tuck * 1.1 * inner * below
    return points + move


def _corners(move: Points, x: Weights, y: Weights, at: MouthCoordinates, muscles: Muscles) -> None:
    """Corners and cheeks: smooth in space, equal on both lips, so that a closed mouth stays closed."""
    side = np.abs(x)
    front = smoothstep(12.0, 9.0, at.distance)
    reach = (side / 2.0) ** 2
    # 1 at the corners, and no kink anywhere for light to catch; a frown is one arch, a smile turns up at its ends
    bend = (reach * np.exp(1.0 - reach)) ** (1.0 if muscles.corner < 0 else 2.0)
    # what is pushed together needs room to do so: the chin below corners that go down
    room = np.where((y < 0.1) & (muscles.corner < 0), 2.6, 1.5)  # noqa: PLR2004 - the lips' line
    corner = (bend - 0.18) * np.exp(-(((y - 0.1) / room) ** 2) - ((side / 3.6) ** 4)) * front
    move[:, 1] += muscles.corner * corner
    move[:, 0] += 0.25 * muscles.corner * np.sign(x) * corner
    move[:, 2] -= 0.30 * max(muscles.corner, 0.0) * corner
    cheek = np.exp(-(((side - 3.2) / 1.5) ** 2) - ((y - 1.7) / 1.2) ** 2) * smoothstep(1.0, 4.0, move[:, 2] + 4.0)
    move[:, 1] += muscles.cheek * cheek
    move[:, 2] += 0.6 * muscles.cheek * cheek


def jaw_follow(points: Points) -> Weights:
    """How much skin away from the lips follows the chin, 0..1."""
    y, z = points[:, 1], points[:, 2]
    lower = smoothstep(MOUTH[1] + 1.6, MOUTH[1] - 1.7, y)
    return np.asarray(lower * smoothstep(-3.0, 3.0, z), np.float32)
