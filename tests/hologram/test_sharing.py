"""Views that share a picture: which are drawn, and where they are shown."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from holo_app.domain.avatar import FacePose
from holo_app.hologram.character import Detail
from holo_app.hologram.lightfield.mode import LenticularMode, QuiltMode
from holo_app.hologram.lightfield.quilt import Quilt
from holo_app.hologram.modes import Flat
from holo_app.hologram.modes.sharing import shared
from holo_app.hologram.quality import Quality
from holo_app.hologram.snapshot import Studio
from tests.hologram.goldens.cases import PANEL

QUILT = Quilt(4, 6, 0.75)
SIZE = (4 * 30, 6 * 40)


@pytest.mark.parametrize(("asked", "done"), [(1, 1), (2, 2), (3, 3), (4, 3), (5, 3)])
def test_as_many_share_as_divide_the_rows(asked: int, done: int) -> None:
    plan = shared(QuiltMode(QUILT).plan(SIZE), asked)
    assert len(plan.views) == QUILT.views // done
    assert plan.picture == (SIZE[0], SIZE[1] // done)


def test_each_tile_shows_a_view_of_its_neighbourhood() -> None:
    whole = QuiltMode(QUILT).plan(SIZE)
    plan = shared(whole, 2)
    assert len(plan.polygons) == QUILT.views
    for number, tile in enumerate(plan.polygons):
        x, y, u, v = tile[0]
        assert ((x + 1) / 2, (y + 1) / 2) == pytest.approx(whole.views[number].area[:2])
        [source] = [view for view in plan.views if view.area[:2] == pytest.approx((u, v))]
        assert any(source.camera is whole.views[near].camera for near in (number // 2 * 2, number // 2 * 2 + 1))


def test_a_panel_mixes_fewer_views() -> None:
    plan = shared(LenticularMode(PANEL, QUILT, SIZE).plan((PANEL.width, PANEL.height)), 2)
    assert plan.weave is not None
    assert (plan.weave.quilt.columns, plan.weave.quilt.rows) == (4, 3)


def test_other_displays_are_left_alone() -> None:
    plan = Flat().plan(SIZE)
    assert shared(plan, 3) is plan


def test_a_shared_quilt_looks_like_the_whole_one(tmp_path: Path) -> None:
    pictures = []
    for sharing in (1, 2):
        studio = Studio(tmp_path, Quality(1.0, 0, Detail.LOW, sharing))
        pictures.append(studio.picture(*SIZE, FacePose(), QuiltMode(QUILT)).astype(int))
        studio.close()
    whole, fewer = pictures
    tiles = fewer.reshape(6, 40, 4, 30, 3)[::-1]
    assert np.array_equal(tiles[0, :, 0], tiles[0, :, 1])
    assert not np.array_equal(tiles[0, :, 1], tiles[0, :, 2])
    assert np.abs(whole - fewer).mean() < 6.0
