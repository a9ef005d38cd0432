"""The device's database behind the Store port."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Generator
from contextlib import closing, contextmanager, nullcontext
from datetime import datetime
from pathlib import Path

import structlog
from sqlalchemy import Connection, Engine, select, update

from holo_app.errors import StorageError
from holo_app.ports.repositories import Transaction
from holo_app.storage.backups import backups_of, erase_visits
from holo_app.storage.cast import SqlCharacterRepository, SqlSettingRepository
from holo_app.storage.conversations import SqlConversationRepository
from holo_app.storage.engine import BEGIN_OPTION, BEGIN_READ, MEMORY, memory_engine
from holo_app.storage.failures import as_storage_error
from holo_app.storage.schema import upgrade
from holo_app.storage.shop import SqlProductRepository, SqlStoreFactRepository
from holo_app.storage.tables import catalogue
from holo_app.storage.uses import SqlUseRepository

log = structlog.get_logger(__name__)


class SqlTransaction:
    """The repositories over one open transaction, and what has to follow its commit."""

    def __init__(self, connection: Connection) -> None:
        self.conversations = SqlConversationRepository(connection, on_erased=self._note_erased)
        self.products = SqlProductRepository(connection, on_change=self._bump_catalogue)
        self.facts = SqlStoreFactRepository(connection, on_change=self._bump_catalogue)
        self.characters = SqlCharacterRepository(connection)
        self.settings = SqlSettingRepository(connection)
        self.uses = SqlUseRepository(connection)
        self.erased_before: datetime | None = None
        self._connection = connection

    def _bump_catalogue(self) -> None:
        self._connection.execute(update(catalogue).values(version=catalogue.c.version + 1))

    def _note_erased(self, moment: datetime) -> None:
        self.erased_before = moment


class SqlStore:
    """Store over SQLite. path: the file, or None for one in memory; the schema is expected to be there."""

    def __init__(self, engine: Engine, *, path: Path | None) -> None:
        self._engine = engine
        self._path = path
        self._where = MEMORY if path is None else str(path)
        # an in-memory database is one connection, which threads have to share in turns
        self._turn = threading.Lock() if path is None else nullcontext()
        self._open_in = threading.local()
        self._closed = False

    @contextmanager
    def transaction(self) -> Generator[Transaction]:
        with self._one_per_thread(), self._turn, as_storage_error(self._where), self._engine.begin() as connection:
            work = SqlTransaction(connection)
            yield work
        if work.erased_before is not None:
            self._erase_traces(work.erased_before)

    def catalogue_version(self) -> int:
        self._refuse_when_closed()
        with self._turn, as_storage_error(self._where), self._engine.connect() as connection:
            reading = connection.execution_options(**{BEGIN_OPTION: BEGIN_READ})
            return int(reading.execute(select(catalogue.c.version)).scalar_one())

    def close(self) -> None:
        if self._closed:
            return
        self._closed = True
        try:
            self._truncate_log()
        except StorageError as error:
            # what was committed is safe in the write-ahead log all the same
            log.warning("database_checkpoint_failed", reason=str(error))
        finally:
            self._engine.dispose()

    @contextmanager
    def _one_per_thread(self) -> Generator[None]:
        self._refuse_when_closed()
        if getattr(self._open_in, "transaction", False):
            raise RuntimeError("this thread already has a transaction open: pass it on, do not open a second one")
        self._open_in.transaction = True
        try:
            yield
        finally:
            self._open_in.transaction = False

    def _refuse_when_closed(self) -> None:
        if self._closed:
            raise StorageError(f"database {self._where}: it was closed")

    def _erase_traces(self, moment: datetime) -> None:
        """What was deleted is also in the write-ahead log and in backups; neither may keep it longer."""
        if self._path is None:
            return
        self._truncate_log()
        with as_storage_error(self._where):
            for backup in backups_of(self._path):
                erase_visits(backup, before=moment)

    def _truncate_log(self) -> None:
        if self._path is None:
            return
        with as_storage_error(self._where), closing(sqlite3.connect(self._path)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def memory_store() -> SqlStore:
    """A store that forgets everything when it is closed: for tests, and for a kiosk whose disk is unusable."""
    engine = memory_engine()
    upgrade(engine)
    return SqlStore(engine, path=None)
