"""The staff dialog as QML sees it. The slow hash and the database are asked in a thread of their own."""

# ruff: noqa: N802, N815 - names that QML sees are in its own style
from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

import structlog
from PySide6.QtCore import Property, QObject, Signal, Slot
from PySide6.QtQml import QmlElement

from holo_app.errors import StorageError
from holo_app.ui import staff_flow as flow
from holo_app.ui.phrases import Phrases
from holo_app.ui.staff_flow import StaffState, Step
from holo_app.ui.staff_pin import PinCheck, PinRejectedError, PinStatus

QML_IMPORT_NAME = "Holo"
QML_IMPORT_MAJOR_VERSION = 1

FORGOTTEN_AFTER_S = 45.0
"""An untouched dialog closes by itself: a customer may have opened it."""

log = structlog.get_logger(__name__)


class PinService(Protocol):
    """What the dialog asks; `StaffPin` is the real one. Each may raise StorageError."""

    def status(self) -> PinStatus: ...

    def check(self, pin: str) -> PinCheck: ...

    def choose(self, pin: str) -> None: ...


@QmlElement
class HoloStaff(QObject):
    """PIN dialog: open, digits, confirm, and once opened: leave, change the PIN, back."""

    changed = Signal()
    leaveAllowed = Signal()
    displayAsked = Signal()
    _answered = Signal(object)

    def __init__(
        self, pin: PinService, monotonic: Callable[[], float], phrases: Phrases, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._pin = pin
        self._monotonic = monotonic
        self._phrases = phrases
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="staff-pin")
        self._touched = 0.0
        self._prompt = ""
        self._closed = threading.Event()
        self.display_offered = False
        self.state = StaffState()
        self._answered.connect(self._take)

    def close(self) -> None:
        """End the thread. Waits for a check under way (well under a second)."""
        self._closed.set()
        self._worker.shutdown(wait=True, cancel_futures=True)

    def tick(self, phrases: Phrases) -> None:
        """Once a frame: counts a lock down and closes a forgotten dialog."""
        self._phrases = phrases
        if self.state.step is Step.CLOSED:
            return
        if self._monotonic() - self._touched > FORGOTTEN_AFTER_S:
            self._enter(StaffState())
        elif flow.prompt(self.state, phrases, now=self._monotonic()) != self._prompt:
            self._enter(self.state)

    @Slot()
    def show(self) -> None:
        """Open the dialog."""
        if self.state.step is Step.CLOSED:
            self._touched = self._monotonic()
            self._enter(flow.opening())
            self._ask(lambda: self._told(self._pin.status()))

    @Slot()
    def cancel(self) -> None:
        """Back to the kiosk."""
        self._enter(StaffState())

    @Slot(str)
    def type(self, digit: str) -> None:
        """A digit; an empty text takes the last one back."""
        self._touched = self._monotonic()
        self._enter(flow.typed(self.state, digit, now=self._monotonic()))

    @Slot()
    def confirm(self) -> None:
        """OK."""
        self._touched = self._monotonic()
        state, task = flow.confirmed(self.state, now=self._monotonic())
        pin = state.first
        self._enter(state)
        if task == "check":
            self._ask(lambda: self._checked(self._pin.check(pin)))
        elif task == "choose":
            self._ask(lambda: self._chosen(pin))

    @Slot()
    def leave(self) -> None:
        """Close the kiosk; only after the PIN."""
        if self.state.step is Step.OPENED:
            log.info("staff_left_kiosk")
            self.leaveAllowed.emit()

    @Slot()
    def adjustDisplay(self) -> None:
        """Adjust the display; only after the PIN."""
        if self.state.step is Step.OPENED:
            self._enter(StaffState())
            self.displayAsked.emit()

    @Slot()
    def change(self) -> None:
        """Choose another PIN; only after the PIN."""
        if self.state.step is Step.OPENED:
            self._touched = self._monotonic()
            self._enter(StaffState(step=Step.CHOOSE))

    def _enter(self, state: StaffState) -> None:
        text = flow.prompt(state, self._phrases, now=self._monotonic())
        if state != self.state or text != self._prompt:
            self.state, self._prompt = state, text
            self.changed.emit()

    def _ask(self, question: Callable[[], Callable[[StaffState], StaffState]]) -> None:
        def work() -> None:
            try:
                answer = question()
            except StorageError as error:
                log.warning("staff_pin_unavailable", error=str(error))
                answer = flow.failed
            if not self._closed.is_set():
                self._answered.emit(answer)

        self._worker.submit(work)

    def _told(self, status: PinStatus) -> Callable[[StaffState], StaffState]:
        return lambda state: flow.told(state, status, now=self._monotonic())

    def _checked(self, check: PinCheck) -> Callable[[StaffState], StaffState]:
        log.info("staff_pin_checked", opened=check.opened, tries_left=check.status.tries_left)
        return lambda state: flow.checked(state, check, now=self._monotonic())

    def _chosen(self, pin: str) -> Callable[[StaffState], StaffState]:
        rejected = ""
        try:
            self._pin.choose(pin)
        except PinRejectedError as error:
            rejected = error.reason
        return lambda state: flow.chosen(state, rejected)

    @Slot(object)
    def _take(self, answer: Callable[[StaffState], StaffState]) -> None:
        self._enter(answer(self.state))

    @Property(bool, notify=changed)
    def open(self) -> bool:
        return self.state.step is not Step.CLOSED

    @Property(bool, notify=changed)
    def offersDisplay(self) -> bool:
        """Whether there is a display to adjust."""
        return self.display_offered

    @Property(str, notify=changed)
    def step(self) -> str:
        return self.state.step.value

    @Property(str, notify=changed)
    def prompt(self) -> str:
        return self._prompt

    @Property(bool, notify=changed)
    def troubled(self) -> bool:
        """Whether the prompt says that something went wrong."""
        return bool(self.state.problem) or flow.locked_s(self.state, self._monotonic()) > 0

    @Property(bool, notify=changed)
    def locked(self) -> bool:
        return flow.locked_s(self.state, self._monotonic()) > 0

    @Property(int, notify=changed)
    def typed(self) -> int:
        return len(self.state.digits)

    @Property(str, notify=changed)
    def typedText(self) -> str:
        """How many digits were entered, in words for a screen reader; never the digits themselves."""
        return self._phrases.text("staff", "entered", count=len(self.state.digits))
