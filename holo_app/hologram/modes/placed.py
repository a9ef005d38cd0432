"""A display whose picture is not where it should be: moved and made larger or smaller as a whole."""

from __future__ import annotations

from dataclasses import dataclass, replace

from holo_app.hologram.modes.flat import Turn
from holo_app.hologram.modes.plan import DisplayMode, Plan, Polygons, Size


@dataclass(frozen=True, slots=True)
class Placed:
    """Another mode's picture. offset: right and up, in shares of the display. scale: about the middle, before that."""

    mode: DisplayMode
    offset: tuple[float, float] = (0.0, 0.0)
    scale: float = 1.0

    def plan(self, size: Size) -> Plan:
        """The mode's plan, placed. What leaves the display is cut off by it; a woven picture cannot be moved."""
        plan = self.mode.plan(size)
        return replace(plan, polygons=self._placed(plan.polygons), roomy=self._placed(plan.roomy))

    def _placed(self, polygons: Polygons) -> Polygons:
        right, up = (2 * part for part in self.offset)
        return tuple(
            tuple((x * self.scale + right, y * self.scale + up, u, v) for x, y, u, v in corners) for corners in polygons
        )


def as_hung(right: float, up: float, turn: Turn, *, mirrored: bool) -> tuple[float, float]:
    """A shift as whoever looks sees it, in the axes of a display that hangs turned or is seen in a mirror."""
    right = -right if mirrored else right
    return {0: (right, up), 90: (-up, right), 180: (-right, -up), 270: (up, -right)}[turn]
