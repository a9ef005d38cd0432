"""Displays whose edges the eye does not see well: the figure keeps within a safe area."""

from __future__ import annotations

from dataclasses import dataclass

from holo_app.hologram.camera import frame
from holo_app.hologram.modes.plan import Plan, Size, View


@dataclass(frozen=True, slots=True)
class Margins:
    """One view within margins, in shares of the display's height and width. Those of a hololuminescent display by default."""

    top: float = 0.09
    bottom: float = 0.03
    left: float = 0.03
    right: float = 0.03

    def plan(self, size: Size) -> Plan:
        """One view over the safe area."""
        wide, high = 1 - self.left - self.right, 1 - self.top - self.bottom
        picture = max(round(size[0] * wide), 1), max(round(size[1] * high), 1)
        x0, x1 = 2 * self.left - 1, 1 - 2 * self.right
        y0, y1 = 2 * self.bottom - 1, 1 - 2 * self.top
        corners = ((x0, y0, 0.0, 0.0), (x1, y0, 1.0, 0.0), (x1, y1, 1.0, 1.0), (x0, y1, 0.0, 1.0))
        return Plan(picture, (View(frame(picture[0] / picture[1])),), (corners,))
