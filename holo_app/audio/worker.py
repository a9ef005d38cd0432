"""Blocking calls that may hang, each with a time limit, one after the other in a thread of their own.

PortAudio's calls hang when a sound server freezes. A call that misses its limit is left behind with its thread, which ends
when the call returns; the next call gets a new thread. The threads are daemons: they never hold up the end of the program.
"""

from __future__ import annotations

import asyncio
import contextlib
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future, InvalidStateError
from typing import TypeVar

T = TypeVar("T")

_JOIN_S = 0.5
_MOST_LEFT_BEHIND = 2


class _Lane:
    """A thread and the calls that wait for it."""

    def __init__(self, name: str) -> None:
        self._calls: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def put(self, call: Callable[[], None]) -> None:
        self._calls.put(call)

    def end(self) -> None:
        """End after the calls that are waiting."""
        self._calls.put(None)

    def join(self) -> None:
        self._thread.join(_JOIN_S)

    @property
    def alive(self) -> bool:
        return self._thread.is_alive()

    def _run(self) -> None:
        while (call := self._calls.get()) is not None:
            call()


class Worker:
    """Runs blocking calls for the event loop, in order."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._lane: _Lane | None = None
        self._left_behind: list[_Lane] = []

    async def call(self, work: Callable[[], T], *, limit_s: float, discard: Callable[[T], None] | None = None) -> T:
        """What `work` returns or raises.

        discard: gets a result that came after the limit, or after the waiting task was cancelled; runs in the thread.
        Raises: TimeoutError: the limit passed, and the thread was left behind; or so many are left behind that nothing
        new is tried until one of them comes back.
        """
        self._left_behind = [lane for lane in self._left_behind if lane.alive]
        if len(self._left_behind) >= _MOST_LEFT_BEHIND:
            raise TimeoutError(f"{self._name}: earlier calls still hang")
        if self._lane is None:
            self._lane = _Lane(self._name)
        lane = self._lane
        future: Future[T] = Future()
        lane.put(lambda: _run_into(future, work, discard))
        waiting = asyncio.wrap_future(future)
        try:
            done, _ = await asyncio.wait({waiting}, timeout=limit_s)
        except asyncio.CancelledError:
            waiting.cancel()
            raise
        if done:
            return waiting.result()
        waiting.cancel()
        lane.end()
        self._left_behind.append(lane)
        if self._lane is lane:
            self._lane = None
        raise TimeoutError(f"{self._name}: no answer within {limit_s:g} s")

    def close(self) -> None:
        """End the thread, at once where it is idle. May be called twice."""
        if self._lane is not None:
            self._lane.end()
            self._lane.join()
            self._lane = None


def _run_into(future: Future[T], work: Callable[[], T], discard: Callable[[T], None] | None) -> None:
    if future.cancelled():
        return
    try:
        result = work()
    except BaseException as error:
        # it is raised in the task that waits; where none does any more, there is nobody to tell
        with contextlib.suppress(InvalidStateError):
            future.set_exception(error)
        return
    try:
        future.set_result(result)
    except InvalidStateError:
        if discard is not None:
            discard(result)
