"""The hair: one sculpted wave, swept to the side, thick at the fringe and short at the neck."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np

from holo_app.hologram.palette import Material
from holo_app.hologram.sculpt.fields import (
    Distances,
    Points,
    ellipsoid,
    lock,
    smooth_cut,
    smooth_union,
    smoothstep,
)
from holo_app.hologram.sculpt.part import Part, plain_part
from holo_app.hologram.sculpt.surface_nets import surface_nets

_LOW: Final = (-10.5, -7.5, -11.0)
_HIGH: Final = (10.5, 14.0, 10.0)
# each strand: knots (x, y, z, radius) from root to tip; the sweep runs from the viewer's right to the left
_LOCKS: Final = (
    ((3.4, 7.4, 3.4, 1.3), (1.0, 8.2, 5.4, 1.7), (-2.2, 7.2, 6.4, 1.6), (-4.9, 5.2, 5.6, 1.1), (-6.3, 3.0, 4.4, 0.3)),
    ((3.6, 7.0, 3.6, 1.2), (2.4, 7.4, 5.4, 1.5), (-0.2, 6.3, 6.9, 1.4), (-3.0, 4.9, 6.9, 1.0), (-5.0, 3.5, 6.0, 0.25)),
    ((3.0, 8.2, 1.6, 1.4), (0.6, 9.8, 3.4, 2.0), (-2.8, 9.2, 4.6, 2.1), (-5.8, 7.2, 4.0, 1.6), (-7.6, 4.6, 2.6, 0.4)),
    (
        (2.2, 8.8, -0.6, 1.5),
        (-0.6, 10.3, 0.4, 2.2),
        (-4.0, 9.4, 1.2, 2.2),
        (-6.8, 6.8, 0.8, 1.7),
        (-7.8, 3.4, 0.4, 0.5),
    ),
    ((3.9, 6.9, 3.4, 1.2), (5.2, 6.4, 4.4, 1.25), (6.1, 4.6, 4.2, 1.0), (6.5, 2.4, 3.2, 0.3)),
    ((4.2, 7.3, 1.2, 1.5), (6.2, 6.2, 1.4, 1.5), (7.1, 3.4, 0.9, 1.1), (7.0, 0.6, 0.3, 0.3)),
)


def sculpt_hair(step: float) -> Part:
    """The hair as one mesh; `step` is the grid's spacing in units."""
    vertices, normals, triangles = surface_nets(hair_field, _LOW, _HIGH, step)
    part = plain_part(vertices, normals, triangles, Material.HAIR, gloss=0.5)
    lifted = smoothstep(3.0, 11.0, vertices[:, 1] + 0.35 * vertices[:, 2])
    crease = np.clip(hair_field(vertices + 0.5 * normals) / 0.5, 0, 1)
    shade = 0.45 + 0.55 * crease**1.5
    return replace(part.recoloured(Material.HAIR_GLOW, 0.45 * lifted), shade=shade.astype(np.float32))


def hair_field(points: Points) -> Distances:
    """Distance to the hair."""
    cap = ellipsoid(points, (0, 3.0, -1.5), (7.15, 6.7, 7.2))
    nape = ellipsoid(points, (0, -1.0, -3.6), (5.9, 5.4, 4.2))
    body = smooth_union(cap, nape, 1.5)
    open_face = ellipsoid(points, (0.2, -2.6, 7.2), (6.3, 7.6, 7.2))
    body = smooth_cut(body, open_face, 0.8)
    sides = points.copy()
    sides[..., 0] = np.abs(sides[..., 0])
    body = smooth_cut(body, ellipsoid(sides, (7.2, -3.4, 0.6), (3.4, 4.4, 2.6)), 0.6)
    for knots in _LOCKS:
        strand = np.asarray(knots, np.float32)
        body = smooth_union(body, lock(points, strand[:, :3], strand[:, 3]), 0.35)
    return body
