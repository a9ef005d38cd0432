"""Displays and glasses that take two views, for the left and the right eye, in one picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from holo_app.hologram.camera import Camera, frame
from holo_app.hologram.modes.plan import Plan, Size, View, whole

_LEFT, _RIGHT, _UPPER, _LOWER = (0.0, 0.0, 0.5, 1.0), (0.5, 0.0, 0.5, 1.0), (0.0, 0.5, 1.0, 0.5), (0.0, 0.0, 1.0, 0.5)


@dataclass(frozen=True, slots=True)
class Stereo:
    """Both eyes' views in one picture.

    layout: beside each other, or the left eye's over the right eye's. half: each view is squeezed into half of an ordinary
    picture; else the picture has room for two whole ones. swapped: the right eye's comes first. eyes: how far they are apart,
    in units of the figure, of which its head is some 20 high. focus: what is so far before the figure's middle appears in the
    plane of the display; nearer than that comes out of it.
    """

    layout: Literal["side-by-side", "top-bottom"] = "side-by-side"
    half: bool = True
    swapped: bool = False
    eyes: float = 3.2
    focus: float = 4.0

    def plan(self, size: Size) -> Plan:
        """Two views that share the picture."""
        beside = self.layout == "side-by-side"
        areas = (_LEFT, _RIGHT) if beside else (_UPPER, _LOWER)
        aspect = size[0] / size[1]
        if not self.half:
            aspect *= 0.5 if beside else 2.0
        left, right = (self._eye(aspect, side) for side in (-0.5, 0.5))
        first, second = (right, left) if self.swapped else (left, right)
        return Plan(size, (View(first, areas[0]), View(second, areas[1])), (whole(),))

    def _eye(self, aspect: float, side: float) -> Camera:
        return frame(aspect, captions=False, beside=side * self.eyes, focus=self.focus)
