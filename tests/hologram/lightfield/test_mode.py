"""What the views of a quilt have in common, and in what they differ."""

from __future__ import annotations

import numpy as np
import pytest

from holo_app.hologram.camera import Camera
from holo_app.hologram.lightfield.mode import QuiltMode
from holo_app.hologram.lightfield.quilt import Quilt

MODE = QuiltMode(Quilt(8, 6, 0.75))
SIZE = (3360, 3360)
TILE = (420, 560)


def pixels(camera: Camera, point: tuple[float, float, float]) -> tuple[float, float]:
    """Where a point lies in its tile, in pixels from the left and from below."""
    x, y, _, w = camera.matrix.astype(float) @ np.array([*point, 1.0])
    return (x / w + 1) / 2 * TILE[0], (y / w + 1) / 2 * TILE[1]


def paths(point: tuple[float, float, float]) -> tuple[np.ndarray, np.ndarray]:
    places = [pixels(view.camera, point) for view in MODE.plan(SIZE).views]
    across, up = np.array(places).T
    return across, up


def test_each_view_has_its_tile() -> None:
    plan = MODE.plan(SIZE)
    assert plan.picture == SIZE
    assert [view.area for view in plan.views] == [MODE.quilt.area(view) for view in range(48)]


@pytest.mark.parametrize("place", [(0.0, 0.0), (5.0, 8.0), (-7.0, -12.0)])
def test_the_plane_of_focus_stands_still_in_all_views(place: tuple[float, float]) -> None:
    across, up = paths((*place, MODE.focus))
    assert np.ptp(across) <= 0.1
    assert np.ptp(up) <= 0.1


@pytest.mark.parametrize("depth", [-6.0, 0.0, 9.0])
def test_nothing_moves_up_or_down(depth: float) -> None:
    _, up = paths((3.0, 6.0, depth))
    assert np.ptp(up) <= 0.1


def test_what_is_nearer_moves_against_the_eye_and_what_is_farther_with_it() -> None:
    nearer, farther = paths((0.0, 5.0, MODE.focus + 4))[0], paths((0.0, 5.0, MODE.focus - 4))[0]
    # from the first view, the leftmost, to the last
    assert np.all(np.diff(nearer) < 0)
    assert np.all(np.diff(farther) > 0)
