"""The hair: a cap cut to the face, and strands laid over it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import Final, TypeAlias

import numpy as np

from holo_app.hologram.palette import Material
from holo_app.hologram.sculpt.fields import (
    Distances,
    Points,
    Vector,
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

_NEAR: Final = 2.4  # units; farther away a strand adds nothing that the mesher asks for
_LOW: Final = (-11.5, -9.5, -11.5)
_HIGH: Final = (11.5, 14.0, 11.0)

Ball: TypeAlias = tuple[Vector, Vector]
"""The middle and the half axes of an ellipsoid."""
Strand: TypeAlias = tuple[tuple[float, float, float, float], ...]
"""Knots (x, y, z, radius) from root to tip."""


@dataclass(frozen=True, slots=True)
class HairForm:
    """One head of hair.

    cap, nape: what covers the skull. face, ears: what is cut out of both, the latter on both sides. blend: how far strands
    melt into each other, in units. step: the mesh's spacing over the one asked for: fine strands need less than 1.
    """

    cap: Ball
    nape: Ball
    face: Ball
    ears: Ball
    strands: tuple[Strand, ...]
    blend: float = 0.65
    step: float = 1.0

    def field(self, points: Points, *, finest: float = 0.3) -> Distances:
        """Distance to the hair. finest: the least radius of a strand."""
        body = smooth_union(ellipsoid(points, *self.cap), ellipsoid(points, *self.nape), 1.5)
        body = smooth_cut(body, ellipsoid(points, *self.face), 0.3)
        sides = points.copy()
        sides[..., 0] = np.abs(sides[..., 0])
        body = smooth_cut(body, ellipsoid(sides, *self.ears), 0.6)
        x, y, z = (np.ascontiguousarray(points[..., axis]) for axis in range(3))
        for path, radii in _curves(self.strands):
            low, high = path.min(axis=0) - radii.max() - _NEAR, path.max(axis=0) + radii.max() + _NEAR
            near = (x > low[0]) & (x < high[0]) & (y > low[1]) & (y < high[1]) & (z > low[2]) & (z < high[2])
            strand = lock(points[near], path, np.maximum(radii, finest))
            body[near] = smooth_union(body[near], strand, self.blend)
        return body


def sculpt_hair(form: HairForm, step: float) -> Part:
    """The hair as one mesh; `step` is the grid's spacing in units, and the finest tip's thickness."""
    step *= form.step

    def field(points: Points) -> Distances:
        return form.field(points, finest=0.8 * step)

    vertices, _, triangles = surface_nets(field, _LOW, _HIGH, step)
    normals = gradient(field, vertices, step=0.25)  # wide: evens out the joints of the strands' pieces
    part = plain_part(vertices, normals, triangles, Material.HAIR, gloss=0.45)
    lifted = smoothstep(2.0, 11.0, vertices[:, 1] + 0.35 * vertices[:, 2])
    crease = np.clip(field(vertices + 0.6 * normals) / 0.6, 0, 1)
    shade = 0.42 + 0.58 * crease**1.5
    return replace(part.recoloured(Material.HAIR_GLOW, 0.55 * lifted * crease), shade=shade.astype(np.float32))


@cache
def _curves(strands: tuple[Strand, ...]) -> tuple[tuple[Points, Points], ...]:
    """Each strand as a fine curve through its knots: points (K, 3) and radii (K,)."""
    curves = []
    for knots in strands:
        fine = spline(np.asarray(knots, np.float32), 3 * (len(knots) - 1) + 1)
        curves.append((fine[:, :3], fine[:, 3]))
    return tuple(curves)
