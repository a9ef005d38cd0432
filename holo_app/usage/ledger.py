"""Writes down what each call to a provider used, off the event loop; a full disk never stops the conversation."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import structlog

from holo_app.domain.usage import Use
from holo_app.errors import StorageError
from holo_app.ports.clock import Clock
from holo_app.ports.repositories import Store

log = structlog.get_logger(__name__)

KEPT = timedelta(days=400)
"""Longer than a year's bill can be questioned; what a call used says nothing about anybody."""

_MOST_WAITING = 10_000


class UsageLedger:
    """A Meter. `run` writes until it is cancelled; `flush` waits until all before it is written.

    What cannot be written waits for the next use, up to a bound. run_blocking: how a blocking call leaves the event loop (a
    thread; in place under virtual time).
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        *,
        run_blocking: Callable[[Callable[[], None]], Awaitable[None]] = asyncio.to_thread,
    ) -> None:
        self._store = store
        self._clock = clock
        self._run_blocking = run_blocking
        self._waiting: list[Use] = []
        self._work = asyncio.Queue[None]()

    def used(self, use: Use) -> None:
        log.info(
            "provider_used",
            role=use.role.value,
            provider=use.provider,
            model=use.model,
            measured=use.measured,
            cost_micros=None if use.cost is None else use.cost.micros,
            turn=None if use.turn is None else str(use.turn),
            **{unit.value: round(count, 3) for unit, count in use.units.items()},
        )
        if len(self._waiting) < _MOST_WAITING:
            self._waiting.append(use)
        self._work.put_nowait(None)

    async def run(self) -> None:
        """Write what comes, first erasing what is too old. Ends when it is cancelled."""
        await self._write(self._erase_old)
        while True:
            await self._work.get()
            try:
                await self._write(self._add_all)
            finally:
                self._work.task_done()

    async def flush(self) -> None:
        """Wait until all that was used is written, as far as it can be."""
        await self._work.join()

    async def _write(self, work: Callable[[], None]) -> None:
        try:
            await self._run_blocking(work)
        except StorageError as error:
            log.error("usage_not_written", reason=str(error))  # noqa: TRY400 - an environment error needs no traceback

    def _erase_old(self) -> None:
        with self._store.transaction() as work:
            work.uses.erase_before(self._clock.utc() - KEPT)

    def _add_all(self) -> None:
        uses = list(self._waiting)
        if not uses:
            return
        with self._store.transaction() as work:
            work.uses.add(uses)
        # only now: what failed is tried again with the next one
        del self._waiting[: len(uses)]
