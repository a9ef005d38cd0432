"""Fewer views for a display of many, where the machine cannot draw them all: neighbours show the same picture."""

from __future__ import annotations

from dataclasses import replace

from holo_app.hologram.lightfield.quilt import Quilt
from holo_app.hologram.modes.plan import Corner, Plan, View, Weave

MANY = 8
"""So many views are many."""


def shared(plan: Plan, sharing: int) -> Plan:
    """The plan with `sharing` neighbouring views drawn as one, or as many as divide the quilt's rows and are not more.

    A panel mixes the fewer views by itself; a quilt's tiles are each filled from the view that they share.
    """
    columns, rows = (round(1 / edge) for edge in plan.views[0].area[2:])
    while rows % sharing:
        sharing -= 1
    if sharing == 1 or columns * rows != len(plan.views):
        return plan
    fewer = Quilt(columns, rows // sharing, 1.0)
    # of each group the view in the middle, or the one beside it
    drawn = tuple(
        View(plan.views[group * sharing + sharing // 2].camera, fewer.area(group)) for group in range(fewer.views)
    )
    picture = plan.picture[0], max(plan.picture[1] // sharing, 1)
    if plan.weave is not None:
        quilt = Quilt(columns, rows // sharing, plan.weave.quilt.aspect)
        return replace(plan, picture=picture, views=drawn, weave=Weave(plan.weave.calibration, quilt))
    tiles = tuple(_tile(view, fewer.area(number // sharing)) for number, view in enumerate(plan.views))
    return replace(plan, picture=picture, views=drawn, polygons=tiles, roomy=())


def _tile(view: View, source: tuple[float, float, float, float]) -> tuple[Corner, ...]:
    (x, y, wide, high), (u, v, across, up) = view.area, source
    ends = ((0, 0), (1, 0), (1, 1), (0, 1))
    return tuple((2 * (x + a * wide) - 1, 2 * (y + b * high) - 1, u + a * across, v + b * up) for a, b in ends)
