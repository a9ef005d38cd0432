from __future__ import annotations

import math
from itertools import combinations
from typing import Literal

import pytest

from holo_app.hologram.modes import Corner, Flat, Pyramid

SIZES = [(800, 800), (1080, 1920), (1920, 1080)]


def _area(polygon: tuple[Corner, ...]) -> float:
    ends = polygon[1:] + polygon[:1]
    return sum(a[0] * b[1] - a[1] * b[0] for a, b in zip(polygon, ends, strict=True)) / 2


def _inside(x: float, y: float, polygon: tuple[Corner, ...]) -> bool:
    ends = polygon[1:] + polygon[:1]
    return all(
        (b[0] - a[0]) * (y - a[1]) - (b[1] - a[1]) * (x - a[0]) > 1e-9 for a, b in zip(polygon, ends, strict=True)
    )


@pytest.mark.parametrize("size", SIZES)
def test_flat_is_one_view_of_the_screens_own_size(size: tuple[int, int]) -> None:
    plan = Flat().plan(size)
    assert plan.picture == size
    assert len(plan.views) == 1
    corners = [corner for polygon in plan.polygons for corner in polygon]
    assert all(u == pytest.approx((x + 1) / 2) and v == pytest.approx((y + 1) / 2) for x, y, u, v in corners)
    assert all(_area(polygon) > 0 for polygon in plan.polygons)
    assert sum(map(_area, plan.polygons)) < 3.2, "black pixels are not paid for"


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("sides", [3, 4])
@pytest.mark.parametrize("base", ["in", "out"])
@pytest.mark.parametrize("gap", [0.0, 0.1, 0.4])
def test_a_pyramids_sides_never_overlap_and_stay_on_the_screen(
    size: tuple[int, int], sides: Literal[3, 4], base: Literal["in", "out"], gap: float
) -> None:
    plan = Pyramid(sides=sides, base=base, gap=gap).plan(size)
    assert len(plan.views) == 1
    assert len(plan.roomy) == sides
    for polygon in (*plan.polygons, *plan.roomy):
        assert _area(polygon) > 0
        assert all(-1e-6 <= value <= 1 + 1e-6 for corner in polygon for value in corner[2:])
        assert all(abs(value) <= 1 + 1e-6 for corner in polygon for value in corner[:2])
    steps = [k / 20 - 1 for k in range(41)]
    assert sum(map(_area, plan.polygons)) < 0.85 * sum(map(_area, plan.roomy)), "black pixels are not paid for"
    for one, other in combinations(plan.roomy, 2):
        assert not any(_inside(x, y, one) and _inside(x, y, other) for x in steps for y in steps)


def test_the_base_stands_where_it_was_asked_to() -> None:
    for base, nearest_v in (("in", 0.0), ("out", 1.0)):
        plan = Pyramid(base="in" if base == "in" else "out", gap=0.2).plan((600, 600))
        for polygon in plan.roomy:
            corner = min(polygon, key=lambda c: math.hypot(c[0], c[1]))
            assert corner[3] == pytest.approx(nearest_v)
