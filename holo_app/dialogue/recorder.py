"""Writes finished turns to the database, in order and off the event loop; a full disk never stops the conversation."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import structlog

from holo_app.dialogue.notices import MessageRecorded, Notice, TurnFinished
from holo_app.dialogue.troubles import TroubleBoard
from holo_app.domain.conversation import Conversation, Message
from holo_app.domain.kiosk import Trouble
from holo_app.errors import StorageError
from holo_app.ports.repositories import Store, Transaction

log = structlog.get_logger(__name__)

Work = Callable[[Transaction], None]
RunBlocking = Callable[[Callable[[], None]], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class _Item:
    """work: what to write. messages, finished: what to tell after it."""

    work: Work
    messages: tuple[Message, ...] = ()
    finished: TurnFinished | None = None


class Recorder:
    """One writer task; `flush` waits until everything before it is on disk.

    run_blocking: how a blocking call leaves the event loop (a thread; in place under virtual time).
    """

    def __init__(
        self,
        store: Store,
        publish: Callable[[Notice], None],
        troubles: TroubleBoard,
        *,
        transcript_ttl: timedelta,
        run_blocking: RunBlocking = asyncio.to_thread,
    ) -> None:
        self._store = store
        self._publish = publish
        self._troubles = troubles
        self._ttl = transcript_ttl
        self._run_blocking = run_blocking
        self._work: asyncio.Queue[_Item] = asyncio.Queue()

    def tidy(self, at: datetime, *, starting: bool) -> None:
        """Erase transcripts past their time; at a start, also close the visits that a crash left open."""

        def work(tx: Transaction) -> None:
            if starting:
                tx.conversations.end_unfinished(at=at)
            tx.conversations.erase_before(at - self._ttl)

        self._work.put_nowait(_Item(work))

    def begin(self, conversation: Conversation) -> None:
        """A visit began."""
        self._work.put_nowait(_Item(lambda tx: tx.conversations.start(conversation)))

    def record(self, finished: TurnFinished, *messages: Message) -> None:
        """A finished turn: its messages become durable in one transaction, and only then is it told to be finished."""

        def work(tx: Transaction) -> None:
            for message in messages:
                tx.conversations.add_message(message)

        self._work.put_nowait(_Item(work, messages, finished))

    def end(self, conversation_id: UUID, at: datetime) -> None:
        """A visit ended."""
        self._work.put_nowait(_Item(lambda tx: tx.conversations.end(conversation_id, at=at)))

    async def run(self) -> None:
        """Write until cancelled."""
        while True:
            item = await self._work.get()
            try:
                if await self._written(item.work):
                    for message in item.messages:
                        self._publish(MessageRecorded(message))
                if item.finished is not None:
                    self._publish(item.finished)
            finally:
                self._work.task_done()

    async def flush(self) -> None:
        """Wait until all that was handed over is written."""
        await self._work.join()

    async def _written(self, work: Work) -> bool:
        def in_transaction() -> None:
            with self._store.transaction() as tx:
                work(tx)

        try:
            await self._run_blocking(in_transaction)
        except StorageError as error:
            log.error("record_failed", reason=str(error))  # noqa: TRY400 - an environment error needs no traceback
            self._troubles.begin(Trouble.DATABASE_UNWRITABLE, str(error))
            return False
        self._troubles.end(Trouble.DATABASE_UNWRITABLE)
        return True
