"""The engine's own thread: a voice loop that is loaded, run, and started again should it ever crash."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable

import structlog

log = structlog.get_logger(__name__)

_FIRST_PAUSE_S = 1.0
_LONGEST_PAUSE_S = 30.0
_JOIN_S = 15.0


class EngineThread:
    """Runs `main` on an asyncio loop of its own until `stop`; a crash is logged and followed by a new start.

    on_crash(error): told after each crash, in the engine's thread.
    """

    def __init__(self, main: Callable[[], Awaitable[None]], on_crash: Callable[[Exception], None]) -> None:
        self._main = main
        self._on_crash = on_crash
        self._thread = threading.Thread(target=self._run, name="engine", daemon=True)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[None] | None = None
        self._stopping = False
        self._lock = threading.Lock()

    def start(self) -> None:
        """Begin; returns at once."""
        self._thread.start()

    def stop(self) -> bool:
        """End the loop and wait for it. Returns False if it did not end in time."""
        with self._lock:
            self._stopping = True
            loop, task = self._loop, self._task
        if loop is not None and task is not None:
            loop.call_soon_threadsafe(task.cancel)
        self._thread.join(_JOIN_S)
        return not self._thread.is_alive()

    def _run(self) -> None:
        try:
            asyncio.run(self._supervise())
        except asyncio.CancelledError:
            log.info("engine_stopped")
        finally:
            with self._lock:
                self._loop = self._task = None

    async def _supervise(self) -> None:
        with self._lock:
            if self._stopping:
                return
            self._loop = asyncio.get_running_loop()
            self._task = asyncio.current_task()
        pause_s = _FIRST_PAUSE_S
        while True:
            try:
                await self._main()
                return
            except Exception as error:  # the end of a thread: it must be seen, and the kiosk must hear again
                log.exception("engine_crashed", retry_in_s=pause_s)
                self._on_crash(error)
            await asyncio.sleep(pause_s)
            pause_s = min(2 * pause_s, _LONGEST_PAUSE_S)
