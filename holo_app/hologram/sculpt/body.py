"""Neck, shoulders and a plain high-collared top, down to where the hologram dissolves."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from holo_app.hologram.palette import Material
from holo_app.hologram.sculpt.fields import Points, smoothstep, spline
from holo_app.hologram.sculpt.part import Part, mesh_normals, plain_part, ring_triangles

NECK_TURN: Final = (-12.0, -5.0)  # the neck follows the head above, the shoulders below
# height, half width, half depth, z of the middle, squareness (2 = ellipse)
_NECK: Final = np.array(
    [
        (-3.0, 3.3, 3.3, -1.2, 2.0),
        (-6.0, 2.7, 2.9, -1.2, 2.0),
        (-8.5, 2.6, 2.8, -1.4, 2.0),
        (-10.5, 2.8, 3.0, -1.6, 2.0),
        (-13.0, 4.2, 3.4, -1.8, 2.0),
    ],
    np.float32,
)
_TOP: Final = np.array(
    [
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
    ],
    np.float32,
)


def sculpt_body(segments: int) -> list[Part]:
    """The neck and the top; `segments` vertices per ring."""
    return [_neck(segments), _top(segments)]


def _loft(profile: NDArray[np.float32], rings: int, segments: int) -> tuple[Points, NDArray[np.uint32]]:
    """Horizontal rings through a profile, smoothed between its knots by Catmull-Rom."""
    rows = spline(profile, rings)
    turn = np.arange(segments, dtype=np.float32) * np.float32(2 * np.pi / segments)
    power = 2 / rows[:, 4:5]
    x = rows[:, 1:2] * np.sign(np.sin(turn)) * np.abs(np.sin(turn)) ** power
    z = rows[:, 3:4] + rows[:, 2:3] * np.sign(np.cos(turn)) * np.abs(np.cos(turn)) ** power
    y = np.broadcast_to(rows[:, :1], x.shape)
    return np.stack([x, y, z], -1).reshape(-1, 3).astype(np.float32), ring_triangles(rings, segments)


def _neck(segments: int) -> Part:
    vertices, triangles = _loft(_NECK, max(segments // 4, 8), segments // 2)
    part = plain_part(vertices, mesh_normals(vertices, triangles), triangles, Material.SKIN, gloss=0.1)
    y, z = vertices[:, 1], vertices[:, 2]
    chin = smoothstep(-5.6, -10.5, y + 0.25 * z)
    return replace(part, head=smoothstep(*NECK_TURN, y), shade=(0.34 + 0.50 * chin).astype(np.float32))


def _top(segments: int) -> Part:
    vertices, triangles = _loft(_TOP, max(segments // 2, 18), segments)
    part = plain_part(vertices, mesh_normals(vertices, triangles), triangles, Material.CLOTH, gloss=0.15)
    y, x = vertices[:, 1], vertices[:, 0]
    hem = smoothstep(-10.25, -9.95, y) + 0.9 * np.exp(-(((y + 12.25) / 0.16) ** 2))
    shade = 0.60 + 0.40 * smoothstep(3.2, 6.5, np.hypot(x, vertices[:, 2] + 1.5))
    part = replace(part, head=0.5 * smoothstep(*NECK_TURN, y), shade=shade.astype(np.float32))
    return part.recoloured(Material.CLOTH_GLOW, hem)
