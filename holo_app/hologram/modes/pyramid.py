"""A Pepper's ghost pyramid."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final, Literal

from holo_app.hologram.camera import frame, reach
from holo_app.hologram.modes.plan import Corner, Plan, Size, View

_FIRST_SIDE: Final = -math.pi / 2  # the first copy stands at the bottom of the screen


@dataclass(frozen=True, slots=True)
class Pyramid:
    """A Pepper's ghost pyramid lying on the screen: the same picture once per side.

    sides: 3 or 4. base: which end of the figure is at the middle of the screen (`in` for a pyramid that stands on
    its tip). mirror: whether the copies are mirrored, because each is seen in one reflection. gap: the free circle in
    the middle, as a fraction of the screen's half.
    """

    sides: Literal[3, 4] = 4
    base: Literal["in", "out"] = "in"
    mirror: bool = True
    gap: float = 0.10

    def plan(self, size: Size) -> Plan:
        """One square view, placed once per side and cut to its wedge, so that no copy covers another."""
        tile = max(int(min(size) * (1 - self.gap) / 2), 1)
        view = View(frame(1.0, captions=False))
        whole = [self._side(side, self._wedge()) for side in range(self.sides)]
        radius = max(max(abs(x), abs(y)) for corners in whole for x, y, _, _ in corners)
        # what the figure cannot touch stays black: a software rasteriser pays per pixel
        touched = [self._cut([self._place(x, y) for x, y in shape]) for shape in reach(view.camera)]
        shapes = [self._side(side, shape) for side in range(self.sides) for shape in touched if len(shape) > 2]  # noqa: PLR2004
        narrow, roomy = (tuple(self._fitted(corners, radius, size) for corners in part) for part in (shapes, whole))
        return Plan((tile, tile), (view,), narrow, roomy=roomy)

    def _side(self, side: int, outline: list[tuple[float, float]]) -> list[Corner]:
        """An outline on one side, in units of the pyramid's radius, counter-clockwise as it is."""
        angle = _FIRST_SIDE + 2 * math.pi * side / self.sides
        outwards = (math.cos(angle), math.sin(angle))
        across = (-outwards[1], outwards[0])
        corners: list[Corner] = []
        for along, aside in outline:
            x = along * outwards[0] + aside * across[0]
            y = along * outwards[1] + aside * across[1]
            u, v = self._uv(along, aside)
            corners.append((x, y, u, v))
        return corners

    def _fitted(self, corners: list[Corner], radius: float, size: Size) -> tuple[Corner, ...]:
        """Corners in units of the pyramid's radius, brought onto the display."""
        across, down = (min(size) / (edge * radius) for edge in size)
        return tuple((x * across, y * down, u, v) for x, y, u, v in corners)

    def _wedge(self) -> list[tuple[float, float]]:
        """The tile's outline cut to the side's sector, as (distance from the middle, sideways), counter-clockwise."""
        near, far = self.gap, 1.0
        half = (far - near) / 2
        slope = math.tan(math.pi / self.sides)
        inner = min(half, near * slope)
        outline = [(near, -inner)]
        knee = half / slope
        if near < knee < far:
            outline.append((knee, -half))
        outline += [(far, -min(half, far * slope)), (far, min(half, far * slope))]
        if near < knee < far:
            outline.append((knee, half))
        outline.append((near, inner))
        return outline

    def _cut(self, outline: list[tuple[float, float]]) -> list[tuple[float, float]]:
        """The part of a convex outline that lies in the side's sector, counter-clockwise."""
        slope = math.tan(math.pi / self.sides)
        for side in (-1.0, 1.0):
            kept: list[tuple[float, float]] = []
            for (a, b), (c, d) in zip(outline, [*outline[1:], *outline[:1]], strict=True):
                here, there = a * slope - side * b, c * slope - side * d
                if here >= 0:
                    kept.append((a, b))
                if here * there < 0:
                    share = here / (here - there)
                    kept.append((a + (c - a) * share, b + (d - b) * share))
            outline = kept
        ends = [*outline[1:], *outline[:1]]
        turned = sum(a * d - b * c for (a, b), (c, d) in zip(outline, ends, strict=True))
        return outline if turned > 0 else outline[::-1]

    def _place(self, x: float, y: float) -> tuple[float, float]:
        """(distance from the middle, sideways) of a place in the picture, in -1..1: what `_uv` undoes."""
        extent = 1.0 - self.gap
        height = (y + 1) / 2 if self.base == "in" else (1 - y) / 2
        upright = -1.0 if self.base == "in" else 1.0
        return self.gap + height * extent, x / 2 * extent * upright * (-1.0 if self.mirror else 1.0)

    def _uv(self, along: float, aside: float) -> tuple[float, float]:
        extent = 1.0 - self.gap
        height = (along - self.gap) / extent
        sideways = aside / extent
        v = height if self.base == "in" else 1.0 - height
        upright = -1.0 if self.base == "in" else 1.0
        return 0.5 + sideways * upright * (-1.0 if self.mirror else 1.0), v
