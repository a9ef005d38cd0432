"""Ember: a broad, warm face under a cloud of copper curls; an open shawl collar."""

from __future__ import annotations

import math
from random import Random
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from holo_app.hologram.looks.look import Look
from holo_app.hologram.palette import Material, Palette
from holo_app.hologram.sculpt.body import Garment
from holo_app.hologram.sculpt.face_form import FaceForm
from holo_app.hologram.sculpt.features import BrowForm
from holo_app.hologram.sculpt.hair import HairForm, Strand

Place: TypeAlias = NDArray[np.float64]
_CLOUD: Final = ((0.0, 3.1, -1.3), (6.9, 6.4, 7.2))  # the curls' roots stand on it
_WHORL: Final = (1.2, 10.0, -3.0)  # they all fall away from here
_CURLS: Final = 74
_FACE: Final = ((0.0, -2.6, 7.6), (6.5, 8.9, 7.6))
_BROW_Z, _TEMPLE, _BACK = 3.0, 5.6, -3.0  # in front of the first and within the second is the fringe
_LOWEST_FRINGE, _LOWEST_SIDE, _LOWEST_BACK = 4.6, 0.6, -3.2
# along the fall, out of the cloud, to the side; and the radius
_CURL: Final = (
    (-0.9, -0.1, 0.0, 1.00),
    (0.5, 0.9, -0.35, 1.20),
    (1.9, 1.0, 0.0, 0.95),
    (2.6, 0.6, 0.9, 0.62),
    (2.3, 0.8, 1.7, 0.28),
)


def _curls(seed: int) -> tuple[Strand, ...]:
    """Hooks of hair all over the cloud, evenly spread."""
    random = Random(seed)  # noqa: S311 - a hairdresser's whims
    middle, radii = np.array(_CLOUD)
    found: list[Strand] = []
    for k in range(_CURLS):
        up = 1 - 2 * (k + 0.5) / _CURLS
        around = k * math.pi * (3 - math.sqrt(5))
        flat = math.sqrt(1 - up * up)
        out = np.array([flat * math.sin(around), up, flat * math.cos(around)])
        hand, size, high = random.choice((-1, 1)), random.uniform(0.88, 1.12), random.uniform(0.8, 1.5)
        root = middle + radii * out
        if _hairy(root):
            size *= 0.78 if _fringe(root) else 1.0  # short: brows talk
            found.append(_curl(root, out, hand * size, high))
    return tuple(found)


def _hairy(point: Place) -> bool:
    """Whether a curl may stand there: the face and the ears stay free."""
    middle, radii = np.array(_FACE)
    lowest = _LOWEST_FRINGE if _fringe(point) else _LOWEST_SIDE if point[2] > _BACK else _LOWEST_BACK
    return bool((((point - middle) / radii) ** 2).sum() > 1.0 and point[1] > lowest)


def _fringe(point: Place) -> bool:
    return bool(point[2] > _BROW_Z and abs(point[0]) < _TEMPLE)


def _curl(root: Place, out: Place, size: float, high: float) -> Strand:
    """size: negative hooks to the other side. high: how far it stands off."""
    side = np.cross(root - np.array(_WHORL), out)
    side /= np.linalg.norm(side)
    fall = np.cross(out, side)
    knots: list[tuple[float, float, float, float]] = []
    for along, off, aside, thick in _CURL:
        x, y, z = (root + abs(size) * (along * fall + off * high * out) + size * aside * side).tolist()
        knots.append((x, y, z, abs(size) * thick))
    return tuple(knots)


_COPPER: Final = {
    Material.SKIN: (0.78, 0.52, 0.40),
    Material.BLUSH: (0.90, 0.42, 0.36),
    Material.LIP: (0.74, 0.34, 0.35),
    Material.MOUTH: (0.17, 0.03, 0.06),
    Material.TEETH: (0.98, 0.97, 0.95),
    Material.TONGUE: (0.80, 0.32, 0.38),
    Material.HAIR: (0.52, 0.17, 0.16),
    Material.HAIR_GLOW: (1.00, 0.55, 0.26),
    Material.BROW: (0.26, 0.10, 0.10),
    Material.CLOTH: (0.12, 0.50, 0.44),
    Material.CLOTH_GLOW: (1.00, 0.80, 0.42),
    Material.EAR: (0.70, 0.38, 0.30),
}

EMBER: Final = Look(
    name="ember",
    face=FaceForm(
        skull=(6.35, 6.3, 6.9),
        lower=(5.6, 5.6, 5.5),
        cheek=(2.6, 2.0, 2.2),
        cheek_at=(3.0, -2.3, 3.0),
        chin=(2.9, 1.6, 1.8),
        chin_at=(0.0, -6.2, 3.2),
        jaw=((4.5, -3.2, 0.0), (2.1, -5.7, 2.4)),
        jaw_radii=(1.3, 1.15),
        nose_bridge=(0.28, 0.62),
        nose_tip=(1.0, 0.68, 0.72),
        nostril=(0.55, 0.44, 0.52),
        nostril_at=(0.86, -1.95, 6.1),
        lip_upper=0.092,
        lip_lower=0.116,
        lip_fullness=0.42,
    ),
    brow=BrowForm(
        wide=(0.95, 1.55, 2.3, 3.1, 4.0, 4.75),
        high=(2.92, 3.04, 3.16, 3.26, 3.20, 2.90),
        thick=(0.30, 0.42, 0.46, 0.42, 0.30, 0.12),
    ),
    hair=HairForm(
        cap=_CLOUD,
        nape=((0, -1.6, -3.4), (5.7, 4.6, 4.0)),
        face=_FACE,
        ears=((7.4, -2.6, 0.2), (3.4, 3.9, 2.8)),
        strands=_curls(5),
        blend=0.35,
        step=1.33,
    ),
    garment=Garment(
        rings=(
            (-11.20, 2.80, 3.0, -1.5, 2.0),
            (-10.30, 3.25, 3.4, -1.5, 2.0),
            (-10.00, 3.75, 3.9, -1.5, 2.0),
            (-10.50, 4.30, 4.3, -1.5, 2.0),
            (-11.40, 4.75, 4.4, -1.6, 2.0),
            (-12.10, 5.4, 4.35, -1.7, 2.0),
            (-12.70, 7.0, 4.4, -1.8, 2.1),
            (-13.50, 8.5, 4.5, -1.8, 2.2),
            (-14.70, 9.5, 4.7, -1.7, 2.3),
            (-16.30, 10.1, 4.9, -1.5, 2.4),
            (-19.00, 10.3, 5.2, -1.3, 2.5),
        ),
        neck=(
            (-3.0, 3.3, 3.3, -1.2, 2.0),
            (-6.0, 2.8, 2.95, -1.2, 2.0),
            (-8.5, 2.7, 2.85, -1.4, 2.0),
            (-10.5, 2.9, 3.0, -1.6, 2.0),
            (-13.0, 4.4, 3.5, -1.7, 2.0),
            (-15.0, 6.0, 3.7, -1.7, 2.0),
        ),
        opening=3.0,
    ),
    palette=Palette(
        materials=_COPPER,
        key=(1.04, 1.00, 0.95),
        shadow=(0.50, 0.30, 0.62),
        rim=(1.00, 0.70, 0.32),
        rim_far=(1.00, 0.30, 0.55),
        iris=(0.10, 0.34, 0.14),
        iris_glow=(0.60, 0.95, 0.40),
        sclera=(0.96, 0.95, 0.93),
        lash=(0.14, 0.06, 0.06),
        crease=(0.44, 0.18, 0.16),
        lids=(0.46, 0.10),
    ),
)
