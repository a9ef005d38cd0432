"""Displays that are unplugged and plugged in again, and kiosks on two screens. To Qt the monitors are real."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from holo_app.dialogue.notices import CustomerCaption, LoopReady, StateChanged
from holo_app.domain.avatar import Mood
from holo_app.domain.kiosk import KioskState, Trouble
from holo_app.domain.screen import Screen, named_screen
from holo_app.ui.screens import qt_screen, screens_of
from tests.ui.monitors import Monitors
from tests.ui.world import BlankScene, World, build_world, kiosk_settings

pytestmark = pytest.mark.window

GLASS, TOUCH = "GLASS-1", "TOUCH-1"
AREAS = {GLASS: (0, 0, 360, 640), TOUCH: (400, 0, 320, 600)}
MOVED = (0, 700, 300, 500)
BACK_WITHIN_S = 2.0


@pytest.fixture
def monitors(qapp: QGuiApplication, display: str) -> Iterator[Monitors]:
    """Two monitors beside the virtual one."""
    if "screen" not in [screen.name() for screen in qapp.screens()]:
        pytest.skip("a real desktop: nothing is unplugged there")
    plugged = Monitors(display)
    for name, area in AREAS.items():
        plugged.plug(name, area)
    _until(qapp, lambda: {GLASS, TOUCH} <= _names(qapp), "Qt sees both monitors")
    yield plugged
    plugged.close()
    _until(qapp, lambda: not {GLASS, TOUCH} & _names(qapp), "Qt has let go of them")


class CountingScene(BlankScene):
    """Counts what a graphics card would have been given and asked back."""

    def __init__(self) -> None:
        super().__init__()
        self.opened = 0
        self.sizes: list[tuple[int, int]] = []

    def open(self) -> None:
        self.opened += 1
        self.closed = False

    def draw(self, size: tuple[int, int], *, now_s: float, position_s: float, mood: Mood) -> None:
        super().draw(size, now_s=now_s, position_s=position_s, mood=mood)
        self.sizes.append(size)


def _names(app: QGuiApplication) -> set[str]:
    return {screen.name() for screen in app.screens()}


def _until(app: QGuiApplication, true: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + 10
    while not true():
        assert time.monotonic() < deadline, f"never happened: {what}"
        app.processEvents()


def _screen(app: QGuiApplication, name: str) -> Screen:
    found = named_screen(screens_of(app), name)
    assert found is not None
    return found


@pytest.fixture
def kiosk_on(qapp: QGuiApplication, monitors: Monitors) -> Iterator[Callable[..., World]]:
    """Opens kiosks that cover screens, and closes them."""
    opened: list[World] = []

    def open_one(
        scene: BlankScene, *, screen: str | None = GLASS, touch: str | None = None, wanted: str = GLASS
    ) -> World:
        settings = kiosk_settings(
            screen=_screen(qapp, screen) if screen else None,
            screen_wanted=wanted,
            touch_screen=_screen(qapp, touch) if touch else None,
        )
        world = build_world(qapp, settings, load=lambda: scene)
        opened.append(world)
        world.bridge.post(LoopReady())
        world.until(lambda: world.ui.stage.ready, "the figure is drawn")
        return world

    yield open_one
    for world in opened:
        world.ui.close()


def rectangle(area: tuple[int, int, int, int]) -> QRect:
    return QRect(*area)


def test_unplugged_the_conversation_goes_on_and_plugged_in_again_the_figure_is_back_in_time(
    kiosk_on: Callable[..., World], monitors: Monitors
) -> None:
    scene = CountingScene()
    world = kiosk_on(scene)
    window, status = world.ui.window, world.ui.kiosk.status_model
    world.until(lambda: window.geometry() == rectangle(AREAS[GLASS]), "the window covers its screen")
    for _ in range(3):  # cables are loose more than once
        monitors.unplug(GLASS)
        world.until(lambda: Trouble.DISPLAY_LOST in status.inputs.troubles, "the trouble is named")
        world.bridge.post(StateChanged(KioskState.LISTENING))
        world.bridge.post(CustomerCaption("Are you still there?", final=True))
        world.until(lambda: world.ui.kiosk.state_now is KioskState.LISTENING, "notices of the voice loop are taken")
        assert window.geometry() != rectangle(AREAS[GLASS]), "it stands in on another screen"
        monitors.plug(GLASS, AREAS[GLASS])
        began = time.monotonic()
        world.until(lambda: Trouble.DISPLAY_LOST not in status.inputs.troubles, "the trouble is over")
        world.until(lambda: window.geometry() == rectangle(AREAS[GLASS]), "the window is back")
        scene.sizes.clear()
        world.until(lambda: AREAS[GLASS][2:] in scene.sizes, "the figure is drawn at its size again")
        world.frames(1)
        assert time.monotonic() - began < BACK_WITHIN_S
        world.bridge.post(StateChanged(KioskState.ATTRACT))


class PanelScene(CountingScene):
    """A lenticular panel's figure: it can be drawn on that panel only."""

    def place(self, size: tuple[int, int]) -> None:
        if size != AREAS[GLASS][2:]:
            raise RuntimeError("not the panel's pixels")


def test_a_panels_figure_fails_on_the_screen_that_stands_in_and_is_back_in_time_on_the_panel(
    kiosk_on: Callable[..., World], monitors: Monitors
) -> None:
    world = kiosk_on(PanelScene())
    troubles = world.ui.kiosk.status_model
    world.until(lambda: not troubles.inputs.troubles, "the figure is on its panel")
    world.frames(2)
    monitors.unplug(GLASS)
    world.until(lambda: len(troubles.inputs.troubles) == 2, "display and figure are missed")
    world.frames(3)
    monitors.plug(GLASS, AREAS[GLASS])
    began = time.monotonic()
    world.until(lambda: not troubles.inputs.troubles, "both are back")
    assert time.monotonic() - began < BACK_WITHIN_S


