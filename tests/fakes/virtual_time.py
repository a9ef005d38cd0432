"""An event loop whose clock jumps to the next timer: minutes of conversation run in milliseconds.

`@virtual_time` turns an `async def test_…` into a test under such a loop; `run_virtual` runs one coroutine there. Use plain
(not async) fixtures with it: pytest-asyncio's fixtures live on a loop of their own. Work in threads (`asyncio.to_thread`)
takes no virtual time: the clock stands still until it is done. Sockets and child processes are not waited for in that way:
test those on a real loop.
"""

from __future__ import annotations

import asyncio
import functools
import selectors
from collections.abc import Callable, Coroutine
from concurrent.futures import Executor
from datetime import UTC, datetime, timedelta
from typing import Any, ParamSpec, TypeVar, TypeVarTuple, Unpack
from uuid import UUID

from holo_app.bootstrap.clock import uuid7

P = ParamSpec("P")
T = TypeVar("T")
Ts = TypeVarTuple("Ts")

STORY_BEGINS = datetime(2026, 1, 5, 10, 0, tzinfo=UTC)
"""The wall time at virtual second 0: a Monday morning, the shop is open."""


class LeakedTasksError(AssertionError):
    """The test ended while tasks that it started were still running."""


class _JumpingSelector(selectors.DefaultSelector):
    """Never waits for a timer: it tells how long the loop wanted to wait, and the loop's clock jumps."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0
        self.threads_at_work = 0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        if ready or timeout == 0:
            return ready
        if timeout is None or self.threads_at_work:
            return super().select(None)
        self.now += timeout
        return []


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """An event loop that starts at second 0 and never sleeps."""

    def __init__(self) -> None:
        self._jumping = _JumpingSelector()
        self.failures: list[dict[str, Any]] = []
        super().__init__(self._jumping)
        self.set_exception_handler(lambda _loop, context: self.failures.append(context))

    def time(self) -> float:
        return self._jumping.now

    def run_in_executor(
        self, executor: Executor | None, func: Callable[[Unpack[Ts]], T], *args: *Ts
    ) -> asyncio.Future[T]:
        self._jumping.threads_at_work += 1
        future = super().run_in_executor(executor, func, *args)
        future.add_done_callback(self._thread_done)
        return future

    def _thread_done(self, _future: asyncio.Future[Any]) -> None:
        self._jumping.threads_at_work -= 1


class VirtualClock:
    """`ports.clock.Clock` over a loop's time; ids count up, so that two runs of a script make the same ones."""

    def __init__(self, loop: asyncio.AbstractEventLoop | None = None) -> None:
        self._loop = loop or asyncio.get_running_loop()
        self._made = 0

    def monotonic(self) -> float:
        return self._loop.time()

    def utc(self) -> datetime:
        return STORY_BEGINS + timedelta(seconds=self._loop.time())

    def new_id(self) -> UUID:
        self._made += 1
        return uuid7(round(self.utc().timestamp() * 1000), self._made)


def run_virtual(main: Coroutine[Any, Any, T], *, timeout_s: float = 3600) -> T:
    """Run `main` on a new virtual-time loop and return its result.

    Raises: TimeoutError: `main` took more than `timeout_s` virtual seconds, or waits for ever.
            LeakedTasksError: tasks outlived it. AssertionError: an exception was lost in a task or a callback.
    """
    loop = VirtualTimeLoop()
    with asyncio.Runner(loop_factory=lambda: loop) as runner:
        result = runner.run(_guarded(main, timeout_s))
    if loop.failures:
        lost = loop.failures[0]
        raise AssertionError(f"lost in the loop: {lost.get('message')}") from lost.get("exception")
    return result


async def _guarded(main: Coroutine[Any, Any, T], timeout_s: float) -> T:
    async with asyncio.timeout(timeout_s):
        result = await main
    leaked = [task.get_name() for task in asyncio.all_tasks() - {asyncio.current_task()} if not task.done()]
    if leaked:
        raise LeakedTasksError(f"still running: {', '.join(sorted(leaked))}")
    return result


def virtual_time(test: Callable[P, Coroutine[Any, Any, T]]) -> Callable[P, T]:
    """Run an async test on virtual time."""

    @functools.wraps(test)
    def run(*args: P.args, **kwargs: P.kwargs) -> T:
        return run_virtual(test(*args, **kwargs))

    # pytest looks through __wrapped__ for the fixtures, and must not see a coroutine function there
    return run
