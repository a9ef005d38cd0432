"""The lens' pass on the graphics card against the same formulas in float64."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from holo_app.domain.avatar import FacePose
from holo_app.errors import DeviceError
from holo_app.hologram.lightfield.calibration import calibration_of
from holo_app.hologram.lightfield.lens import woven
from holo_app.hologram.lightfield.mode import LenticularMode, QuiltMode
from holo_app.hologram.lightfield.quilt import Quilt
from holo_app.hologram.snapshot import Studio
from tests.hologram.lightfield import weaving

QUILT = Quilt(8, 6, 0.75)
TILE = (70, 56)

PANELS = pytest.mark.parametrize(
    "panel", [weaving.PORTRAIT, weaving.MIRRORED, weaving.CELLED], ids=["portrait", "mirrored", "celled"]
)


def index_quilt() -> NDArray[np.uint8]:
    """Each view in a grey of its own."""
    numbers = np.arange(QUILT.views).reshape(QUILT.rows, QUILT.columns)[::-1] * 5
    grey = np.kron(numbers, np.ones((TILE[1], TILE[0]))).astype(np.uint8)
    return np.repeat(grey[..., None], 3, axis=2)


def gradient_quilt() -> NDArray[np.uint8]:
    """Each view with a ramp across in red, up in green, and its number in blue."""
    quilt = index_quilt()
    across = np.linspace(0, 255, TILE[0]).astype(np.uint8)
    up = np.linspace(255, 0, TILE[1]).astype(np.uint8)
    quilt[..., 0] = np.tile(across, QUILT.columns)[None, :]
    quilt[..., 1] = np.tile(up, QUILT.rows)[:, None]
    return quilt


@PANELS
@pytest.mark.parametrize("quilt", [index_quilt(), gradient_quilt()], ids=["index", "gradient"])
def test_the_panel_shows_what_the_formulas_say(panel: Mapping[str, Any], quilt: NDArray[np.uint8]) -> None:
    expected = weaving.woven(panel, quilt, QUILT.columns, QUILT.rows)

    shown = woven(quilt, QUILT, calibration_of(panel), smooth=False)

    differs = shown != expected
    assert shown.shape == expected.shape
    assert 1 - differs.mean() >= 0.9995
    # where they differ, the colour lies on the border between two views
    to_border = weaving.views(panel)[::-1] * QUILT.views
    assert np.all(np.abs(to_border - np.round(to_border))[differs] < 0.01)


def test_views_are_read_between_their_pixels_and_not_beyond_their_edge() -> None:
    quilt = np.zeros((6 * 8, 8 * 8, 3), np.uint8)
    quilt[:, ::8] = 255  # the left edge of each tile
    shown = woven(quilt, QUILT, calibration_of(weaving.PORTRAIT))
    row = shown[1000].astype(int)
    assert row[:96].min() == 255  # up to the middle of a tile's first pixel
    assert 100 < row[192].mean() < 150  # between the first and the second
    assert row[400:].max() == 0  # the next tile's edge does not shine in at the right


def test_the_kiosk_weaves_what_it_draws(tmp_path: Path) -> None:
    """The same picture as that of the quilt drawn first and woven afterwards."""
    panel = {**weaving.PORTRAIT, "screenW": {"value": 192}, "screenH": {"value": 256}, "DPI": {"value": 40.5}}
    calibration = calibration_of(panel)
    quilt, pixels = Quilt(4, 2, 0.75), (4 * 96, 2 * 128)
    studio = Studio(tmp_path)
    try:
        views = studio.picture(*pixels, FacePose(), QuiltMode(quilt, calibration.view_cone))
        shown = studio.picture(192, 256, FacePose(), LenticularMode(calibration, quilt, pixels))
        with pytest.raises(DeviceError, match="192x256"):
            studio.picture(200, 256, FacePose(), LenticularMode(calibration, quilt, pixels))
    finally:
        studio.close()
    expected = woven(views, quilt, calibration, smooth=False)
    assert shown.max() > 100
    assert (shown == expected).mean() > 0.999
