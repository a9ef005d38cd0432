"""What was nudged is kept per screen and mode, travels between machines, and survives a damaged file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from holo_app.config import Calibrations, DisplayMode, Settings, calibrated
from holo_app.errors import InputError

GLASS, DESK = "TST:Glass:7", "DEL:U2720Q:HDMI-1"


@pytest.fixture
def kept(tmp_path: Path) -> Calibrations:
    return Calibrations(tmp_path / "data" / "displays.json")


def test_each_screen_and_mode_has_its_own(kept: Calibrations) -> None:
    assert kept.of(GLASS, DisplayMode.FLAT) == {}
    kept.save(GLASS, DisplayMode.FLAT, {"offset_x": 0.01, "mirrored": True})
    kept.save(GLASS, DisplayMode.PYRAMID, {"pyramid_gap": 0.2})
    kept.save(DESK, DisplayMode.FLAT, {"turn": 90})
    assert kept.of(GLASS, DisplayMode.FLAT) == {"offset_x": 0.01, "mirrored": True}
    assert kept.of(GLASS, DisplayMode.PYRAMID) == {"pyramid_gap": 0.2}
    kept.save(GLASS, DisplayMode.FLAT, {"scale": 0.9})
    assert kept.of(GLASS, DisplayMode.FLAT) == {"scale": 0.9}
    assert kept.forget(GLASS)
    assert not kept.forget(GLASS)
    assert kept.of(GLASS, DisplayMode.PYRAMID) == {}
    assert kept.of(DESK, DisplayMode.FLAT) == {"turn": 90}
    assert [path.name for path in kept.path.parent.iterdir()] == ["displays.json"], "nothing half-written is left"


@pytest.mark.parametrize(
    "content", ["", "no json", "[]", '{"version": 9, "displays": {}}', '{"version": 1, "displays": {"a": {"flat": 3}}}']
)
def test_a_damaged_file_is_set_aside_and_named(kept: Calibrations, content: str) -> None:
    kept.path.parent.mkdir()
    for number in (1, 2):
        kept.path.write_text(content, encoding="utf-8")
        assert kept.of(GLASS, DisplayMode.FLAT) == {}
        aside = kept.path.with_name(f"displays.damaged-{number}.json")
        assert aside.read_text(encoding="utf-8") == content
    kept.save(GLASS, DisplayMode.FLAT, {"turn": 180})
    assert kept.of(GLASS, DisplayMode.FLAT) == {"turn": 180}


@pytest.mark.parametrize(
    ("mode", "values", "says"),
    [
        ("flat", {"offset_x": 3.0}, "offset_x"),
        ("flat", {"turn": 45}, "turn"),
        ("flat", {"fps_cap": 10}, "fps_cap is not a value that is calibrated"),
        ("flat", {"screen": "2"}, "screen is not"),
        ("cube", {}, "no display mode 'cube'"),
    ],
)
def test_nothing_that_is_not_allowed_is_taken(
    kept: Calibrations, tmp_path: Path, mode: str, values: dict[str, object], says: str
) -> None:
    kept.save(DESK, DisplayMode.FLAT, {"turn": 90})
    file = tmp_path / "given.json"
    file.write_text(json.dumps({"version": 1, "displays": {GLASS: {mode: values}}}), encoding="utf-8")
    with pytest.raises(InputError, match=says) as caught:
        kept.take(file)
    assert caught.value.problems
    assert kept.of(DESK, DisplayMode.FLAT) == {"turn": 90}
    assert kept.of(GLASS, DisplayMode.FLAT) == {}


def test_nothing_that_is_not_allowed_is_saved(kept: Calibrations) -> None:
    with pytest.raises(InputError, match="offset_y"):
        kept.save(GLASS, DisplayMode.FLAT, {"offset_y": -0.6})
    assert not kept.path.exists()


def test_another_machine_takes_what_this_one_exported(kept: Calibrations, tmp_path: Path) -> None:
    kept.save(GLASS, DisplayMode.FLAT, {"offset_x": 0.01})
    kept.save(DESK, DisplayMode.FLAT, {"turn": 90})
    assert kept.export(tmp_path / "usb" / "mine.json") == 2
    other = Calibrations(tmp_path / "other" / "displays.json")
    other.save(GLASS, DisplayMode.PYRAMID, {"pyramid_gap": 0.2})
    other.save("ABC:3", DisplayMode.FAN, {"fan_hub": 0.1})
    assert other.take(tmp_path / "usb" / "mine.json") == 2
    assert other.of(GLASS, DisplayMode.FLAT) == {"offset_x": 0.01}
    assert other.of(GLASS, DisplayMode.PYRAMID) == {}
    assert other.of("ABC:3", DisplayMode.FAN) == {"fan_hub": 0.1}


def test_what_cannot_be_read_or_written_is_said(kept: Calibrations, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        kept.take(tmp_path / "missing.json")
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(InputError, match="cannot be written"):
        kept.export(tmp_path / "file" / "x.json")


def test_a_calibration_lies_over_the_settings() -> None:
    settings = Settings().replaced("display", mode="flat", turn=90, offset_x=0.1)
    laid = calibrated(settings, {"offset_x": 0.02, "mirrored": True})
    assert (laid.display.turn, laid.display.offset_x, laid.display.mirrored) == (90, 0.02, True)


def test_values_that_are_not_allowed_any_more_are_left_out() -> None:
    laid = calibrated(Settings(), {"offset_x": 9.0, "fps_cap": 10, "gone": 1, "scale": 0.5})
    assert laid == Settings().replaced("display", scale=0.5)
    assert calibrated(Settings(), {}) == Settings()
