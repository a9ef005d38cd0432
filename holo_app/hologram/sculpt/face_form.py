"""The head without its mouth: a field of soft volumes, and where its features sit."""

from __future__ import annotations

from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class FaceForm:
    """The proportions of one head; units of the model, mirrored to both sides. Where eyes and mouth are is the same for all.

    skull, lower, cheek, chin: half axes of the soft volumes. cheek_at, chin_at: their middles. jaw: (x, y, z) of its corner and
    of its front end, and its radius at both. nose_bridge: radius at the brows and above the tip. nose_tip, nostril: half axes.
    nostril_at: its middle. lip_upper, lip_lower: their heights in radians from the middle of the head. lip_fullness: how far
    they stand out.
    """

    skull: Vector = (6.5, 6.3, 6.9)
    lower: Vector = (5.5, 5.6, 5.5)
    cheek: Vector = (2.5, 2.0, 2.3)
    cheek_at: Vector = (2.9, -2.6, 3.0)
    chin: Vector = (2.4, 1.5, 1.8)
    chin_at: Vector = (0.0, -6.0, 3.3)
    jaw: tuple[Vector, Vector] = ((4.0, -3.4, 0.2), (1.3, -5.7, 2.7))
    jaw_radii: tuple[float, float] = (1.2, 1.0)
    nose_bridge: tuple[float, float] = (0.25, 0.5)
    nose_tip: Vector = (0.78, 0.62, 0.7)
    nostril: Vector = (0.45, 0.38, 0.5)
    nostril_at: Vector = (0.62, -1.95, 6.25)
    lip_upper: float = 0.072
    lip_lower: float = 0.098
    lip_fullness: float = 0.32

    def field(self, points: Points) -> Distances:
        """Distance to the head: round skull, full cheeks, a small chin and a soft button nose."""
        p = points.copy()
        p[..., 0] = np.abs(p[..., 0])
        d = ellipsoid(p, (0, 2.4, -0.9), self.skull)
        d = smooth_union(d, ellipsoid(p, (0, -1.7, 0.9), self.lower), 2.4)
        d = smooth_union(d, ellipsoid(p, self.cheek_at, self.cheek), 1.8)
        d = smooth_union(d, ellipsoid(p, self.chin_at, self.chin), 2.2)
        d = smooth_union(d, capsule(p, *self.jaw, *self.jaw_radii), 1.8)
        d = smooth_union(d, ellipsoid(p, (0, -4.1, 4.9), (2.3, 1.5, 1.5)), 1.3)
        d = smooth_cut(d, ellipsoid(p, (EYE[0], EYE[1], 7.3), (2.2, 1.9, 2.1)), 1.3)
        d = smooth_union(d, ellipsoid(p, (EYE[0], EYE[1], 3.85), (1.95, 2.0, 1.95)), 0.5)
        d = smooth_union(d, capsule(p, (0, 0.6, 5.5), (0, -1.7, 6.5), *self.nose_bridge), 1.1)
        d = smooth_union(d, ellipsoid(p, (0, -1.75, 6.75), self.nose_tip), 0.45)
        return smooth_union(d, ellipsoid(p, self.nostril_at, self.nostril), 0.4)

    def on_face(self, x: Points, y: Points) -> Points:
        """The skin point straight behind (x, y) as seen from the front. x, y: (N,); returns (N, 3)."""
        low, high = np.zeros_like(x), np.full_like(x, _REACH)
        for _ in range(20):
            middle = (low + high) / 2
            inside = self.field(np.stack([x, y, middle], -1).astype(np.float32)) < 0
            low, high = np.where(inside, middle, low), np.where(inside, high, middle)
        return np.stack([x, y, (low + high) / 2], -1).astype(np.float32)

    def from_centre(self, directions: Points) -> Points:
        """Skin points (N, 3) in unit directions (N, 3) from the middle of the head."""
        return cast_rays(self.field, HEAD_CENTRE, directions, _REACH)


PLAIN: Final = FaceForm()
