"""Runs the screen: the one call for the composition root."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import structlog
from PySide6.QtGui import QGuiApplication

from holo_app.ui.bridge import UiBridge
from holo_app.ui.calibration_model import DisplayTuning
from holo_app.ui.kiosk_ui import Graphics, KioskUi
from holo_app.ui.qt_setup import create_app, graphics_problem, use_software_scene
from holo_app.ui.settings import UiSettings
from holo_app.ui.staff_model import PinService
from holo_app.ui.stage import Scene

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class GuiHooks:
    """shown: the first frame is on the screen: load the models now. ended: the event loop is over."""

    shown: Callable[[KioskUi], None]
    ended: Callable[[KioskUi], None]


def open_kiosk(
    app: QGuiApplication,
    bridge: UiBridge,
    pin: PinService,
    load: Callable[[], Scene],
    settings: UiSettings,
    *,
    tuning: DisplayTuning | None = None,
) -> KioskUi:
    """The window, not yet shown; where OpenGL is missing, one that draws the overlay without it."""
    problem = graphics_problem()
    if problem:
        log.error("graphics_missing", reason=problem)
        use_software_scene()
    return KioskUi(app, bridge, pin, Graphics(load, problem, tuning=tuning), settings)


def run_gui(
    bridge: UiBridge,
    pin: PinService,
    load: Callable[[], Scene],
    settings: UiSettings,
    hooks: GuiHooks,
    *,
    tuning: DisplayTuning | None = None,
) -> int:
    """Show the kiosk until staff close it. Blocks; call in the main thread. Returns the exit status.

    tuning: lets staff adjust what is loaded to its display.
    """
    began = time.perf_counter()
    app = create_app()
    ui = open_kiosk(app, bridge, pin, load, settings, tuning=tuning)

    def first_frame() -> None:
        ui.window.frameSwapped.disconnect(first_frame)
        log.info("window_shown", took_ms=round((time.perf_counter() - began) * 1e3))
        hooks.shown(ui)

    ui.window.frameSwapped.connect(first_frame)
    ui.show()
    try:
        return app.exec()
    finally:
        hooks.ended(ui)
        ui.close()
