"""Real conversations in slow motion: for all that happens in a shop, the machine is so many times as fast.

For machines that are busy with something else: what depends on the sound alone comes out as it would in real time, and how long
the kiosk takes to think is divided. Figures that are to be told to others are taken without it.
"""

from __future__ import annotations

import asyncio
import selectors
import time
from collections.abc import Coroutine
from typing import Any

from holo_app.bootstrap.clock import SystemClock


class _SlowSelector(selectors.DefaultSelector):
    """Waits for longer than it is told to."""

    def __init__(self, slower: float) -> None:
        super().__init__()
        self._slower = slower

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        return super().select(None if timeout is None else timeout * self._slower)


class SlowLoop(asyncio.SelectorEventLoop):
    """An event loop whose seconds are `slower` times as long."""

    def __init__(self, slower: float) -> None:
        self.slower = slower
        super().__init__(_SlowSelector(slower))

    def time(self) -> float:
        return time.monotonic() / self.slower


class SlowClock(SystemClock):
    """The clock of a slow loop. Safe from any thread."""

    def __init__(self, slower: float) -> None:
        super().__init__()
        self._slower = slower

    def monotonic(self) -> float:
        return time.monotonic() / self._slower


def clock_here() -> SystemClock:
    """The clock on the scale of the running loop."""
    loop = asyncio.get_running_loop()
    return SlowClock(loop.slower) if isinstance(loop, SlowLoop) else SystemClock()


def hold(main: Coroutine[Any, Any, None], *, slower: float = 1.0) -> None:
    """Run to the end, in real time if `slower` is 1."""
    with asyncio.Runner(loop_factory=None if slower == 1 else lambda: SlowLoop(slower)) as runner:
        runner.run(main)
