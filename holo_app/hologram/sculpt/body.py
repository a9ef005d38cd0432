"""Neck, shoulders and a plain high-collared top, down to where the hologram dissolves."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from holo_app.hologram.palette import Material
from holo_app.hologram.sculpt.fields import Points, smoothstep, spline
from holo_app.hologram.sculpt.part import Part, mesh_normals, plain_part, ring_triangles

NECK_TURN: Final = (-12.0, -5.0)  # the neck follows the head above, the shoulders below
_OPEN_ABOVE, _OPEN_BELOW = -10.4, -13.0  # an open collar hangs between these heights
Ring: TypeAlias = tuple[float, float, float, float, float]
"""Height, half width, half depth, z of the middle, squareness (2 = ellipse)."""


@dataclass(frozen=True, slots=True)
class Garment:
    """What it wears, from the inside of the collar down.

    rings: its outline. neck: that of the neck in it. opening: how far the collar's front hangs open, in units. piping: the
    height of the line of light below the collar's edge.
    """

    rings: tuple[Ring, ...]
    neck: tuple[Ring, ...] = (
        (-3.0, 3.3, 3.3, -1.2, 2.0),
        (-6.0, 2.7, 2.9, -1.2, 2.0),
        (-8.5, 2.6, 2.8, -1.4, 2.0),
        (-10.5, 2.8, 3.0, -1.6, 2.0),
        (-13.0, 4.2, 3.4, -1.8, 2.0),
    )
    opening: float = 0.0
    piping: float = 2.5


def sculpt_body(garment: Garment, segments: int) -> list[Part]:
    """The neck and the top; `segments` vertices per ring."""
    return [_neck(garment, segments), _top(garment, segments)]


def _loft(profile: tuple[Ring, ...], rings: int, segments: int) -> tuple[Points, NDArray[np.uint32]]:
    """Horizontal rings through a profile, smoothed between its knots by Catmull-Rom."""
    rows = spline(np.array(profile, np.float32), rings)
    turn = np.arange(segments, dtype=np.float32) * np.float32(2 * np.pi / segments)
    power = 2 / rows[:, 4:5]
    x = rows[:, 1:2] * np.sign(np.sin(turn)) * np.abs(np.sin(turn)) ** power
    z = rows[:, 3:4] + rows[:, 2:3] * np.sign(np.cos(turn)) * np.abs(np.cos(turn)) ** power
    y = np.broadcast_to(rows[:, :1], x.shape)
    return np.stack([x, y, z], -1).reshape(-1, 3).astype(np.float32), ring_triangles(rings, segments)


def _neck(garment: Garment, segments: int) -> Part:
    vertices, triangles = _loft(garment.neck, max(segments // 4, 8), segments // 2)
    part = plain_part(vertices, mesh_normals(vertices, triangles), triangles, Material.SKIN, gloss=0.1)
    y, z = vertices[:, 1], vertices[:, 2]
    chin = smoothstep(-5.6, -10.5, y + 0.25 * z)
    return replace(part, head=smoothstep(*NECK_TURN, y), shade=(0.34 + 0.50 * chin).astype(np.float32))


def _top(garment: Garment, segments: int) -> Part:
    vertices, triangles = _loft(garment.rings, max(segments * 3 // 8, 18), segments)
    level, x = vertices[:, 1].copy(), vertices[:, 0]
    front = np.exp(-((x / (0.75 * garment.opening + 1e-6)) ** 2)) * (vertices[:, 2] > -1)
    vertices[:, 1] -= garment.opening * front * smoothstep(_OPEN_BELOW, _OPEN_ABOVE, level)
    part = plain_part(vertices, mesh_normals(vertices, triangles), triangles, Material.CLOTH, gloss=0.15)
    edge = float(max(ring[0] for ring in garment.rings))
    hem = smoothstep(edge - 0.5, edge - 0.2, level) + 0.9 * np.exp(-(((level - edge + garment.piping) / 0.16) ** 2))
    shade = 0.60 + 0.40 * smoothstep(3.2, 6.5, np.hypot(x, vertices[:, 2] + 1.5))
    part = replace(part, head=0.5 * smoothstep(*NECK_TURN, vertices[:, 1]), shade=shade.astype(np.float32))
    return part.recoloured(Material.CLOTH_GLOW, np.clip(hem, 0, 1))
