"""The hair: one sculpted wave, swept to the side, thick at the fringe and short at the neck."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Final

import numpy as np

from holo_app.hologram.palette import Material
from holo_app.hologram.sculpt.fields import (
    Distances,
    Points,
    ellipsoid,
    gradient,
    lock,
    smooth_cut,
    smooth_union,
    smoothstep,
    spline,
)
from holo_app.hologram.sculpt.part import Part, plain_part
from holo_app.hologram.sculpt.surface_nets import surface_nets

_LOW: Final = (-10.5, -8.0, -11.0)
_HIGH: Final = (10.5, 14.0, 11.0)
# each strand: knots (x, y, z, radius) from root to tip; the sweep runs from the viewer's right to the left
_LOCKS: Final = (
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


def sculpt_hair(step: float) -> Part:
    """The hair as one mesh; `step` is the grid's spacing in units, and the finest tip's thickness."""

    def field(points: Points) -> Distances:
        return hair_field(points, finest=0.8 * step)

    vertices, _, triangles = surface_nets(field, _LOW, _HIGH, step)
    normals = gradient(field, vertices, step=0.25)  # wide: evens out the joints of the strands' pieces
    part = plain_part(vertices, normals, triangles, Material.HAIR, gloss=0.45)
    lifted = smoothstep(2.0, 11.0, vertices[:, 1] + 0.35 * vertices[:, 2])
    crease = np.clip(field(vertices + 0.6 * normals) / 0.6, 0, 1)
    shade = 0.42 + 0.58 * crease**1.5
    return replace(part.recoloured(Material.HAIR_GLOW, 0.55 * lifted * crease), shade=shade.astype(np.float32))


def hair_field(points: Points, *, finest: float = 0.3) -> Distances:
    """Distance to the hair. finest: the least radius of a strand."""
    cap = ellipsoid(points, (0, 2.7, -1.1), (7.2, 6.9, 7.4))
    nape = ellipsoid(points, (0, -1.6, -3.4), (5.9, 5.0, 4.2))
    body = smooth_union(cap, nape, 1.5)
    open_face = ellipsoid(points, (0.3, -2.4, 7.4), (6.25, 8.7, 7.6))
    body = smooth_cut(body, open_face, 0.3)
    sides = points.copy()
    sides[..., 0] = np.abs(sides[..., 0])
    body = smooth_cut(body, ellipsoid(sides, (7.4, -2.6, 0.2), (3.4, 3.9, 2.8)), 0.6)
    for path, radii in _smooth_locks():
        body = smooth_union(body, lock(points, path, np.maximum(radii, finest)), 0.65)
    return body


@cache
def _smooth_locks() -> tuple[tuple[Points, Points], ...]:
    """Each strand as a fine curve through its knots: points (K, 3) and radii (K,)."""
    curves = []
    for knots in _LOCKS:
        fine = spline(np.asarray(knots, np.float32), 3 * (len(knots) - 1) + 1)
        curves.append((fine[:, :3], fine[:, 3]))
    return tuple(curves)
