"""Time and ids, so that a scripted conversation runs on virtual time."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol
from uuid import UUID


class Clock(Protocol):
    """Where time and ids come from."""

    def monotonic(self) -> float:
        """Seconds that only grow; the same scale as the running event loop's `time()`."""
        ...

    def utc(self) -> datetime:
        """The wall time, aware, in UTC."""
        ...

    def new_id(self) -> UUID:
        """A new id that sorts by the time it was made (UUID version 7)."""
        ...
