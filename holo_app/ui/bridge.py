"""The one crossing between the voice loop's thread and the GUI thread.

Engine → screen: `post` from any thread; the GUI drains once a frame. Screen → engine: `submit`, a thread-safe callable
that the composition root supplies when the engine is up. What a customer does before that is kept for it, because the
window opens before the models are loaded.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable

from holo_app.dialogue.inputs import KioskInput
from holo_app.dialogue.notices import MicLevel, Notice

_EARLY_INPUTS = 8


class UiBridge:
    """Carries notices and inputs between the two threads. Every method may be called from any thread."""

    def __init__(self) -> None:
        self._notices: deque[Notice] = deque()
        self._level: MicLevel | None = None
        self._early: deque[KioskInput] = deque(maxlen=_EARLY_INPUTS)
        self._submit: Callable[[KioskInput], None] | None = None
        self._position_s: Callable[[], float] = lambda: 0.0
        self._lock = threading.Lock()

    def connect(self, *, submit: Callable[[KioskInput], None], position_s: Callable[[], float]) -> None:
        """The engine is up: hand over inputs and ask it for the speaker's position. Both must be thread-safe."""
        with self._lock:
            self._submit, self._position_s = submit, position_s
            waiting = list(self._early)
            self._early.clear()
            for early in waiting:
                submit(early)

    def post(self, notice: Notice) -> None:
        """Engine → screen. Levels replace each other: a stalled screen is owed the newest one only."""
        if isinstance(notice, MicLevel):
            self._level = notice
        else:
            self._notices.append(notice)

    def drain(self) -> list[Notice]:
        """Everything posted since the last call, oldest first, with at most one MicLevel (last)."""
        drained: list[Notice] = [self._notices.popleft() for _ in range(len(self._notices))]
        level, self._level = self._level, None
        if level is not None:
            drained.append(level)
        return drained

    def submit(self, event: KioskInput) -> None:
        """Screen → engine."""
        with self._lock:
            if self._submit is None:
                self._early.append(event)
            else:
                self._submit(event)

    def position_s(self) -> float:
        """What the customer has heard of the content timeline, in seconds."""
        return self._position_s()
