"""Keeps a window on its screen: when that is unplugged the kiosk goes on without it, and when it is back the window is too."""

from __future__ import annotations

import time

import structlog
from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QScreen, QWindow

from holo_app.domain.screen import AUTO, Screen, named_screen
from holo_app.ui.screens import cover, qt_screen, screens_of

log = structlog.get_logger(__name__)


class ScreenKeeper(QObject):
    """Covers one screen with one window, for as long as that screen is there.

    screen: the one that was chosen; None: it is not connected yet. wanted: its name in the settings, by which one that is
    plugged in later is known; `auto` or empty: only the same screen again. stray: whether the window may stand on another
    screen meanwhile, because the customer has nothing else to look at; else it is hidden.

    The desktop may hand on the same screen under another object, or move and resize it when a neighbour goes: each such change
    is looked at once the desktop is done with it.
    """

    lost = Signal(str)
    returned = Signal()

    def __init__(
        self, app: QGuiApplication, window: QWindow, screen: Screen | None, *, wanted: str = AUTO, stray: bool = True
    ) -> None:
        super().__init__(window)
        self._app = app
        self._window = window
        self._screen = screen
        self._wanted = wanted
        self._stray = stray
        self._gone_at: float | None = None
        self._asked = False
        self._over = False
        self._watched: QScreen | None = None
        app.screenAdded.connect(self._changed)
        app.screenRemoved.connect(self._changed)
        app.primaryScreenChanged.connect(self._changed)

    @property
    def is_lost(self) -> bool:
        """Whether the window waits for its screen."""
        return self._gone_at is not None

    def begin(self) -> None:
        """Show the window for the first time."""
        self._look()

    def end(self) -> None:
        """Leave the window alone from now on."""
        self._over = True
        self._watch(None)

    def _changed(self, *_what: object) -> None:
        if self._asked or self._over:
            return
        self._asked = True
        # after this signal: Qt still holds a removed screen while it says so
        QTimer.singleShot(0, self, self._look)

    def _look(self) -> None:
        self._asked = False
        if self._over:
            return
        found = self._found()
        if found is None:
            self._lose()
        elif self.is_lost:
            self._return(found)
        elif not self._window.isVisible() or self._window.geometry() != found.geometry():
            self._cover(found)

    def _found(self) -> QScreen | None:
        if self._screen is not None:
            found = qt_screen(self._app, self._screen)
            if found is not None:
                return found
        if self._wanted not in ("", AUTO):
            named = named_screen(screens_of(self._app), self._wanted)
            if named is not None:
                self._screen = named
                return qt_screen(self._app, named)
        return self._app.primaryScreen() if self._screen is None and self._wanted in ("", AUTO) else None

    def _lose(self) -> None:
        stand_in = self._app.primaryScreen() if self._stray else None
        if not self.is_lost:
            self._gone_at = time.monotonic()
            name = self._screen.title if self._screen is not None else self._wanted
            log.error("display_lost", screen=name, shown_elsewhere=stand_in is not None)
            self.lost.emit(name)
        if stand_in is not None:
            self._cover(stand_in)
        else:
            self._watch(None)
            self._window.hide()

    def _return(self, screen: QScreen) -> None:
        began = time.monotonic()
        gone_at, self._gone_at = self._gone_at, None
        self._cover(screen)
        log.info(
            "display_returned",
            screen=screen.name(),
            gone_s=round(began - (gone_at or began), 1),
            took_ms=round((time.monotonic() - began) * 1e3),
        )
        self.returned.emit()

    def _cover(self, screen: QScreen) -> None:
        self._watch(screen)
        cover(self._window, screen)

    def _watch(self, screen: QScreen | None) -> None:
        """Hear of it when the screen that is covered changes its size or place."""
        if self._watched is not None and self._watched in self._app.screens():
            self._watched.geometryChanged.disconnect(self._changed)
        self._watched = screen
        if screen is not None:
            screen.geometryChanged.connect(self._changed)
