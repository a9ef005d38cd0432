"""A child process that is always there, or soon will be again."""

from __future__ import annotations

import asyncio
import time
from asyncio import FIRST_COMPLETED
from asyncio.subprocess import PIPE, Process
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import structlog

from holo_app.errors import FailureCategory, ProviderError

log = structlog.get_logger(__name__)

_LAST_LINES = 12


@dataclass(frozen=True, slots=True)
class ChildSettings:
    """How a child is kept.

    name: in errors and logs. command: the program and its arguments. start_timeout_s: until it has said its address.
    ping_every_s, ping_timeout_s: a child that does not answer twice running is killed. first_pause_s, longest_pause_s:
    before it is started again; doubled each time, until it has lived for steady_after_s. farewell_s: to end by itself.
    """

    name: str
    command: tuple[str, ...]
    start_timeout_s: float = 30.0
    ping_every_s: float = 5.0
    ping_timeout_s: float = 3.0
    first_pause_s: float = 0.1
    longest_pause_s: float = 30.0
    steady_after_s: float = 20.0
    farewell_s: float = 0.5


class SupervisedChild:
    """Starts a server process, asks it for signs of life, and starts it again when it dies.

    The child writes the address that it listens on as the first line of its standard output, and must end when its
    standard input does: so it ends with us, even if we are killed.

    ping: asks the server at an address for a sign of life; raises ProviderError where there is none. welcome: prepares each new
    server before others are told its address, within the start's time; raises nothing.
    """

    def __init__(
        self,
        settings: ChildSettings,
        ping: Callable[[str], Awaitable[None]],
        *,
        welcome: Callable[[str], Awaitable[None]] | None = None,
    ) -> None:
        self._settings = settings
        self._ping = ping
        self._welcome = welcome
        self._keeper: asyncio.Task[None] | None = None
        self._process: Process | None = None
        self._address = ""
        self._ready = asyncio.Event()
        self._doubted = asyncio.Event()
        self._closed = False
        self._last_words = ""

    @property
    def pid(self) -> int | None:
        """The process id, while one runs."""
        return self._process.pid if self._process else None

    @property
    def is_ready(self) -> bool:
        """Whether it has said where it listens, and is not under suspicion."""
        return self._ready.is_set() and not self._closed

    def start(self) -> None:
        """Begin to keep the child; returns at once. May be called again."""
        if self._keeper is None and not self._closed:
            self._keeper = asyncio.create_task(self._keep(), name=f"{self._settings.name}-keeper")

    async def address(self, timeout_s: float) -> str:
        """Where the child listens, as soon as it does. Raises: ProviderError(UNAVAILABLE): not within `timeout_s`."""
        self.start()
        try:
            async with asyncio.timeout(timeout_s):
                await self._ready.wait()
        except TimeoutError:
            raise self._unavailable(self._last_words or "it has not started yet") from None
        if self._closed:
            raise self._unavailable("closed")
        return self._address

    def suspect(self) -> None:
        """Say that the child failed to serve: `address` then waits until it has answered a ping or was started again."""
        if not self._closed:
            self._ready.clear()
            self._doubted.set()

    async def aclose(self) -> None:
        """End the child. May be called twice."""
        self._closed = True
        self._ready.set()
        if self._keeper is not None:
            keeper, self._keeper = self._keeper, None
            keeper.cancel()
            await _settled(keeper)

    async def _keep(self) -> None:
        pause_s = self._settings.first_pause_s
        while True:
            started = time.monotonic()
            await self._live_once()
            if time.monotonic() - started >= self._settings.steady_after_s:
                pause_s = self._settings.first_pause_s
            await asyncio.sleep(pause_s)
            pause_s = min(2 * pause_s, self._settings.longest_pause_s)

    async def _live_once(self) -> None:
        settings = self._settings
        try:
            process = await asyncio.create_subprocess_exec(*settings.command, stdin=PIPE, stdout=PIPE, stderr=PIPE)
        except OSError as error:
            self._last_words = str(error)
            log.warning("child_not_started", child=settings.name, reason=str(error))
            return
        self._process = process
        lines: deque[str] = deque(maxlen=_LAST_LINES)
        listening = asyncio.create_task(_collect(process, lines))
        try:
            if await self._until_ready(process):
                await self._until_silent(process)
        finally:
            if not self._closed:
                self._ready.clear()
            self._process = None
            await _settled(asyncio.create_task(self._farewell(process, listening)))
            if not self._closed:
                self._last_words = lines[-1] if lines else f"it ended with status {process.returncode}"
                log.warning("child_ended", child=settings.name, status=process.returncode, last_lines=list(lines))

    async def _farewell(self, process: Process, listening: asyncio.Task[None]) -> None:
        """End the child and close our ends of its pipes."""
        await self._end(process)
        await asyncio.gather(listening, return_exceptions=True)
        await _release(process)

    async def _end(self, process: Process) -> None:
        """Let it go as it must when its input ends, and kill it if it does not.

        It is not killed at once, because asking whether it still runs would take its exit status from the loop's watcher.
        """
        assert process.stdin is not None  # noqa: S101 - it was opened as a pipe
        process.stdin.close()
        ended = asyncio.create_task(process.wait())
        # not `asyncio.timeout`: in a task that is being cancelled, that of Debian 12's Python 3.11.2 never runs out
        done, _ = await asyncio.wait({ended}, timeout=self._settings.farewell_s)
        if not done:
            log.warning("child_killed", child=self._settings.name, pid=process.pid)
            process.kill()
            await ended

    async def _until_ready(self, process: Process) -> bool:
        """Whether the child has come so far as to say its address."""
        assert process.stdout is not None  # noqa: S101 - it was opened as a pipe
        try:
            async with asyncio.timeout(self._settings.start_timeout_s):
                self._address = (await process.stdout.readline()).decode().strip()
                if self._address and self._welcome is not None:
                    await self._welcome(self._address)
        except TimeoutError:
            log.warning("child_start_timed_out", child=self._settings.name, waited_s=self._settings.start_timeout_s)
            return False
        if not self._address:
            return False
        self._doubted.clear()
        self._ready.set()
        log.info("child_ready", child=self._settings.name, pid=process.pid)
        return True

    async def _until_silent(self, process: Process) -> None:
        """Until the process ends, misses two pings, or one while it is under suspicion."""
        missed = 0
        ended = asyncio.create_task(process.wait())
        try:
            while missed < 2:  # noqa: PLR2004 - one may be lost to a machine that is busy
                doubted = asyncio.create_task(self._doubted.wait())
                try:
                    every_s = self._settings.ping_every_s
                    await asyncio.wait({ended, doubted}, timeout=every_s, return_when=FIRST_COMPLETED)
                finally:
                    doubted.cancel()
                    await asyncio.gather(doubted, return_exceptions=True)
                if ended.done():
                    return
                if await self._answers():
                    missed = 0
                    self._doubted.clear()
                    self._ready.set()
                else:
                    missed += 2 if self._doubted.is_set() else 1
        finally:
            ended.cancel()
            await asyncio.gather(ended, return_exceptions=True)

    async def _answers(self) -> bool:
        try:
            async with asyncio.timeout(self._settings.ping_timeout_s):
                await self._ping(self._address)
        except (TimeoutError, ProviderError) as error:
            log.warning("child_ping_missed", child=self._settings.name, reason=str(error))
            return False
        return True

    def _unavailable(self, detail: str) -> ProviderError:
        return ProviderError(self._settings.name, FailureCategory.UNAVAILABLE, detail)


async def _settled(task: asyncio.Task[None]) -> None:
    """Wait until a task has ended, cancelled or not: half a farewell leaves a process and its pipes behind."""
    cancelled = False
    while not task.done():
        try:
            await asyncio.wait({task})
        except asyncio.CancelledError:
            cancelled = True
    if cancelled:
        raise asyncio.CancelledError


async def _collect(process: Process, lines: deque[str]) -> None:
    """Keep the last lines of what the child complains of."""
    assert process.stderr is not None  # noqa: S101 - it was opened as a pipe
    while line := await process.stderr.readline():
        lines.append(line.decode(errors="replace").rstrip())


async def _release(process: Process) -> None:
    """Close our ends of the pipes of a process that has ended."""
    assert process.stdin is not None  # noqa: S101 - both were opened as pipes
    assert process.stdout is not None  # noqa: S101
    await asyncio.gather(process.stdin.wait_closed(), process.stdout.read(), return_exceptions=True)
