"""The figure seen from many places at once: a quilt as a display mode."""

from __future__ import annotations

import math
from dataclasses import dataclass

from holo_app.hologram.camera import DISTANCE, Camera, frame
from holo_app.hologram.lightfield.calibration import Calibration
from holo_app.hologram.lightfield.quilt import Quilt
from holo_app.hologram.modes import Plan, Size, View
from holo_app.hologram.modes.plan import Weave, whole


@dataclass(frozen=True, slots=True)
class QuiltMode:
    """Every view of a light-field display, tiled.

    view_cone: degrees from the first view to the last, seen from the figure. focus: what is so many units before the figure's
    middle lies in the display's own plane: the same place in all views, and the sharpest.
    """

    quilt: Quilt
    view_cone: float = 40.0
    focus: float = 4.0

    def plan(self, size: Size) -> Plan:
        """One view per tile of a picture of `size` pixels."""
        return Plan(size, self.views(), (whole(),))

    def views(self) -> tuple[View, ...]:
        """Each view with its tile."""
        return tuple(View(self._camera(view), self.quilt.area(view)) for view in range(self.quilt.views))

    def _camera(self, view: int) -> Camera:
        angle = math.radians(self.view_cone) * ((view + 0.5) / self.quilt.views - 0.5)
        beside = (DISTANCE - self.focus) * math.tan(angle)
        return frame(self.quilt.aspect, captions=False, beside=beside, focus=self.focus)


@dataclass(frozen=True, slots=True)
class LenticularMode:
    """A lenticular panel, driven pixel by pixel. picture: pixels of the quilt, whose views the panel mixes."""

    calibration: Calibration
    quilt: Quilt
    picture: Size = (3360, 3360)
    focus: float = 4.0

    def plan(self, size: Size) -> Plan:  # noqa: ARG002 - a panel has one size
        """All views, woven. The display must be the panel's size: see `lens.Lens`."""
        views = QuiltMode(self.quilt, self.calibration.view_cone, self.focus).views()
        return Plan(self.picture, views, weave=Weave(self.calibration, self.quilt))
