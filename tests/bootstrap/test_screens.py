"""Which screen the hologram gets, in which mode, with which values."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from holo_app.bootstrap.screen_tuning import ScreenTuning
from holo_app.bootstrap.screens import Shown, calibrations, listed, screens_here, shown_on
from holo_app.config import DisplayMode, Settings
from holo_app.domain.screen import Screen
from holo_app.errors import InputError
from holo_app.hologram.calibrating.board import Board
from holo_app.hologram.calibrating.cards import Card
from holo_app.hologram.lightfield.mode import LenticularMode
from holo_app.hologram.modes import Flat, Placed, Pyramid
from holo_app.hologram.screens.known import Panel
from tests.hologram.lightfield import weaving
from tests.hologram.screens.edids import edid

DESK = Screen(0, "HDMI-1", "DEL", "U2720Q", "D1", (3840, 2160))
GLASS = Screen(1, "DP-2", "TST", "LKG Portrait", "LKG-P-TEST", (1536, 2048))
PLAIN = Screen(2, "DP-3", "TST", "Plain", "P1", (1920, 1080))
PANEL = Panel("LKG-P-TEST", (1536, 2048), "the drive", weaving.PORTRAIT)


def settings(tmp_path: Path, **display: object) -> Settings:
    return Settings().replaced("general", data_dir=tmp_path).replaced("display", **display)


def shown(given: Settings, screens: Sequence[Screen], panels: Sequence[Panel] = ()) -> Shown:
    return shown_on(given, screens, lambda: panels)


def test_an_ordinary_screen_stays_flat(tmp_path: Path) -> None:
    told = shown(settings(tmp_path), [DESK, PLAIN])
    assert (told.screen, told.touch, told.settings.display.mode) == (DESK, None, DisplayMode.FLAT)


def test_a_recognised_display_is_chosen_before_the_main_screen(tmp_path: Path) -> None:
    told = shown(settings(tmp_path), [DESK, GLASS], [PANEL])
    assert (told.screen, told.settings.display.mode, told.found) == (GLASS, DisplayMode.LENTICULAR, weaving.PORTRAIT)


def test_what_is_set_is_not_guessed(tmp_path: Path) -> None:
    def none_asked() -> list[Panel]:
        raise AssertionError("nobody wants to know")

    told = shown_on(settings(tmp_path, mode="pyramid", screen="dp-3"), [DESK, GLASS, PLAIN], none_asked)
    assert (told.screen, told.settings.display.mode) == (PLAIN, DisplayMode.PYRAMID)


def test_a_lenticular_mode_that_is_set_still_finds_its_calibration(tmp_path: Path) -> None:
    turned = Screen(0, "DP-1", size=(2048, 1536))
    assert shown(settings(tmp_path, mode="lenticular"), [turned], [PANEL]).found == weaving.PORTRAIT


def test_touch_goes_to_its_own_screen(tmp_path: Path) -> None:
    told = shown(settings(tmp_path, touch_screen="0"), [DESK, PLAIN])
    assert (told.screen, told.touch) == (PLAIN, DESK)


def test_a_screen_that_is_not_connected_may_come_later(tmp_path: Path) -> None:
    told = shown(settings(tmp_path, screen="DP-9", touch_screen="VGA-1"), [DESK])
    assert (told.screen, told.touch) == (DESK, None)
    assert shown(settings(tmp_path), []).screen is None


def test_one_screen_cannot_be_both(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="the same screen"):
        shown(settings(tmp_path, screen="0", touch_screen="hdmi-1"), [DESK, GLASS])


def test_the_screens_own_calibration_lies_over_the_settings(tmp_path: Path) -> None:
    given = settings(tmp_path, mode="pyramid", pyramid_gap=0.3, scale=0.9)
    calibrations(given).save(DESK.key, DisplayMode.PYRAMID, {"pyramid_gap": 0.2})
    calibrations(given).save(DESK.key, DisplayMode.FLAT, {"scale": 0.5})
    told = shown(given, [DESK])
    assert (told.settings.display.pyramid_gap, told.settings.display.scale) == (0.2, 0.9)
    assert told.plain.display.pyramid_gap == 0.3
    assert shown(given, [PLAIN]).settings.display.pyramid_gap == 0.3


def test_the_list_says_what_each_screen_is_for(tmp_path: Path) -> None:
    entries = listed(settings(tmp_path, touch_screen="0"), [DESK, GLASS], [PANEL])
    assert [(entry.recognised.mode, entry.role) for entry in entries] == [("flat", "touch"), ("lenticular", "hologram")]
    clash = listed(settings(tmp_path, screen="0", touch_screen="0"), [DESK, GLASS], [])
    assert [entry.role for entry in clash] == ["", ""]


def test_without_a_desktop_the_kernel_still_tells(tmp_path: Path) -> None:
    folder = tmp_path / "card1-DP-2"
    folder.mkdir()
    (folder / "edid").write_bytes(edid())
    [screen] = screens_here({}, tmp_path)
    assert screen == Screen(0, "DP-2", "TST", "LKG Portrait", "LKG-P00671", (1536, 2048), (0, 0), (120.0, 160.0))


class _Scene:
    """A loaded figure, as far as its board goes."""

    def __init__(self) -> None:
        self.board = Board()


def test_adjusting_is_seen_at_once_and_kept_for_this_screen(tmp_path: Path) -> None:
    given = settings(tmp_path, mode="flat", turn=90)
    tuning = ScreenTuning(shown(given, [PLAIN]))
    assert tuning.defaults()["turn"] == tuning.saved()["turn"] == 90
    values = {**tuning.defaults(), "offset_x": 0.1}
    tuning.show(values, Card.GRID)
    scene = _Scene()
    tuning.attach(scene)  # type: ignore[arg-type]  # only its board is used
    assert (scene.board.card, scene.board.mode) == (Card.GRID, Placed(Flat(turn=90), (0.0, 0.1)))
    tuning.show({**values, "turn": 0}, Card.FIGURE)
    assert scene.board.mode == Placed(Flat(), (0.1, 0.0))
    tuning.save({"offset_x": 0.1, "turn": 0})
    assert tuning.saved()["turn"] == 0
    again = shown(given, [PLAIN]).settings.display
    assert (again.turn, again.offset_x) == (0, 0.1)


def test_a_pyramid_moves_as_a_whole(tmp_path: Path) -> None:
    tuning = ScreenTuning(shown(settings(tmp_path, mode="pyramid"), [PLAIN]))
    scene = _Scene()
    tuning.attach(scene)  # type: ignore[arg-type]  # only its board is used
    tuning.show({"scale": 0.8, "pyramid_gap": 0.25}, Card.ENDS)
    assert scene.board.mode == Placed(Pyramid(gap=0.25), scale=0.8)


def test_another_display_that_is_plugged_in_gets_its_own_mode(tmp_path: Path) -> None:
    given = settings(tmp_path)
    connected, panels = [DESK], [PANEL]
    tuning = ScreenTuning(shown(given, connected), lambda: shown(given, connected, panels))
    scene = _Scene()
    tuning.attach(scene)  # type: ignore[arg-type]  # only its board is used
    connected[:] = [GLASS]
    tuning.refit()
    assert isinstance(scene.board.mode, LenticularMode)
    assert (tuning.mode, tuning.screen) == ("lenticular", GLASS.title)
    panels.clear()
    tuning.refit()
    assert isinstance(scene.board.mode, LenticularMode), "without a calibration the picture stays as it was"


def test_nothing_is_kept_for_no_screen(tmp_path: Path) -> None:
    tuning = ScreenTuning(shown(settings(tmp_path, mode="flat"), []))
    with pytest.raises(InputError, match="no screen"):
        tuning.save({"turn": 90})
