"""Screens and calibrations from the command line, on a machine without a desktop."""

from __future__ import annotations

from pathlib import Path

from holo_app.config import Calibrations, DisplayMode
from tests.cli.command_line import holo


def test_calibrations_travel_between_machines(tmp_path: Path) -> None:
    kept = Calibrations(tmp_path / "one" / "displays.json")
    kept.save("TST:Glass:7", DisplayMode.FLAT, {"turn": 90})
    done = holo("calibrate", "--data-dir", tmp_path / "one", "--export", tmp_path / "out.json", home=tmp_path)
    assert (done.code, done.out) == (0, f"1 screens written to {tmp_path / 'out.json'}\n")
    done = holo("calibrate", "--data-dir", tmp_path / "two", "--import", tmp_path / "out.json", home=tmp_path)
    assert done.code == 0, done.err
    assert Calibrations(tmp_path / "two" / "displays.json").of("TST:Glass:7", DisplayMode.FLAT) == {"turn": 90}


def test_wrong_use_is_answered(tmp_path: Path) -> None:
    done = holo("calibrate", "--screen", "7", home=tmp_path)
    assert done.code == 1
    assert "neither DISPLAY nor WAYLAND_DISPLAY is set" in done.err


def test_displays_are_listed_without_a_desktop(tmp_path: Path) -> None:
    done = holo("displays", home=tmp_path)
    assert done.code == 0
    assert done.out
