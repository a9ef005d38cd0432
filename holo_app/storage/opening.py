"""Open the kiosk's database, whatever state its file is in."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import structlog
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from holo_app.errors import StorageError
from holo_app.ports.clock import Clock
from holo_app.storage.backups import stamp, unused
from holo_app.storage.engine import BUSY_TIMEOUT_MS, file_engine
from holo_app.storage.failures import as_storage_error
from holo_app.storage.schema import bring_up_to_date
from holo_app.storage.store import SqlStore

log = structlog.get_logger(__name__)

# the database last: were it gone and its log still there, the log would be played into the fresh one
_PARTS = ("-wal", "-shm", "")

# what SQLite reports when the disk, the rights or another process are at fault; the low byte is the primary code
_PRIMARY_CODE = 0xFF
_NOT_THE_CONTENT = frozenset(
    {
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_AUTH,
    }
)


# how much of what was said is read at the start; older words are for the record only
_VISITS_READ = 20
_MESSAGES_READ = 50


@dataclass(frozen=True, slots=True)
class OpenedStore:
    """An open database, and what had to be done for it.

    created: its tables are new and empty. set_aside: where a file that could not be read now lies; None if all was well.
    """

    store: SqlStore
    created: bool
    set_aside: Path | None


def open_store(path: Path, *, clock: Clock, busy_timeout_ms: int = BUSY_TIMEOUT_MS) -> OpenedStore:
    """Open the file at `path`, making or upgrading it as needed.

    A file that is no database, or a damaged one, is set aside and a fresh one is made. Other processes that hold the
    file locked are waited for up to `busy_timeout_ms`.
    Raises: MigrationError: it could not be upgraded, or is newer than this program. StorageError: it cannot be read or written
    (no folder, no rights, full disk, locked).
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with as_storage_error(str(path)):
            try:
                return OpenedStore(*_open(path, clock.utc(), busy_timeout_ms), set_aside=None)
            except DamagedError as damage:
                log.warning("database_damaged", path=str(path), reason=str(damage))
                set_aside = _set_aside(path, now=clock.utc())
                return OpenedStore(*_open(path, clock.utc(), busy_timeout_ms), set_aside=set_aside)
    except OSError as error:
        raise StorageError(f"database {path}: {error.strerror or error}") from error


class DamagedError(Exception):
    """The file holds something that no version of this program wrote."""


def _open(path: Path, now: datetime, busy_timeout_ms: int) -> tuple[SqlStore, bool]:
    """The open store, and whether it is new. Raises: DamagedError; MigrationError; what SQLite and the disk raise."""
    if path.exists():
        _check_pages(path, busy_timeout_ms)
    engine = file_engine(path, busy_timeout_ms=busy_timeout_ms)
    try:
        created = bring_up_to_date(engine, path, now=now)
        _check_writable(engine)
        store = SqlStore(engine, path=path)
        check_rows(store)
    except BaseException:
        engine.dispose()
        raise
    return store, created


def _check_pages(path: Path, busy_timeout_ms: int) -> None:
    try:
        with closing(sqlite3.connect(path, timeout=busy_timeout_ms / 1000)) as connection:
            answer = connection.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.DatabaseError as error:
        if _blames_the_content(error):
            raise DamagedError(str(error)) from error
        raise
    except UnicodeDecodeError as error:
        raise DamagedError("the text of the schema is broken") from error
    if answer != ("ok",):
        raise DamagedError(str(answer))


def check_rows(store: SqlStore) -> None:
    """Read what the kiosk needs: pages can be in order and still hold nonsense. Raises: DamagedError; StorageError."""
    try:
        with store.transaction() as work:
            work.products.all()
            work.facts.all()
            work.characters.all()
            for conversation in work.conversations.recent(limit=_VISITS_READ):
                work.conversations.last_messages(conversation.id, limit=_MESSAGES_READ)
    except StorageError as error:
        cause = error.__cause__
        if isinstance(cause, DBAPIError) and _blames_the_content(cause.orig):
            raise DamagedError(str(cause.orig)) from error
        raise
    except (ValueError, TypeError, AttributeError) as error:
        raise DamagedError("a row cannot be read") from error


def _blames_the_content(error: BaseException | None) -> bool:
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT)
    return code & _PRIMARY_CODE not in _NOT_THE_CONTENT


def _set_aside(path: Path, *, now: datetime) -> Path:
    target = unused(path.with_name(f"{path.name}.corrupt-{stamp(now)}"))
    for suffix in _PARTS:
        part = path.with_name(path.name + suffix)
        if part.exists():
            part.replace(target.with_name(target.name + suffix))
    log.warning("database_set_aside", path=str(target))
    return target


def _check_writable(engine: Engine) -> None:
    """Fail now rather than in front of a customer: write something that changes nothing."""
    with engine.begin() as connection:
        connection.execute(text("UPDATE catalogue SET version = version"))
