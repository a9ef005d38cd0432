"""One thread for an engine that blocks."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from holo_app.errors import FailureCategory, ProviderError

P = ParamSpec("P")
T = TypeVar("T")


class WorkerThread:
    """Runs the calls of one engine in a thread, one after the other, in the order in which they were asked.

    A call whose awaiting task is cancelled is never begun if it was still queued; if it was running, its result is dropped. So
    what is new does not wait behind what nobody wants any more.
    """

    def __init__(self, provider: str) -> None:
        self._provider = provider
        self._executor = ThreadPoolExecutor(1, thread_name_prefix=provider)
        self._closed = False

    async def run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """The result of `work`. Raises: what it raises, and ProviderError once closed."""
        if self._closed:
            raise self._gone()
        return await asyncio.get_running_loop().run_in_executor(
            self._executor, self._guarded, lambda: work(*args, **kwargs)
        )

    async def aclose(self, last: Callable[[], None] = lambda: None) -> None:
        """Wait for the running call, let queued ones fail, run `last` in the thread and end it. May be called twice."""
        if self._closed:
            return
        self._closed = True
        await asyncio.get_running_loop().run_in_executor(self._executor, last)
        self._executor.shutdown(wait=True)

    def _guarded(self, work: Callable[[], T]) -> T:
        if self._closed:
            raise self._gone()
        return work()

    def _gone(self) -> ProviderError:
        return ProviderError(self._provider, FailureCategory.UNAVAILABLE, "closed")
