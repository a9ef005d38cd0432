"""The heartbeat of the screen: a tick brings the notices in and draws the figure, a frame follows, the voice has its turn."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtQuick import QQuickWindow

from holo_app.domain.kiosk import KioskState
from holo_app.ui.lip_lead import LipLead
from holo_app.ui.pacing import FramePacer, FrameStatistics

_HIDDEN_TICK_S = 0.1
_HARDWARE_COST_S = 0.001


class FrameLoop(QObject):
    """Ticks, draws, waits as long as the pacer says. A frame that is late is skipped, never made up for.

    A frame has two halves with a look at touches and keys between them: the tick, then Qt's own frame. Qt draws at this beat
    only: what changes while a frame is laid out, or a picture that comes in, would make it draw another at once.

    tick: called once a frame, with the monotonic time; draws what is drawn before Qt. state, loading: decide on the voice's
    share of the time. software: whether the processor draws. hologram_ms: what the figure took of the frame just drawn.
    `lead` knows when what is drawn in a tick will be seen.
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
        self.lead = LipLead()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._beat)
        self._due = 0.0
        self._began: float | None = None
        self._last_began: float | None = None
        self._late_ms = 0.0
        self._ticked_s = 0.0
        self._framing_at = 0.0
        self._running = False
        window.frameSwapped.connect(self._swapped)
        window.installEventFilter(self)

    def start(self) -> None:
        """Begin to tick."""
        self._running = True
        self._wait(0.0)

    def stop(self) -> None:
        """Tick no more."""
        self._running = False
        self._timer.stop()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Keep Qt from drawing between our beats."""
        if event.type() == QEvent.Type.UpdateRequest and self._running and self._began is None:
            return True
        return super().eventFilter(watched, event)

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
        self._framing_at = time.perf_counter()
        self._ticked_s = self._framing_at - now
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
        framed_s = time.perf_counter() - self._framing_at
        took = self._ticked_s + framed_s
        self.lead.frame(took, began - self._last_began if self._last_began is not None else None)
        self.statistics.frame(
            took_ms=took * 1e3,
            longest_part_ms=max(self._ticked_s, framed_s) * 1e3,
            hologram_ms=self._hologram_ms(),
            late_ms=self._late_ms,
            period_ms=(began - self._last_began) * 1e3 if self._last_began is not None else None,
        )
        self._last_began = began
        cost_s = took if self._software() else _HARDWARE_COST_S
        self._wait(self._pacer.pause_s(cost_s, self._state(), loading=self._loading()))