def test_a_display_that_comes_back_elsewhere_and_smaller_is_covered_as_it_is(
    kiosk_on: Callable[..., World], monitors: Monitors
) -> None:
    world = kiosk_on(BlankScene())
    monitors.unplug(GLASS)
    world.until(lambda: Trouble.DISPLAY_LOST in world.ui.kiosk.status_model.inputs.troubles, "it is missed")
    monitors.plug(GLASS, MOVED)
    world.until(lambda: world.ui.window.geometry() == rectangle(MOVED), "the window covers it")


def test_a_window_that_no_longer_covers_its_screen_does_so_again(
    kiosk_on: Callable[..., World], qapp: QGuiApplication
) -> None:
    world = kiosk_on(BlankScene())
    world.until(lambda: world.ui.window.geometry() == rectangle(AREAS[GLASS]), "the window covers its screen")
    screen = qt_screen(qapp, _screen(qapp, GLASS))
    assert screen is not None
    # a virtual server cannot change a monitor's resolution: the window is too small, and Qt says what it says then
    world.ui.window.showNormal()
    world.ui.window.setGeometry(10, 10, 200, 300)
    world.until(lambda: world.ui.window.width() == 200, "the window is too small")
    screen.geometryChanged.emit(screen.geometry())
    world.until(lambda: world.ui.window.geometry() == rectangle(AREAS[GLASS]), "the window covers it again")
    assert not world.ui.kiosk.status_model.inputs.troubles


def test_a_kiosk_that_starts_without_its_display_waits_for_it(
    kiosk_on: Callable[..., World], monitors: Monitors, qapp: QGuiApplication
) -> None:
    monitors.unplug(GLASS)
    _until(qapp, lambda: GLASS not in _names(qapp), "Qt has let go of it")
    world = kiosk_on(BlankScene(), screen=None)
    assert Trouble.DISPLAY_LOST in world.ui.kiosk.status_model.inputs.troubles
    monitors.plug(GLASS, AREAS[GLASS])
    world.until(lambda: world.ui.window.geometry() == rectangle(AREAS[GLASS]), "the window goes where it belongs")
    assert not world.ui.kiosk.status_model.inputs.troubles


def test_on_two_screens_the_figure_is_alone_and_the_words_have_the_other(
    kiosk_on: Callable[..., World], monitors: Monitors
) -> None:
    scene = CountingScene()
    world = kiosk_on(scene, touch=TOUCH)
    ui = world.ui
    world.until(lambda: ui.hologram_window.geometry() == rectangle(AREAS[GLASS]), "the figure covers its screen")
    world.until(lambda: ui.window.geometry() == rectangle(AREAS[TOUCH]), "the words cover theirs")
    assert not ui.hologram_window.contentItem().childItems()
    monitors.unplug(GLASS)
    world.until(lambda: not ui.hologram_window.isVisible(), "the figure hides")
    assert ui.window.geometry() == rectangle(AREAS[TOUCH])
    QTest.keyClick(ui.window, Qt.Key.Key_Escape)
    world.until(lambda: ui.kiosk.staff_model.state.step != "closed", "staff are asked for the PIN there")
    monitors.plug(GLASS, AREAS[GLASS])
    world.until(lambda: ui.hologram_window.geometry() == rectangle(AREAS[GLASS]), "the figure is back")
    world.until(lambda: not ui.kiosk.status_model.inputs.troubles, "and nobody misses it")
    monitors.unplug(TOUCH)
    world.until(lambda: not ui.window.isVisible(), "words do not cover the figure")
    scene.sizes.clear()
    world.until(lambda: AREAS[GLASS][2:] in scene.sizes, "which is drawn on")
    assert ui.hologram_window.geometry() == rectangle(AREAS[GLASS])
    monitors.plug(TOUCH, AREAS[TOUCH])
    world.until(ui.window.isVisible, "the words are back")


def test_nobody_closes_the_figure_alone(kiosk_on: Callable[..., World]) -> None:
    world = kiosk_on(BlankScene(), touch=TOUCH)
    world.ui.hologram_window.close()
    world.frames(1)
    assert world.ui.hologram_window.isVisible()
    world.ui.quit()
    world.until(
        lambda: not world.ui.hologram_window.isVisible() and not world.ui.window.isVisible(), "both go together"
    )


def test_what_the_graphics_card_lost_is_made_again(kiosk_on: Callable[..., World], monitors: Monitors) -> None:
    scene = CountingScene()
    world = kiosk_on(scene, touch=TOUCH)
    window = world.ui.hologram_window
    monitors.unplug(GLASS)
    world.until(lambda: not window.isVisible(), "the figure hides")
    # what Qt says when a driver takes its context with its display; this server's driver never does
    window.sceneGraphInvalidated.emit()
    assert scene.closed, "what was on the card is given back"
    monitors.plug(GLASS, AREAS[GLASS])
    world.until(lambda: scene.opened == 2, "and made again")
    scene.sizes.clear()
    world.until(lambda: AREAS[GLASS][2:] in scene.sizes, "the figure is drawn")


def test_a_screen_is_known_by_its_connector(qapp: QGuiApplication, monitors: Monitors) -> None:
    screen = _screen(qapp, GLASS)
    found = qt_screen(qapp, screen)
    assert found is not None
    assert found.geometry() == rectangle(AREAS[GLASS])
    assert screen.size == AREAS[GLASS][2:]
    monitors.unplug(GLASS)
    _until(qapp, lambda: GLASS not in _names(qapp), "Qt has let go of it")
    assert qt_screen(qapp, screen) is None
