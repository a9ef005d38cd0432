"""What a display mode is: which views are drawn, and where their pictures go on the display. A pure plan."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Protocol, TypeAlias

from holo_app.hologram.camera import Camera
from holo_app.hologram.lightfield.calibration import Calibration
from holo_app.hologram.lightfield.quilt import Quilt

_EXACT: Final = 1e-6
Size: TypeAlias = tuple[int, int]
Corner: TypeAlias = tuple[float, float, float, float]
Polygons: TypeAlias = tuple[tuple[Corner, ...], ...]


@dataclass(frozen=True, slots=True)
class View:
    """One camera and the part of the offscreen picture it fills: (x, y, width, height), each 0..1, y up."""

    camera: Camera
    area: tuple[float, float, float, float] = (0.0, 0.0, 1.0, 1.0)


@dataclass(frozen=True, slots=True)
class Weave:
    """The picture is a quilt, and the display a lenticular panel: which view each of its pixels shows."""

    calibration: Calibration
    quilt: Quilt


@dataclass(frozen=True, slots=True)
class Plan:
    """What one frame needs.

    picture: size in pixels of the offscreen picture at full quality. views: drawn into it. polygons: convex, each
    corner (x, y) on the display in -1..1, y up, with (u, v) in the picture. weave: instead of polygons. roomy: instead of
    polygons that are cut to the figure's reach, where what is drawn is no such figure; empty where they are not cut.
    """

    picture: Size
    views: tuple[View, ...]
    polygons: Polygons = ()
    weave: Weave | None = None
    roomy: Polygons = ()

    @property
    def in_place(self) -> bool:
        """Whether each pixel of the picture belongs on the display where it is in the picture."""
        corners = [corner for shape in self.polygons for corner in shape]
        return bool(corners) and all(abs(2 * u - 1 - x) + abs(2 * v - 1 - y) < _EXACT for x, y, u, v in corners)


class DisplayMode(Protocol):
    """How a display shows the figure."""

    def plan(self, size: Size) -> Plan:
        """The plan for a display of `size` pixels."""
        ...


def whole(size: tuple[float, float] = (1.0, 1.0)) -> tuple[Corner, ...]:
    """The whole picture on the middle of the display, `size` (across, up) of it covered."""
    across, up = size
    return ((-across, -up, 0.0, 0.0), (across, -up, 1.0, 0.0), (across, up, 1.0, 1.0), (-across, up, 0.0, 1.0))
