"""The head without its mouth: a field of soft volumes, and where its features sit."""

from __future__ import annotations

from typing import Final

import numpy as np

from holo_app.hologram.sculpt.fields import (
    Distances,
    Points,
    Vector,
    capsule,
    cast_rays,
    ellipsoid,
    smooth_cut,
    smooth_union,
)

HEAD_CENTRE: Final[Vector] = (0.0, -0.6, 0.0)
MOUTH: Final = (0.0, -4.15)
EYE: Final = (2.72, 0.25)
EYE_SIZE: Final = 1.78
_REACH: Final = 16.0


def head_field(points: Points) -> Distances:
    """Distance to the head: round skull, full cheeks, a small chin and a soft button nose."""
    p = points.copy()
    p[..., 0] = np.abs(p[..., 0])
    d = ellipsoid(p, (0, 2.4, -0.9), (6.5, 6.3, 6.9))
    d = smooth_union(d, ellipsoid(p, (0, -1.7, 0.9), (5.5, 5.6, 5.5)), 2.4)
    d = smooth_union(d, ellipsoid(p, (2.9, -2.6, 3.0), (2.5, 2.0, 2.3)), 1.8)
    d = smooth_union(d, ellipsoid(p, (0, -6.0, 3.3), (2.4, 1.5, 1.8)), 2.2)
    d = smooth_union(d, capsule(p, (4.0, -3.4, 0.2), (1.3, -5.7, 2.7), 1.2, 1.0), 1.8)
    d = smooth_union(d, ellipsoid(p, (0, -4.1, 4.9), (2.3, 1.5, 1.5)), 1.3)
    d = smooth_cut(d, ellipsoid(p, (EYE[0], EYE[1], 7.3), (2.2, 1.9, 2.1)), 1.3)
    d = smooth_union(d, ellipsoid(p, (EYE[0], EYE[1], 3.85), (1.95, 2.0, 1.95)), 0.5)
    d = smooth_union(d, capsule(p, (0, 0.6, 5.5), (0, -1.7, 6.5), 0.25, 0.5), 1.1)
    d = smooth_union(d, ellipsoid(p, (0, -1.75, 6.75), (0.78, 0.62, 0.7)), 0.45)
    return smooth_union(d, ellipsoid(p, (0.62, -1.95, 6.25), (0.45, 0.38, 0.5)), 0.4)


def on_face(x: Points, y: Points) -> Points:
    """The skin point straight behind (x, y) as seen from the front. x, y: (N,); returns (N, 3)."""
    low, high = np.zeros_like(x), np.full_like(x, _REACH)
    for _ in range(20):
        middle = (low + high) / 2
        inside = head_field(np.stack([x, y, middle], -1).astype(np.float32)) < 0
        low, high = np.where(inside, middle, low), np.where(inside, high, middle)
    return np.stack([x, y, (low + high) / 2], -1).astype(np.float32)


def from_centre(directions: Points) -> Points:
    """Skin points (N, 3) in unit directions (N, 3) from the middle of the head."""
    return cast_rays(head_field, HEAD_CENTRE, directions, _REACH)
