"""Adjusting a display: the rules without a screen, then by keys and touch in the real window and in the kiosk."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtQuick import QQuickItem, QQuickWindow
from PySide6.QtTest import QTest

from holo_app.config import DisplayMode
from holo_app.dialogue.notices import LoopReady
from holo_app.errors import InputError
from holo_app.hologram.calibrating.adjustments import COARSE, Unit, Value, adjustments_of
from holo_app.hologram.calibrating.cards import Card, cards_of
from holo_app.ui import calibration_flow as flow
from holo_app.ui.calibration_flow import Tuning
from holo_app.ui.calibration_model import FORGOTTEN_AFTER_S, HoloCalibration
from holo_app.ui.calibration_window import CalibrationUi
from holo_app.ui.kiosk_ui import Graphics, KioskUi
from holo_app.ui.phrases import phrases
from tests.ui.world import BlankScene, World, build_world, kiosk_settings

MODES = [mode.value for mode in DisplayMode if mode is not DisplayMode.AUTO]
FLAT = {"turn": 0, "mirrored": False, "offset_x": 0.0, "offset_y": 0.0, "scale": 1.0}


class Display:
    """A display that remembers what it was told: `DisplayTuning`."""

    def __init__(self, saved: Mapping[str, Value] | None = None, *, full: bool = False) -> None:
        self.mode = "flat"
        self.screen = "GLASS-1"
        self.adjustments = adjustments_of("flat")
        self.cards = cards_of("flat")
        self.kept = {**FLAT, **(saved or {})}
        self.full = full
        self.values: Mapping[str, Value] = {}
        self.card = Card.FIGURE
        self.nudges: Mapping[str, Value] | None = None
        self.refitted = 0

    def defaults(self) -> Mapping[str, Value]:
        return FLAT

    def saved(self) -> Mapping[str, Value]:
        return self.kept

    def show(self, values: Mapping[str, Value], card: Card) -> None:
        self.values, self.card = values, card

    def save(self, nudges: Mapping[str, Value]) -> None:
        if self.full:
            raise InputError("the disk is full")
        self.nudges = nudges

    def refit(self) -> None:
        self.refitted += 1


def begun(saved: Mapping[str, Value] | None = None) -> Tuning:
    display = Display(saved)
    return flow.began(display.adjustments, display.cards, display.defaults(), display.saved())


def test_only_what_differs_from_the_settings_is_kept() -> None:
    tuning = begun({"offset_x": 0.1})
    assert not tuning.unsaved
    assert tuning.nudges == {"offset_x": 0.1}
    turned = flow.nudged(tuning, 1)
    assert turned.unsaved
    assert turned.nudges == {"turn": 90, "offset_x": 0.1}
    assert not flow.kept(turned).unsaved
    assert flow.nudged(turned, -1).nudges == {"offset_x": 0.1}


def test_resetting_goes_back_to_the_settings_and_giving_up_to_what_is_saved() -> None:
    tuning = flow.holding(flow.nudged(begun({"offset_x": 0.1}), 1), 2)
    assert tuning.adjustment.name == "offset_x"
    assert flow.reset_one(tuning).nudges == {"turn": 90}
    assert flow.reset_all(tuning).nudges == {}
    assert flow.given_up(tuning).nudges == {"offset_x": 0.1}


def test_values_and_pictures_go_around() -> None:
    tuning = begun()
    assert flow.holding(tuning, -1).adjustment.name == "scale"
    assert flow.holding(tuning, 5).adjustment.name == "turn"
    assert flow.showing(tuning, -1).card is Card.FIGURE
    assert flow.showing(tuning, len(tuning.cards)).card is tuning.card


@pytest.mark.parametrize("language", ["en", "de", "fr"])
def test_everything_that_can_be_nudged_or_shown_has_words(language: str) -> None:
    words = phrases(language).tables["calibration"]
    for mode in MODES:
        assert words[f"mode_{mode}"]
        for adjustment in adjustments_of(mode):
            assert words[adjustment.name]
            for choice in adjustment.choices if adjustment.unit is Unit.CHOICE else ():
                assert words[f"choice_{adjustment.shown(choice).replace('-', '_')}"]
    assert all(words[f"unit_{unit.value}"] for unit in Unit if unit is not Unit.CHOICE)
    assert all(words[f"card_{card.value}"] and words[f"hint_{card.value}"] for card in Card)


def test_a_forgotten_screen_closes_and_shows_what_is_saved() -> None:
    display, model = Display({"turn": 180}), HoloCalibration(phrases("en"))
    model.tick(100.0)
    model.begin(display, phrases("en"))
    model.nudge(1)
    model.tick(100.0 + FORGOTTEN_AFTER_S)
    assert model.property("open")
    model.tick(101.0 + FORGOTTEN_AFTER_S)
    assert model.tuning is None
    assert (display.values["turn"], display.card) == (180, Card.FIGURE)


def test_what_could_not_be_saved_is_said_and_not_lost() -> None:
    display, model = Display(full=True), HoloCalibration(phrases("en"))
    model.begin(display, phrases("en"))
    model.nudge(1)
    model.save()
    assert model.property("message").startswith("It could not be saved")
    assert model.property("unsaved")


def test_a_closed_screen_ignores_everything() -> None:
    model = HoloCalibration(phrases("en"))
    for act in (model.reset, model.resetAll, model.save, model.leave, lambda: model.nudge(1), lambda: model.hold(1)):
        act()
    model.showCard(1)
    assert model.tuning is None
    assert (model.property("rows"), model.property("title"), model.property("stepText")) == ([], "", "")


class Bench:
    """The calibration window, open, with its first picture drawn."""

    def __init__(self, app: QGuiApplication, display: Display, size: tuple[int, int]) -> None:
        self.app = app
        self.display = display
        self.ui = CalibrationUi(app, BlankScene, display)
        self.ui.show(None, size)
        self.frames(3)

    def frames(self, count: int) -> None:
        goal = self.ui.loop.statistics.frames + count
        while self.ui.loop.statistics.frames < goal:
            self.app.processEvents()

    def key(self, *keys: Qt.Key) -> None:
        for key in keys:
            QTest.keyClick(self.ui.window, key)
        self.frames(2)

    def touch(self, name: str) -> None:
        tap(self.ui.window, item(self.ui.window, name))
        self.frames(2)


def shown(display: Display) -> Card:
    return display.card


def items(window: QQuickWindow) -> Iterator[QQuickItem]:
    waiting = [window.contentItem()]
    while waiting:
        candidate = waiting.pop()
        yield candidate
        waiting.extend(candidate.childItems())


def item(window: QQuickWindow, name: str) -> QQuickItem:
    found = next((one for one in items(window) if one.objectName() == name), None)
    assert found is not None, f"nothing is called {name}"
    return found


def tap(window: QQuickWindow, one: QQuickItem) -> None:
    middle = one.mapToScene(QPointF(one.width() / 2, one.height() / 2)).toPoint()
    QTest.mouseClick(window, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, QPoint(middle.x(), middle.y()))


@pytest.fixture
def bench(qapp: QGuiApplication) -> Iterator[Bench]:
    made = Bench(qapp, Display({"offset_y": 0.05}), (540, 960))
    yield made
    made.ui.close()


@pytest.mark.window
def test_keys_nudge_save_reset_and_leave(bench: Bench) -> None:
    display = bench.display
    assert (display.card, display.values["offset_y"]) == (Card.GRID, 0.05)
    bench.key(Qt.Key.Key_Tab, Qt.Key.Key_Tab, Qt.Key.Key_Right, Qt.Key.Key_Plus, Qt.Key.Key_Up, Qt.Key.Key_Left)
    assert display.values["offset_x"] == 0.005
    bench.key(Qt.Key.Key_PageUp)
    assert display.values["offset_x"] == pytest.approx(0.005 + COARSE * 0.0025)
    bench.key(Qt.Key.Key_PageDown, Qt.Key.Key_Minus, Qt.Key.Key_Down)
    assert display.values["offset_x"] == 0.0
    bench.key(Qt.Key.Key_Backtab, Qt.Key.Key_Right, Qt.Key.Key_T)
    assert (display.values["mirrored"], display.card) == (True, Card.MIRROR)
    bench.key(Qt.Key.Key_Return)
    assert display.nudges == {"mirrored": True, "offset_y": 0.05}
    assert item(bench.ui.window, "calibrationMessage").property("text") == "Saved for this display"
    bench.key(Qt.Key.Key_R)
    assert display.values["mirrored"] is False
    QTest.keyClick(bench.ui.window, Qt.Key.Key_R, Qt.KeyboardModifier.ShiftModifier)
    assert display.values == FLAT
    bench.key(Qt.Key.Key_H)
    assert not item(bench.ui.window, "calibrationBoard").isVisible()
    bench.key(Qt.Key.Key_H)
    QTest.keyClick(bench.ui.window, Qt.Key.Key_Escape)
    assert bench.ui.model.tuning is None
    assert (display.values, display.card) == ({**FLAT, "mirrored": True, "offset_y": 0.05}, Card.FIGURE)


@pytest.mark.window
def test_the_same_by_touch_with_large_enough_controls(bench: Bench) -> None:
    display, window = bench.display, bench.ui.window
    bench.touch("value_4")
    bench.touch("nudgeMuchLess")
    bench.touch("nudgeLess")
    bench.touch("nudgeMore")
    assert display.values["scale"] == pytest.approx(1.0 - COARSE * 0.005)
    bench.touch("cardBefore")
    assert shown(display) is Card.FIGURE
    bench.touch("cardNext")
    assert shown(display) is Card.GRID
    bench.touch("calibrationSave")
    assert display.nudges == {"scale": 0.95, "offset_y": 0.05}
    bench.touch("calibrationHide")
    assert not item(window, "calibrationBoard").isVisible()
    tap(window, window.contentItem())
    bench.frames(2)
    assert item(window, "calibrationBoard").isVisible()
    for one in items(window):
        if one.isVisible() and one.objectName().startswith(("value_", "nudge", "card", "calibration")):
            if one.objectName() in ("cardName", "calibrationTitle", "calibrationMessage", "calibrationPanel"):
                continue
            assert min(one.width(), one.height()) >= 64, one.objectName()
            corner = one.mapToScene(QPointF(0, 0))
            assert 0 <= corner.x() <= 540 - one.width(), one.objectName()
            assert 0 <= corner.y() <= 960 - one.height(), one.objectName()
    bench.touch("calibrationReset")
    assert display.values["scale"] == 1.0


@pytest.mark.window
def test_a_square_display_lists_only_the_value_that_is_held(qapp: QGuiApplication) -> None:
    bench = Bench(qapp, Display(), (600, 600))
    window = bench.ui.window
    assert [one.objectName() for one in items(window) if one.objectName().startswith("value_") and one.isVisible()] == [
        "value_0"
    ]
    bench.touch("value_0")
    assert bench.ui.model.tuning is not None
    assert bench.ui.model.tuning.held == 1
    assert item(window, "calibrationBoard").height() < 600
    bench.ui.close()


class BrokenScene(BlankScene):
    def open(self) -> None:
        raise RuntimeError("the panel has other pixels")


@pytest.mark.window
def test_a_display_that_cannot_be_drawn_ends_it_with_the_reason(qapp: QGuiApplication) -> None:
    ui = CalibrationUi(qapp, BrokenScene, Display())
    ui.show(None, (300, 300))
    qapp.exec()
    assert ui.problem == "the panel has other pixels"
    ui.close()


@pytest.mark.window
def test_staff_reach_it_in_the_kiosk_and_the_kiosk_goes_on_behind_it(qapp: QGuiApplication) -> None:
    display = Display()
    world = build_world(qapp, kiosk_settings(size=(540, 960)))
    tuned = KioskUi(
        qapp, world.bridge, world.pin, Graphics(BlankScene, tuning=display), kiosk_settings(size=(540, 960))
    )
    world.ui.close()
    world.ui = tuned
    tuned.show()
    world.bridge.post(LoopReady())
    world.frames(3)
    try:
        _open_by_staff(world)
        assert display.card is Card.GRID
        QTest.keyClick(tuned.window, Qt.Key.Key_Right)
        assert display.values["turn"] == 90
        QTest.keyClick(tuned.window, "a")  # type: ignore[call-overload]  # the stub lacks the char overload
        world.frames(2)
        assert not item(tuned.window, "typingPanel").isVisible(), "customers' keys are not taken meanwhile"
        QTest.keyClick(tuned.window, Qt.Key.Key_Escape)
        world.frames(2)
        assert (display.values["turn"], display.card) == (0, Card.FIGURE)
        assert not item(tuned.window, "calibrationPanel").isVisible()
        QTest.keyClick(tuned.window, Qt.Key.Key_Space)
        assert world.sent, "the kiosk has its keys back"
    finally:
        tuned.close()


def _open_by_staff(world: World) -> None:
    staff = world.ui.kiosk.staff_model
    world.pin.choose("271828")
    staff.adjustDisplay()
    assert not world.ui.kiosk.calibration_model.property("open"), "not without the PIN"
    staff.show()
    world.until(lambda: staff.state.step == "enter", "the dialog asks for the PIN")
    for digit in "271828":
        staff.type(digit)
    staff.confirm()
    world.until(lambda: staff.state.step == "opened", "the PIN opens")
    world.frames(2)
    tap(world.ui.window, item(world.ui.window, "staffDisplay"))
    world.frames(2)
    assert item(world.ui.window, "calibrationPanel").isVisible()
