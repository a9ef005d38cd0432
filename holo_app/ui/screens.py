"""The screens as Qt sees them."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QScreen, QWindow

from holo_app.domain.screen import Screen


def screens_of(app: QGuiApplication) -> list[Screen]:
    """All of them, the main one first."""
    return [_described(index, screen) for index, screen in enumerate(app.screens())]


def qt_screen(app: QGuiApplication, wanted: Screen) -> QScreen | None:
    """Qt's own object of a screen, by its serial number, else by its connector; None: it is not connected now."""
    screens = app.screens()
    same = [screen for screen in screens if wanted.serial and screen.serialNumber() == wanted.serial]
    return next(iter(same or [screen for screen in screens if screen.name() == wanted.connector]), None)


def _described(index: int, screen: QScreen) -> Screen:
    place, millimetres, ratio = screen.geometry(), screen.physicalSize(), screen.devicePixelRatio()
    return Screen(
        index=index,
        connector=screen.name(),
        maker=screen.manufacturer(),
        model=screen.model(),
        serial=screen.serialNumber(),
        size=(round(place.width() * ratio), round(place.height() * ratio)),
        at=(place.x(), place.y()),
        millimetres=(millimetres.width(), millimetres.height()),
    )


def cover(window: QWindow, screen: QScreen) -> None:
    """Show a window over a whole screen, and nothing of it beside."""
    window.setFlags(Qt.WindowType.Window | Qt.WindowType.FramelessWindowHint)
    window.setScreen(screen)
    # a full-screen window stays on its screen: it is an ordinary one while it moves
    window.setWindowState(Qt.WindowState.WindowNoState)
    window.setGeometry(screen.geometry())
    window.showFullScreen()
