"""Which troubles are on; each change is told once."""

from __future__ import annotations

from collections.abc import Callable

from holo_app.dialogue.notices import Notice, TroubleChanged
from holo_app.domain.kiosk import Trouble


class TroubleBoard:
    """Publishes TroubleChanged when a trouble begins or ends, however often it is reported."""

    def __init__(self, publish: Callable[[Notice], None]) -> None:
        self._publish = publish
        self._on: set[Trouble] = set()

    def begin(self, trouble: Trouble, detail: str = "") -> None:
        """The trouble is there (detail: for staff)."""
        if trouble not in self._on:
            self._on.add(trouble)
            self._publish(TroubleChanged(trouble, active=True, detail=detail))

    def end(self, trouble: Trouble) -> None:
        """The trouble is over."""
        if trouble in self._on:
            self._on.remove(trouble)
            self._publish(TroubleChanged(trouble, active=False))
