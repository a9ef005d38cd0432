"""Dusk: an oval face under one wave of indigo hair, swept to the side; a plain high collar."""

from __future__ import annotations

from typing import Final

from holo_app.hologram.looks.look import Look
from holo_app.hologram.palette import Palette
from holo_app.hologram.sculpt.body import Garment
from holo_app.hologram.sculpt.face_form import PLAIN
from holo_app.hologram.sculpt.features import BrowForm
from holo_app.hologram.sculpt.hair import HairForm, Strand

# the sweep runs from the viewer's right to the left
_STRANDS: Final[tuple[Strand, ...]] = (
    # the fringe, front to back
    (
        (3.6, 5.6, 5.2, 0.5),
        (1.9, 6.3, 6.0, 1.0),
        (-0.7, 6.0, 6.5, 1.25),
        (-3.2, 4.5, 6.3, 1.0),
        (-5.0, 2.9, 5.3, 0.55),
        (-6.0, 1.9, 4.6, 0.2),
    ),
    (
        (3.8, 6.3, 4.6, 0.7),
        (2.2, 7.9, 5.2, 1.3),
        (-1.2, 8.1, 5.6, 1.7),
        (-4.4, 6.2, 5.2, 1.35),
        (-6.5, 4.1, 4.2, 0.75),
        (-7.7, 3.2, 3.6, 0.22),
    ),
    (
        (3.6, 7.2, 3.6, 0.8),
        (1.8, 9.0, 3.6, 1.5),
        (-1.8, 9.3, 3.8, 1.9),
        (-5.2, 7.4, 3.2, 1.5),
        (-7.2, 5.3, 2.2, 0.8),
        (-8.5, 4.6, 1.5, 0.22),
    ),
    (
        (3.4, 8.0, 2.0, 0.8),
        (1.2, 9.7, 1.6, 1.5),
        (-2.4, 9.7, 1.5, 1.8),
        (-5.6, 7.6, 1.0, 1.5),
        (-7.4, 5.0, 0.2, 0.8),
        (-8.2, 3.6, -0.5, 0.25),
    ),
    (
        (3.0, 8.4, 0.2, 0.8),
        (0.6, 9.7, -0.6, 1.5),
        (-2.8, 9.1, -0.8, 1.7),
        (-5.6, 7.0, -1.2, 1.4),
        (-7.3, 4.2, -2.0, 0.5),
    ),
    # the short side of the parting
    ((4.2, 6.1, 4.4, 0.6), (5.2, 5.6, 4.3, 0.9), (6.2, 4.0, 3.9, 0.85), (6.7, 2.4, 3.2, 0.5), (7.0, 1.3, 2.7, 0.2)),
    ((4.1, 7.0, 2.6, 0.8), (5.6, 6.3, 2.2, 1.15), (6.8, 4.3, 1.6, 1.0), (7.3, 2.3, 1.0, 0.6), (7.7, 1.0, 0.7, 0.22)),
    ((3.6, 8.0, 0.6, 0.9), (5.4, 7.0, -0.2, 1.3), (6.9, 4.6, -0.9, 1.0), (7.5, 2.0, -1.5, 0.4)),
    # one that will not lie down
    ((0.6, 9.6, -1.2, 1.2), (1.5, 11.0, -1.5, 0.9), (2.6, 11.9, -1.7, 0.6), (3.8, 12.2, -1.8, 0.25)),
)

DUSK: Final = Look(
    name="dusk",
    face=PLAIN,
    brow=BrowForm(),
    hair=HairForm(
        cap=((0, 2.7, -1.1), (7.2, 6.9, 7.4)),
        nape=((0, -1.6, -3.4), (5.9, 5.0, 4.2)),
        face=((0.3, -2.4, 7.4), (6.25, 8.7, 7.6)),
        ears=((7.4, -2.6, 0.2), (3.4, 3.9, 2.8)),
        strands=_STRANDS,
    ),
    garment=Garment(
        rings=(
            (-10.40, 2.70, 2.9, -1.5, 2.0),
            (-9.75, 3.05, 3.25, -1.5, 2.0),
            (-9.75, 3.42, 3.60, -1.5, 2.0),
            (-10.40, 3.65, 3.80, -1.5, 2.0),
            (-11.60, 4.6, 4.0, -1.7, 2.0),
            (-12.50, 6.6, 4.2, -1.8, 2.1),
            (-13.30, 8.3, 4.4, -1.8, 2.2),
            (-14.50, 9.5, 4.6, -1.7, 2.3),
            (-16.30, 10.2, 4.9, -1.5, 2.4),
            (-19.00, 10.4, 5.2, -1.3, 2.5),
        ),
    ),
    palette=Palette(),
)
