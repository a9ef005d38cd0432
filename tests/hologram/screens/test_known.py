"""Displays are recognised by what is known of them, and ordinary screens are left as they are."""

from __future__ import annotations

import pytest

from holo_app.config import DisplayMode
from holo_app.domain.screen import Screen
from holo_app.hologram.screens.known import KnownDisplay, Panel, known_displays, recognise

PORTRAIT = Panel("LKG-P00671", (1536, 2048), "the drive at /media/LKG-P00671", {"pitch": 1})


@pytest.mark.parametrize(
    ("screen", "mode"),
    [
        (Screen(0, "HDMI-1", "DEL", "U2720Q", "ABC", (3840, 2160)), "flat"),
        (Screen(0, "HDMI-1", "DEL", "U2720Q", "ABC", (2160, 3840)), "flat"),  # hanging upright it is still one
        (Screen(0, "screen"), "flat"),
        (Screen(0, "DP-1", "XYZ", "LKG-E", "", (1440, 2560)), "lenticular"),
        (Screen(0, "DP-1", "XYZ", "", "lkg-p00012", (1536, 2048)), "lenticular"),
        (Screen(0, "DP-1", "XYZ", "HLD 27", "", (2160, 3840)), "hololuminescent"),
        (Screen(0, "DP-1", "XYZ", "HLD 27", "", (3840, 2160)), "hololuminescent"),
        (Screen(0, "DP-1", "XYZ", "HLD 27", "", (1920, 1080)), "flat"),
    ],
)
def test_the_mode_follows_from_the_model(screen: Screen, mode: str) -> None:
    told = recognise(screen)
    assert told.mode == mode
    assert told.why


def test_every_known_display_has_a_mode_that_exists_and_a_reason() -> None:
    assert known_displays()
    for display in known_displays():
        assert display.mode in set(DisplayMode) - {"auto"}
        assert display.why
        assert (display.maker, display.model, display.serial) != (None, None, None), "pixels alone tell nothing"


def test_a_panel_is_known_by_the_calibration_that_it_brings() -> None:
    told = recognise(Screen(0, "DP-1", size=(1536, 2048)), [PORTRAIT])
    assert (told.mode, told.panel) == ("lenticular", PORTRAIT)
    assert "/media/LKG-P00671" in told.why
    assert recognise(Screen(0, "DP-1", size=(1920, 1080)), [PORTRAIT]).mode == "flat"


def test_of_two_panels_of_one_model_each_has_its_own_calibration() -> None:
    other = Panel("LKG-P00700", (1536, 2048), "the drive at /media/LKG-P00700", {})
    screen = Screen(0, "DP-1", serial="lkg-p00700", size=(1536, 2048))
    assert recognise(screen, [PORTRAIT, other]).panel == other


def test_the_first_entry_that_fits_decides() -> None:
    table = [KnownDisplay("fan", "by its maker", maker="ABC"), KnownDisplay("stereo", "anything else")]
    assert recognise(Screen(0, "DP-1", "ABC"), known=table).mode == "fan"
    assert recognise(Screen(0, "DP-1", "abc"), known=table).mode == "stereo"
