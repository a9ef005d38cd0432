"""A fan of lights: it draws a disc in the air, and nothing beside it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from holo_app.hologram.camera import frame
from holo_app.hologram.modes.plan import Corner, Plan, Size, View

_SIDES: Final = 96


@dataclass(frozen=True, slots=True)
class Disc:
    """The picture cut to the circle that a fan can show; black is unlit.

    hub: the part of the radius around the axle where there are no lights. fill: the part of the radius that the figure's square
    reaches with its corners, at 1.0; more lets them be cut off.
    """

    hub: float = 0.0
    fill: float = 1.2

    def plan(self, size: Size) -> Plan:
        """One square view in the middle of the display."""
        side = max(min(size), 1)
        half = min(self.fill * math.sqrt(0.5), 1.0)
        edge = max(round(side * half), 1)
        rings = [self._corner(index, size, half) for index in range(_SIDES)]
        inner = [self._corner(index, size, half, self.hub) for index in range(_SIDES)]
        wedges = (
            (inner[index], rings[index], rings[(index + 1) % _SIDES], inner[(index + 1) % _SIDES])
            for index in range(_SIDES)
        )
        return Plan((edge, edge), (View(frame(1.0, captions=False)),), tuple(wedges))

    @staticmethod
    def _corner(index: int, size: Size, half: float, radius: float = 1.0) -> Corner:
        """A corner of the ring; where the square ends before the circle does, the square's edge."""
        angle = 2 * math.pi * index / _SIDES
        x, y = math.cos(angle), math.sin(angle)
        reach = min(radius, half / max(abs(x), abs(y)))
        x, y = x * reach, y * reach
        across, up = (min(size) / edge for edge in size)
        return x * across, y * up, (x / half + 1) / 2, (y / half + 1) / 2
