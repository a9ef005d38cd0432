"""The kiosk's window, put together: models, QML, hologram and frame loop."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import shiboken6
import structlog
from PySide6.QtCore import QEventLoop, QObject, Qt, QTimer, QUrl
from PySide6.QtGui import QGuiApplication
from PySide6.QtQml import QQmlApplicationEngine
from PySide6.QtQuick import QQuickGraphicsConfiguration, QQuickWindow

from holo_app.dialogue.notices import LoopReady
from holo_app.domain.kiosk import Trouble
from holo_app.errors import DeviceError
from holo_app.ui.bridge import UiBridge
from holo_app.ui.calibration_model import DisplayTuning
from holo_app.ui.cards import find_picture
from holo_app.ui.frame_loop import FrameLoop
from holo_app.ui.kiosk_model import HoloKiosk
from holo_app.ui.pacing import FramePacer, FrameStatistics
from holo_app.ui.qt_setup import load_fonts
from holo_app.ui.screen_keeper import ScreenKeeper
from holo_app.ui.settings import UiSettings
from holo_app.ui.staff_model import PinService
from holo_app.ui.stage import HologramStage, Scene

log = structlog.get_logger(__name__)
_QML_DIR = Path(__file__).parent / "qml"
_LOADING_LIMIT_S = 20.0
_DEVELOPER_SIZE = (540, 960)


@dataclass(frozen=True, slots=True)
class Graphics:
    """load: makes the hologram, in a thread of its own. problem: why none can be drawn here; empty where one can.

    retry_s: how long after a failure it is tried again for the first time. tuning: adjusts what was loaded to its display;
    None: staff are not offered that.
    """

    load: Callable[[], Scene]
    problem: str = ""
    retry_s: float = 1.0
    tuning: DisplayTuning | None = None


class KioskUi(QObject):
    """One kiosk. Make it in the GUI thread after `create_app`; call `close` before the application ends.

    window: with words and touch. hologram_window: with the figure; the same one where there is one screen.
    """

    def __init__(
        self,
        app: QGuiApplication,
        bridge: UiBridge,
        pin: PinService,
        graphics: Graphics,
        settings: UiSettings,
    ) -> None:
        """Raises: DeviceError: the screen's own files cannot be used."""
        super().__init__()
        self._app = app
        self._bridge = bridge
        self._settings = settings
        load_fonts()
        self.kiosk = HoloKiosk(settings, bridge.submit, pin, time.monotonic, self)
        self._engine = QQmlApplicationEngine()
        self._engine.setInitialProperties({"kiosk": self.kiosk, "mayClose": settings.windowed})
        self._engine.load(QUrl.fromLocalFile(str(_QML_DIR / "Main.qml")))
        if not self._engine.rootObjects():
            raise DeviceError("display", "the screen's own files are missing or damaged")
        self.window = cast("QQuickWindow", self._engine.rootObjects()[0])
        self.hologram_window = self.window if settings.touch_screen is None else self._figure_window()
        # the overlay is flat and the hologram brings a depth buffer of its own: a sixth of a frame on a slow machine
        flat = QQuickGraphicsConfiguration(self.hologram_window.graphicsConfiguration())
        flat.setDepthBufferFor2D(False)
        self.hologram_window.setGraphicsConfiguration(flat)
        self.stage = HologramStage(
            self.hologram_window,
            graphics.load,
            self._seen_position_s,
            lambda: self.kiosk.status_model.props.mood,
            graphics.retry_s,
            picture_of=(lambda product: find_picture(product.image, settings.picture_dirs))
            if settings.products_float
            else None,
        )
        self._graphics = graphics
        self._closed = False
        self._loading = True
        self._patient_until = time.monotonic() + _LOADING_LIMIT_S
        self._keepers: list[ScreenKeeper] = []
        self._loop = FrameLoop(
            self.hologram_window,
            pacer=FramePacer(settings.target_fps),
            tick=self._tick,
            state=lambda: self.kiosk.state_now,
            loading=lambda: self._loading and time.monotonic() < self._patient_until,
            software=lambda: self.stage.software,
            hologram_ms=lambda: self.stage.drawn_ms,
        )
        self._statistics = self._loop.statistics
        self.stage.failed.connect(self._no_hologram)
        self.stage.recovered.connect(self._hologram_again)
        self.hologram_window.sceneGraphError.connect(self._scene_graph_failed)
        self.kiosk.staff_model.leaveAllowed.connect(self.quit)
        self.kiosk.staff_model.displayAsked.connect(self._adjust_display)
        self.kiosk.staff_model.display_offered = graphics.tuning is not None and not graphics.problem

    @property
    def statistics(self) -> FrameStatistics:
        """What the screen has cost so far; it forgets the start when the voice loop is ready."""
        return self._statistics

    def show(self) -> None:
        """Open the window, draw the overlay, and begin to load the hologram."""
        settings = self._settings
        if settings.windowed:
            self.window.resize(*(settings.size or _DEVELOPER_SIZE))
            self.window.show()
        elif settings.size:
            # not `window.screen()`: PySide takes its result for the window's child and deletes Qt's screen with it
            self.window.setGeometry(self._app.primaryScreen().geometry())
            self.window.resize(*settings.size)
            self.window.setFlags(Qt.WindowType.Window | Qt.WindowType.FramelessWindowHint)
            self._app.setOverrideCursor(Qt.CursorShape.BlankCursor)
            self.window.show()
        else:
            self._app.setOverrideCursor(Qt.CursorShape.BlankCursor)
            self._keep_on_screens()
        self.window.requestActivate()
        if self._graphics.problem:
            self.stage.give_up(self._graphics.problem)
        else:
            # after the first frame: loading would hold it up
            self.window.frameSwapped.connect(self.stage.start, Qt.ConnectionType.SingleShotConnection)
        self._loop.start()

    def _figure_window(self) -> QQuickWindow:
        """The hologram's own window; words and touch have another screen."""
        self._engine.setInitialProperties({"mayClose": self._settings.windowed})
        self._engine.load(QUrl.fromLocalFile(str(_QML_DIR / "Figure.qml")))
        if len(self._engine.rootObjects()) < 2:  # noqa: PLR2004 - two windows
            raise DeviceError("display", "the screen's own files are missing or damaged")
        window = cast("QQuickWindow", self._engine.rootObjects()[1])
        # two windows that each wait for their screen would halve the frame rate: the hologram's sets the beat
        unpaced = self.window.requestedFormat()
        unpaced.setSwapInterval(0)
        self.window.setFormat(unpaced)
        return window

    def _keep_on_screens(self) -> None:
        settings = self._settings
        alone = settings.touch_screen is None
        hologram = ScreenKeeper(
            self._app, self.hologram_window, settings.screen, wanted=settings.screen_wanted, stray=alone
        )
        hologram.lost.connect(lambda name: self.kiosk.set_trouble(Trouble.DISPLAY_LOST, active=True, detail=name))
        hologram.returned.connect(self._display_returned)
        self._keepers = [hologram]
        if not alone:
            self._keepers.append(ScreenKeeper(self._app, self.window, settings.touch_screen, stray=False))
        for keeper in self._keepers:
            keeper.begin()

    def _display_returned(self) -> None:
        self.kiosk.set_trouble(Trouble.DISPLAY_LOST, active=False)
        if self._graphics.tuning is not None:
            self.kiosk.calibration_model.leave()
            self._graphics.tuning.refit()
        # a panel's picture fits no other screen: it has failed there meanwhile
        self.stage.try_again()

    def _adjust_display(self) -> None:
        if self._graphics.tuning is not None:
            self.kiosk.calibration_model.begin(self._graphics.tuning, self.kiosk.texts_model.current)

    def grab(self, path: Path) -> None:
        """Write what is on the screen, hologram and overlay, as a picture. Raises: OSError."""
        image = self.window.grabWindow()
        if image.isNull() or not image.save(str(path)):
            raise OSError(f"the picture {path} could not be written")

    def close(self) -> None:
        """Close the window and end every thread. May be called twice; `statistics` can still be read."""
        if self._closed:
            return
        self._closed = True
        for keeper in self._keepers:
            keeper.end()
        self._loop.stop()
        self.stage.join()
        self.kiosk.staff_model.close()
        self._close_windows()
        self._app.processEvents(QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents)
        if not self._settings.windowed:
            self._app.restoreOverrideCursor()
        # the scene goes before the models it is bound to, or every binding would complain of their absence
        shiboken6.delete(self._engine)

    def _tick(self, now_s: float) -> None:
        for notice in self._bridge.drain():
            self.kiosk.take(notice)
            self.stage.take(notice)
            if isinstance(notice, LoopReady):
                self._loading = False
                self.statistics.reset()
        self.kiosk.tick(now_s, self._bridge.position_s())
        self.stage.draw()

    def _seen_position_s(self) -> float:
        """What will be heard when the frame that is drawn now is seen."""
        return self._loop.lead.position_s(self._bridge.position_s())

    def _no_hologram(self, reason: str) -> None:
        self.kiosk.staff_model.display_offered = False
        self.kiosk.set_trouble(Trouble.NO_GRAPHICS, active=True, detail=reason)

    def _hologram_again(self) -> None:
        self.kiosk.staff_model.display_offered = self._graphics.tuning is not None
        self.kiosk.set_trouble(Trouble.NO_GRAPHICS, active=False)

    def _scene_graph_failed(self, _error: object, message: str) -> None:
        # with this signal connected Qt does not abort; the window stays dark and the voice goes on
        self.stage.give_up(message)

    def quit(self) -> None:
        """End the event loop from the program's side (staff, a signal); `app.quit()` alone is refused like Alt+F4.

        May be called at any moment, a signal handler in the middle of a frame included: the window goes between two frames,
        because Qt dies if its swap chain goes while it is drawn to.
        """
        QTimer.singleShot(0, self, self._leave)

    def _leave(self) -> None:
        for keeper in self._keepers:
            keeper.end()
        self._close_windows()
        self._app.quit()

    def _close_windows(self) -> None:
        for window in (self.window, self.hologram_window):
            window.setProperty("mayClose", True)
            window.close()
