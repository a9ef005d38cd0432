"""Every display that can be set has a mode of its own, with the numbers of its settings."""

from __future__ import annotations

from typing import Any

import pytest

from holo_app.bootstrap.displays import display_mode
from holo_app.config import Display, DisplayMode
from holo_app.hologram.lightfield.mode import QuiltMode
from holo_app.hologram.lightfield.quilt import Quilt
from holo_app.hologram.modes import Disc, Flat, Margins, Pyramid, Stereo


@pytest.mark.parametrize(
    ("settings", "mode"),
    [
        ({"vertical_offset": 0.1, "turn": 90, "mirrored": True}, Flat(0.1, 90, mirrored=True)),
        ({"mode": "pyramid", "pyramid_sides": 3, "pyramid_base": "out"}, Pyramid(3, "out")),
        ({"mode": "pyramid", "pyramid_mirrored": False, "pyramid_gap": 0.3}, Pyramid(mirror=False, gap=0.3)),
        ({"mode": "stereo", "stereo_layout": "top-bottom", "stereo_half": False}, Stereo("top-bottom", half=False)),
        ({"mode": "stereo", "stereo_swapped": True}, Stereo(swapped=True)),
        ({"mode": "fan", "fan_hub": 0.1, "fan_fill": 1.0}, Disc(0.1, 1.0)),
        ({"mode": "hololuminescent", "safe_top": 0.1, "safe_sides": 0.05}, Margins(0.1, 0.03, 0.05, 0.05)),
        ({"mode": "quilt", "quilt_columns": 11, "view_aspect": 0.5625}, QuiltMode(Quilt(11, 6, 0.5625))),
        ({"mode": "quilt", "view_cone": 54.0, "depth_focus": 2.0}, QuiltMode(Quilt(8, 6, 0.75), 54.0, 2.0)),
    ],
)
def test_settings_become_a_mode(settings: dict[str, Any], mode: object) -> None:
    assert display_mode(Display(**settings)) == mode


def test_no_display_is_forgotten() -> None:
    assert len({type(display_mode(Display(mode=mode))) for mode in DisplayMode}) == len(DisplayMode)
