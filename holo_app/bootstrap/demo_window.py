"""The demo on a screen: the kiosk's own window, and a picture of it in mid-sentence."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable
from functools import partial

import structlog
from PySide6.QtCore import QTimer

from holo_app.bootstrap.clock import SystemClock
from holo_app.bootstrap.demo_report import DemoReport
from holo_app.bootstrap.kiosk import hologram, hologram_display, ui_settings
from holo_app.bootstrap.shop import TalkingShop
from holo_app.config import Settings
from holo_app.dialogue.loop import VoiceLoop
from holo_app.dialogue.notices import Notice
from holo_app.ui.bridge import UiBridge
from holo_app.ui.kiosk_ui import KioskUi
from holo_app.ui.run import GuiHooks, run_gui
from holo_app.ui.staff_pin import StaffPin

log = structlog.get_logger(__name__)

_LOOK_EVERY_MS = 100

Hold = Callable[[Callable[[Notice], None], Callable[[VoiceLoop, Callable[[], float]], None]], Awaitable[None]]


def show_demo(settings: Settings, shop: TalkingShop, hold: Hold, report: DemoReport) -> None:
    """Open the window, hold the conversation on a thread of its own, close the window after it."""
    shown = hologram_display(settings)
    bridge = UiBridge()
    thread = threading.Thread(target=partial(_hold, hold, bridge, report), name="engine")
    hooks = GuiHooks(shown=partial(_shown, thread, report), ended=lambda _ui: thread.join())
    run_gui(
        bridge,
        StaffPin(shop.store, SystemClock()),
        hologram(shown),
        ui_settings(shown, windowed=not settings.display.fullscreen),
        hooks,
    )


def _hold(hold: Hold, bridge: UiBridge, report: DemoReport) -> None:
    def connect(loop: VoiceLoop, position_s: Callable[[], float]) -> None:
        bridge.connect(submit=loop.submit, position_s=position_s)

    async def main() -> None:
        await hold(bridge.post, connect)

    try:
        asyncio.run(main())
    except Exception as error:  # the end of a thread: the report says what the window cannot
        log.exception("demo_crashed")
        report.remark(f"the conversation ended early: {error!r}")


def _shown(thread: threading.Thread, report: DemoReport, ui: KioskUi) -> None:
    def look() -> None:
        if report.picture_wanted.is_set():
            report.picture_wanted.clear()
            ui.grab(report.picture)
        if not thread.is_alive():
            ui.quit()

    timer = QTimer(ui)
    timer.timeout.connect(look)
    timer.start(_LOOK_EVERY_MS)
    thread.start()
