"""The heartbeat of the screen: one tick brings the notices in and draws one frame; then the voice has its turn."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtQuick import QQuickWindow

from holo_app.domain.kiosk import KioskState
from holo_app.ui.pacing import FramePacer, FrameStatistics

_HIDDEN_TICK_S = 0.1
_HARDWARE_COST_S = 0.001


class FrameLoop(QObject):
    """Ticks, draws, waits as long as the pacer says. A frame that is late is skipped, never made up for.

    tick: called once a frame before drawing, with the monotonic time. state, loading: decide on the voice's share of the time.
    software: whether the processor draws. hologram_ms: what the figure took of the frame just drawn.
    """

    def __init__(
        self,
        window: QQuickWindow,
        *,
        pacer: FramePacer,
        tick: Callable[[float], None],
        state: Callable[[], KioskState],
        loading: Callable[[], bool],
        software: Callable[[], bool],
        hologram_ms: Callable[[], float],
    ) -> None:
        super().__init__(window)
        self._window = window
        self._pacer = pacer
        self._tick = tick
        self._state = state
        self._loading = loading
        self._software = software
        self._hologram_ms = hologram_ms
        self.statistics = FrameStatistics()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._beat)
        self._due = 0.0
        self._began: float | None = None
        self._last_began: float | None = None
        self._late_ms = 0.0
        self._running = False
        window.frameSwapped.connect(self._swapped)

    def start(self) -> None:
        """Begin to tick."""
        self._running = True
        self._wait(0.0)

    def stop(self) -> None:
        """Tick no more."""
        self._running = False
        self._timer.stop()

    def _wait(self, seconds: float) -> None:
        if self._running:
            self._due = time.perf_counter() + seconds
            self._timer.start(round(seconds * 1e3))

    def _beat(self) -> None:
        now = time.perf_counter()
        self._late_ms = max(0.0, (now - self._due) * 1e3)
        if self._began is not None:
            self._last_began = self._began
        self._began = now
        self._tick(time.monotonic())
        if self._window.isExposed():
            self._window.update()
            # should the window system swallow the frame, the notices still flow
            self._due = now + _HIDDEN_TICK_S * 5
            self._timer.start(round(_HIDDEN_TICK_S * 5e3))
        else:
            self._wait(_HIDDEN_TICK_S)

    def _swapped(self) -> None:
        began = self._began
        if began is None or not self._running:
            return
        self._began = None
        took = time.perf_counter() - began
        self.statistics.frame(
            took_ms=took * 1e3,
            hologram_ms=self._hologram_ms(),
            late_ms=self._late_ms,
            period_ms=(began - self._last_began) * 1e3 if self._last_began is not None else None,
        )
        self._last_began = began
        cost_s = took if self._software() else _HARDWARE_COST_S
        self._wait(self._pacer.pause_s(cost_s, self._state(), loading=self._loading()))
