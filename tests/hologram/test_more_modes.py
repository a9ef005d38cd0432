"""The other displays: where their pictures go, and what each eye sees."""

from __future__ import annotations

import math

import numpy as np
import pytest

from holo_app.domain.avatar import FacePose
from holo_app.hologram.camera import Camera
from holo_app.hologram.modes import Corner, Disc, DisplayMode, Flat, Margins, Size, Stereo, Turn
from holo_app.hologram.snapshot import Studio

SIZES = [(800, 800), (1080, 1920), (1920, 1080)]
MODES: list[DisplayMode] = [
    *(Flat(turn=turn, mirrored=mirrored) for turn in (0, 90, 180, 270) for mirrored in (False, True)),
    Stereo(),
    Stereo("top-bottom", half=False),
    Disc(),
    Disc(hub=0.1, fill=1.0),
    Margins(),
]


def _area(polygon: tuple[Corner, ...]) -> float:
    ends = polygon[1:] + polygon[:1]
    return sum(a[0] * b[1] - a[1] * b[0] for a, b in zip(polygon, ends, strict=True)) / 2


@pytest.mark.parametrize("mode", MODES, ids=str)
@pytest.mark.parametrize("size", SIZES)
def test_every_picture_stays_on_its_display(mode: DisplayMode, size: Size) -> None:
    plan = mode.plan(size)
    for polygon in plan.polygons:
        assert _area(polygon) > 0
        assert all(abs(value) <= 1 + 1e-6 for corner in polygon for value in corner[:2])
        assert all(-1e-6 <= value <= 1 + 1e-6 for corner in polygon for value in corner[2:])


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_a_turned_screen_shows_the_same_picture_turned_back(studio: Studio, turn: Turn) -> None:
    upright = studio.picture(90, 160, FacePose(), Flat())
    size = (90, 160) if turn in (0, 180) else (160, 90)
    turned = studio.picture(*size, FacePose(), Flat(turn=turn))
    # the screen stands `turn` degrees clockwise: seen there, it is upright again
    seen = np.rot90(turned, -turn // 90).astype(int)
    assert np.abs(seen - upright.astype(int)).mean() < 1.0


def test_a_mirror_shows_the_picture_the_right_way_round(studio: Studio) -> None:
    pose = FacePose(head=(25.0, 0.0, 0.0))
    plain = studio.picture(90, 160, pose, Flat()).astype(int)
    mirrored = studio.picture(90, 160, pose, Flat(mirrored=True)).astype(int)
    assert np.abs(mirrored[:, ::-1] - plain).mean() < 1.0
    assert np.abs(mirrored - plain).mean() > 2.0


def _across(camera: Camera, depth: float) -> float:
    x, _, _, w = camera.matrix.astype(float) @ np.array([0.0, 4.0, depth, 1.0])
    return float(x / w)


@pytest.mark.parametrize("layout", ["side-by-side", "top-bottom"])
def test_the_left_eye_comes_first_and_sees_near_things_farther_right(layout: str) -> None:
    mode = Stereo("side-by-side" if layout == "side-by-side" else "top-bottom")
    left, right = mode.plan((1920, 1080)).views
    assert left.area[:2] == ((0.0, 0.0) if layout == "side-by-side" else (0.0, 0.5))
    near, plane, far = ((_across(left.camera, z) - _across(right.camera, z)) for z in (9.0, mode.focus, -9.0))
    assert near > 0 > far
    assert plane == pytest.approx(0, abs=1e-6)
    swapped = Stereo(mode.layout, swapped=True).plan((1920, 1080)).views
    assert np.array_equal(swapped[0].camera.matrix, right.camera.matrix)


def test_a_squeezed_pair_is_stretched_again_by_the_display() -> None:
    half, full = Stereo().plan((1920, 1080)), Stereo(half=False).plan((3840, 1080))
    assert np.array_equal(half.views[0].camera.matrix, full.views[0].camera.matrix)


@pytest.mark.parametrize("size", SIZES)
def test_a_fan_lights_nothing_beyond_its_disc_nor_at_its_axle(studio: Studio, size: Size) -> None:
    edge = min(size) // 5
    wide, high = size[0] // 5, size[1] // 5
    picture = studio.picture(wide, high, FacePose(), Disc(hub=0.1, fill=1.4)).max(axis=2)
    y, x = np.mgrid[0:high, 0:wide]
    radius = np.hypot(x - (wide - 1) / 2, y - (high - 1) / 2) / (edge / 2)
    assert picture[radius > 1.02].max(initial=0) == 0
    assert picture[radius < 0.07].max(initial=0) == 0
    assert picture.max() > 100


def test_a_disc_shows_the_whole_square_where_it_fills_no_more_than_it_can() -> None:
    plan = Disc(fill=1.0).plan((400, 400))
    assert sum(map(_area, plan.polygons)) == pytest.approx(2 * math.sqrt(0.5) * 2 * math.sqrt(0.5), rel=0.02)


def test_margins_stay_black(studio: Studio) -> None:
    picture = studio.picture(200, 300, FacePose(), Margins(top=0.2, bottom=0.1, left=0.15, right=0.05)).max(axis=2)
    assert picture[:60].max() == picture[270:].max() == picture[:, :30].max() == picture[:, 190:].max() == 0
    assert picture.max() > 100
