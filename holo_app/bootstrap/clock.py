"""The clock of the real world, and ids that sort by the time they were made."""

from __future__ import annotations

import secrets
import threading
import time
from datetime import UTC, datetime
from uuid import UUID

_COUNTER_BITS = 74
"""What a version 7 id holds beside its time, its version and its variant."""

_FREE_BITS = 70
"""A new millisecond starts its ids at a random number this long, so that there is room to count up."""


def uuid7(unix_ms: int, counter: int) -> UUID:
    """The version 7 id of a millisecond; `counter` (74 bits) orders the ids within it.

    Source: RFC 9562, sections 5.7 and 6.2 (method 2, monotonic random).
    """
    high, low = counter >> 62 & 0xFFF, counter & (1 << 62) - 1
    return UUID(int=(unix_ms & (1 << 48) - 1) << 80 | 0x7 << 76 | high << 64 | 0b10 << 62 | low)


class SystemClock:
    """`ports.clock.Clock` of this machine. Safe from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last_ms = 0
        self._counter = 0

    def monotonic(self) -> float:
        # the scale of asyncio's own loops
        return time.monotonic()

    def utc(self) -> datetime:
        return datetime.now(UTC)

    def new_id(self) -> UUID:
        """A new id, greater than each one before it in this process, even when the wall clock is set back."""
        with self._lock:
            now_ms = time.time_ns() // 1_000_000
            if now_ms > self._last_ms:
                self._last_ms, self._counter = now_ms, secrets.randbits(_FREE_BITS)
            else:
                self._counter += 1 + secrets.randbits(32)
            if self._counter >> _COUNTER_BITS:
                self._last_ms, self._counter = self._last_ms + 1, secrets.randbits(_FREE_BITS)
            return uuid7(self._last_ms, self._counter)
