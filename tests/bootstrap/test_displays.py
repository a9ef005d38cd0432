"""Every display that can be set has a mode of its own, with the numbers of its settings."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from holo_app.bootstrap.displays import display_mode
from holo_app.bootstrap.kiosk import ui_settings
from holo_app.bootstrap.screens import Shown
from holo_app.config import Display, DisplayMode, Settings
from holo_app.errors import InputError
from holo_app.hologram.lightfield.mode import LenticularMode, QuiltMode
from holo_app.hologram.lightfield.quilt import Quilt
from holo_app.hologram.modes import Disc, Flat, Margins, Placed, Pyramid, Stereo
from tests.hologram.lightfield import weaving


@pytest.mark.parametrize(
    ("settings", "mode"),
    [
        ({"vertical_offset": 0.1, "turn": 90, "mirrored": True}, Flat(0.1, 90, mirrored=True)),
        ({"mode": "pyramid", "pyramid_sides": 3, "pyramid_base": "out"}, Pyramid(3, "out")),
        ({"mode": "pyramid", "pyramid_mirrored": False, "pyramid_gap": 0.3}, Pyramid(mirror=False, gap=0.3)),
        ({"mode": "stereo", "stereo_layout": "top-bottom", "stereo_half": False}, Stereo("top-bottom", half=False)),
        ({"mode": "stereo", "stereo_swapped": True}, Stereo(swapped=True)),
        ({"mode": "stereo", "stereo_eyes": 5.0}, Stereo(eyes=5.0)),
        ({"offset_x": 0.1, "turn": 90}, Placed(Flat(turn=90), (0.0, 0.1))),
        ({"offset_x": 0.1, "offset_y": 0.2, "mirrored": True}, Placed(Flat(mirrored=True), (-0.1, 0.2))),
        ({"mode": "pyramid", "scale": 0.8}, Placed(Pyramid(), scale=0.8)),
        ({"mode": "fan", "offset_y": 0.1}, Placed(Disc(), (0.0, 0.1))),
        ({"mode": "fan", "fan_hub": 0.1, "fan_fill": 1.0}, Disc(0.1, 1.0)),
        ({"mode": "hololuminescent", "safe_top": 0.1, "safe_sides": 0.05}, Margins(0.1, 0.03, 0.05, 0.05)),
        ({"mode": "quilt", "quilt_columns": 11, "view_aspect": 0.5625}, QuiltMode(Quilt(11, 6, 0.5625))),
        ({"mode": "quilt", "view_cone": 54.0, "depth_focus": 2.0}, QuiltMode(Quilt(8, 6, 0.75), 54.0, 2.0)),
    ],
)
def test_settings_become_a_mode(settings: dict[str, Any], mode: object) -> None:
    assert display_mode(Display(**settings)) == mode


def test_no_display_is_forgotten(tmp_path: Path) -> None:
    (tmp_path / "visual.json").write_text(weaving.as_file(weaving.PORTRAIT), encoding="utf-8")
    modes = set(DisplayMode) - {DisplayMode.AUTO}
    kinds = {type(display_mode(Display(mode=mode, calibration=tmp_path / "visual.json"))) for mode in modes}
    assert len(kinds) == len(modes)


def test_where_nobody_looked_at_the_display_it_is_an_ordinary_one() -> None:
    assert display_mode(Display()) == Flat()


def test_a_calibration_that_was_found_is_used_and_its_lenses_can_be_nudged() -> None:
    plain = display_mode(Display(mode=DisplayMode.LENTICULAR), weaving.PORTRAIT)
    nudged = display_mode(Display(mode=DisplayMode.LENTICULAR, lens_center=0.1, lens_pitch=0.01), weaving.PORTRAIT)
    assert isinstance(plain, LenticularMode)
    assert isinstance(nudged, LenticularMode)
    assert nudged.calibration.center == pytest.approx(plain.calibration.center + 0.1)
    assert nudged.calibration.pitch == pytest.approx(plain.calibration.pitch * 1.01)


def test_a_lenticular_panel_has_the_views_that_fill_it(tmp_path: Path) -> None:
    (tmp_path / "visual.json").write_text(weaving.as_file(weaving.CELLED), encoding="utf-8")
    mode = display_mode(Display(mode=DisplayMode.LENTICULAR, calibration=tmp_path / "visual.json", quilt_columns=11))
    assert isinstance(mode, LenticularMode)
    assert mode.quilt == Quilt(11, 6, 1440 / 2560)


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"mode": "lenticular"}, "needs display.calibration"),
        ({"mode": "lenticular", "calibration": "/nowhere/visual.json"}, "cannot be read"),
        ({"mode": "quilt", "quilt_columns": 32, "quilt_rows": 32}, "display.quilt_columns"),
    ],
)
def test_what_cannot_be_shown_is_said(settings: dict[str, Any], says: str) -> None:
    with pytest.raises(InputError, match=says):
        display_mode(Display(**settings))


@pytest.mark.parametrize(
    ("display", "fps"),
    [
        ({}, 60),
        ({"fan_fps": 25}, 60),
        ({"mode": "fan"}, 30),
        ({"mode": "fan", "fan_fps": 25}, 25),
        ({"mode": "fan", "fps_cap": 20}, 20),
    ],
)
def test_a_fan_is_drawn_no_faster_than_it_shows(display: dict[str, Any], fps: int) -> None:
    settings = Settings().replaced("display", **display)
    assert ui_settings(Shown(settings, settings), windowed=True).target_fps == fps
