"""A generator that runs in a task of its own: it can be waited for, raced, and left behind where it does not end.

Cancelling a generator waits until it has cleaned up after itself, which one that hangs may never do; a task need not be waited
for.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from typing import Any, Generic, TypeVar

import structlog

log = structlog.get_logger(__name__)

T = TypeVar("T")

CLEAN_UP_S = 0.3
"""What comes next in line must not wait for long either."""
_TIMERS_RING_EARLY_S = 1e-6


class Running(Generic[T]):
    """Begins at once, in the context of whoever makes it. stage: what it is, for the log.

    ahead: how many items it may make before one is taken. changed: set whenever there is something new; shared by those that
    are waited for together.
    """

    def __init__(
        self, items: AsyncGenerator[T], stage: str, *, ahead: int = 1, changed: asyncio.Event | None = None
    ) -> None:
        self._stage = stage
        self._box: deque[T] = deque()
        self._over = False
        self._error: Exception | None = None
        self._room = asyncio.Semaphore(ahead)
        self._changed = changed or asyncio.Event()
        self._pump = asyncio.ensure_future(self._pumped(items))

    @property
    def ready(self) -> bool:
        """Whether there is an item, or an end."""
        return bool(self._box) or self._over

    @property
    def holds_something(self) -> bool:
        """Whether there is an item."""
        return bool(self._box)

    @property
    def failed(self) -> bool:
        """Whether it has raised what `ended` will raise."""
        return self._error is not None

    @property
    def ended(self) -> bool:
        """Whether all items are taken, and no more come. Raises: what the generator raised."""
        if self._box or not self._over:
            return False
        if self._error is not None:
            raise self._error
        return True

    def take(self) -> T:
        """The next item, if `ready` and not `ended`."""
        item = self._box.popleft()
        self._room.release()
        return item

    async def ready_by(self, due: Callable[[], float | None]) -> bool:
        """Wait until it is ready; False: not by that moment of the loop's time. due: asked again whenever something changes."""
        return await changed_by(self._changed, lambda: self.ready, due)

    def cancel(self) -> None:
        """End it without waiting; `aclose` still has to be called."""
        self._pump.cancel()

    async def aclose(self, patience_s: float = CLEAN_UP_S) -> None:
        """Cancel what still runs and wait for it; what hangs even then is left behind."""
        await ended(self._pump, self._stage, patience_s)

    async def _pumped(self, items: AsyncGenerator[T]) -> None:
        try:
            async with aclosing(items):
                async for item in items:
                    await self._room.acquire()
                    self._box.append(item)
                    self._changed.set()
        except Exception as problem:  # a task ends here; whoever reads the items gets it
            self._error = problem
        self._over = True
        self._changed.set()


async def changed_by(changed: asyncio.Event, ready: Callable[[], bool], due: Callable[[], float | None]) -> bool:
    """Wait until something is ready; False: not by the moment `due`."""
    loop = asyncio.get_running_loop()
    while not ready():
        at = due()
        if at is None:
            changed.clear()
            await changed.wait()
        elif loop.time() >= at - _TIMERS_RING_EARLY_S:
            return False
        else:
            changed.clear()
            timer = loop.call_at(at, changed.set)
            try:
                await changed.wait()
            finally:
                timer.cancel()
    return True


async def ended(task: asyncio.Task[Any], stage: str, patience_s: float = CLEAN_UP_S) -> None:
    """Cancel what still runs and wait for it; what hangs even then is left behind."""
    task.add_done_callback(_forget)
    if not task.done():
        task.cancel()
        await asyncio.wait([task], timeout=patience_s)
        if not task.done():
            log.warning("stage_does_not_end", stage=stage)


def _forget(task: asyncio.Task[Any]) -> None:
    """Nobody reads its result any more, and asyncio would complain about an error that nobody saw."""
    if not task.cancelled():
        task.exception()
