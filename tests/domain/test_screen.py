"""Screens are picked by whatever people call them."""

from __future__ import annotations

import pytest

from holo_app.domain.screen import Screen, named_screen

DESK = Screen(0, "HDMI-1", "DEL", "U2720Q", size=(3840, 2160))
GLASS = Screen(1, "DP-2", "TST", "LKG Portrait", "LKG-P00671", (1536, 2048))
SCREENS = [DESK, GLASS]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("0", DESK),
        (" 1 ", GLASS),
        ("dp-2", GLASS),
        ("LKG-p00671", GLASS),
        ("TST:LKG Portrait:LKG-P00671", GLASS),
        ("portrait", GLASS),
        ("u2720", DESK),
        ("7", None),
        ("VGA-1", None),
        ("", None),
    ],
)
def test_a_screen_is_found_by_any_of_its_names(wanted: str, found: Screen | None) -> None:
    assert named_screen(SCREENS, wanted) == found


def test_an_exact_name_wins_over_a_part_of_another() -> None:
    screens = [Screen(0, "DP-1", model="copy of DP-2"), GLASS]
    assert named_screen(screens, "DP-2") == GLASS


def test_a_serial_number_is_kept_wherever_the_screen_is_plugged_in() -> None:
    assert GLASS.key == Screen(0, "HDMI-1", "TST", "LKG Portrait", "LKG-P00671").key
    assert DESK.key == "DEL:U2720Q:HDMI-1"
    assert Screen(0, "screen").key == "screen"


def test_people_read_the_model_and_the_connector() -> None:
    assert GLASS.title == "TST LKG Portrait (DP-2)"
    assert Screen(0, "screen").title == "screen"
