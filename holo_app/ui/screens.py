"""The screens as Qt sees them."""

from __future__ import annotations

from PySide6.QtGui import QGuiApplication, QScreen

from holo_app.domain.screen import Screen


def screens_of(app: QGuiApplication) -> list[Screen]:
    """All of them, the main one first."""
    return [_described(index, screen) for index, screen in enumerate(app.screens())]


def qt_screen(app: QGuiApplication, wanted: Screen) -> QScreen | None:
    """Qt's own object of a screen, by its key, else by its connector; None: it is not connected now."""
    described = [(screen, _described(index, screen)) for index, screen in enumerate(app.screens())]
    same = [screen for screen, told in described if told.key == wanted.key]
    return next(iter(same or [screen for screen, told in described if told.connector == wanted.connector]), None)


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
