"""The window of `holo-app calibrate`: the hologram on its display, and the controls over it."""

from __future__ import annotations

import signal
from collections.abc import Callable
from pathlib import Path
from typing import cast

import shiboken6
from PySide6.QtCore import QEventLoop, QObject, QTimer, QUrl
from PySide6.QtGui import QGuiApplication
from PySide6.QtQml import QQmlApplicationEngine
from PySide6.QtQuick import QQuickWindow

from holo_app.domain.avatar import Mood
from holo_app.domain.kiosk import KioskState
from holo_app.domain.screen import Screen
from holo_app.errors import DeviceError
from holo_app.ui.calibration_model import DisplayTuning, HoloCalibration
from holo_app.ui.frame_loop import FrameLoop
from holo_app.ui.pacing import FramePacer
from holo_app.ui.phrases import phrases
from holo_app.ui.qt_setup import create_app, graphics_problem, load_fonts
from holo_app.ui.screens import cover, qt_screen
from holo_app.ui.stage import HologramStage, Scene

_QML_DIR = Path(__file__).parent / "qml"
_FPS = 30.0
_PATIENCE_MS = 1500


class CalibrationUi(QObject):
    """One screen being adjusted. Make it in the GUI thread; call `close` before the application ends."""

    def __init__(
        self, app: QGuiApplication, load: Callable[[], Scene], tuning: DisplayTuning, *, language: str = "en"
    ) -> None:
        """Raises: DeviceError: the screen's own files cannot be used."""
        super().__init__()
        self._app = app
        self._tuning = tuning
        self._language = language
        load_fonts()
        self.model = HoloCalibration(phrases(language), self)
        self._engine = QQmlApplicationEngine()
        self._engine.setInitialProperties({"calibration": self.model})
        self._engine.load(QUrl.fromLocalFile(str(_QML_DIR / "Calibrate.qml")))
        if not self._engine.rootObjects():
            raise DeviceError("display", "the screen's own files are missing or damaged")
        self.window = cast("QQuickWindow", self._engine.rootObjects()[0])
        self.stage = HologramStage(self.window, load, lambda: 0.0, lambda: Mood.IDLE)
        self.problem = ""
        self.loop = FrameLoop(
            self.window,
            pacer=FramePacer(_FPS),
            tick=lambda _now_s: self.stage.draw(),
            state=lambda: KioskState.IDLE,
            loading=lambda: False,
            software=lambda: self.stage.software,
            hologram_ms=lambda: self.stage.drawn_ms,
        )
        self.stage.failed.connect(self._failed)
        self.stage.recovered.connect(self._recovered)
        self.model.closed.connect(self._leave)
        self.window.visibleChanged.connect(self._hidden)
        self._closed = False

    def show(self, screen: Screen | None, size: tuple[int, int] | None = None) -> None:
        """Open over a whole screen, the main one by default; or as a window of `size`."""
        self.model.begin(self._tuning, phrases(self._language))
        chosen = qt_screen(self._app, screen) if screen else None
        if size:
            self.window.resize(*size)
            self.window.show()
        else:
            cover(self.window, chosen or self._app.primaryScreen())
        self.window.requestActivate()
        self.stage.start()
        self.loop.start()

    def close(self) -> None:
        """Close the window and end every thread. May be called twice."""
        if self._closed:
            return
        self._closed = True
        self.loop.stop()
        self.stage.join()
        self.window.close()
        self._app.processEvents(QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents)
        shiboken6.delete(self._engine)

    def _failed(self, reason: str) -> None:
        # a panel's picture fits once the window covers the panel, which takes some frames
        self.problem = reason
        QTimer.singleShot(_PATIENCE_MS, self, self._leave_if_failed)

    def _recovered(self) -> None:
        self.problem = ""

    def _leave_if_failed(self) -> None:
        if self.problem:
            self._leave()

    def _hidden(self, visible: bool) -> None:
        # Alt+F4 and the window system's close request: here nobody is kept
        if not visible and not self._closed:
            self._leave()

    def _leave(self) -> None:
        # between two frames: Qt dies if its window goes while it is drawn to
        QTimer.singleShot(0, self._app.quit)


def adjust(load: Callable[[], Scene], tuning: DisplayTuning, screen: Screen | None, *, language: str) -> None:
    """Show the calibration screen until it is left. Blocks; call in the main thread.

    Raises: DeviceError: the hologram cannot be drawn there.
    """
    app = create_app()
    if problem := graphics_problem():
        raise DeviceError("display", problem)
    ui = CalibrationUi(app, load, tuning, language=language)
    ui.show(screen)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: app.quit())
    try:
        app.exec()
    finally:
        ui.close()
    if ui.problem:
        raise DeviceError("display", ui.problem)
