"""Screens that show one view: upright, turned, or seen in a mirror."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from holo_app.hologram.camera import Camera, frame, reach
from holo_app.hologram.modes.plan import Corner, Plan, Polygons, Size, View, whole

Turn: TypeAlias = Literal[0, 90, 180, 270]


@dataclass(frozen=True, slots=True)
class Flat:
    """An ordinary screen. vertical_offset: moves the figure up, as a fraction of the height.

    turn: degrees clockwise by which the screen was turned, so that the picture must be turned back. mirrored: left and right
    change places: the screen is seen in a mirror, such as the sheet of glass of a Pepper's ghost stage. roomy: who is drawn may
    be wider than our own figure, or have something beside it.
    """

    vertical_offset: float = 0.0
    turn: Turn = 0
    mirrored: bool = False
    roomy: bool = False

    def plan(self, size: Size) -> Plan:
        """One view over the whole display."""
        upright = size if self.turn in (0, 180) else (size[1], size[0])
        camera = frame(upright[0] / upright[1], self.vertical_offset)
        shapes = tuple(tuple(self._placed(corner) for corner in shape) for shape in self._touched(camera))
        return Plan(upright, (View(camera),), shapes if not self.mirrored else tuple(shape[::-1] for shape in shapes))

    def _placed(self, corner: Corner) -> Corner:
        x, y, u, v = corner
        x = -x if self.mirrored else x
        x, y = {0: (x, y), 90: (-y, x), 180: (-x, -y), 270: (y, -x)}[self.turn]
        return x, y, u, v

    def _touched(self, camera: Camera) -> Polygons:
        if self.roomy:
            return (whole(),)
        # what the figure cannot touch stays black: a software rasteriser pays per pixel
        return tuple(tuple((x, y, (x + 1) / 2, (y + 1) / 2) for x, y in shape) for shape in reach(camera))
