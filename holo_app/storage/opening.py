"""Open the kiosk's database, whatever state its file is in."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import structlog
from sqlalchemy import Engine, text

from holo_app.errors import StorageError
from holo_app.ports.clock import Clock
from holo_app.storage.backups import stamp, unused
from holo_app.storage.engine import BUSY_TIMEOUT_MS, file_engine
from holo_app.storage.failures import as_storage_error
from holo_app.storage.schema import bring_up_to_date
from holo_app.storage.store import SqlStore

log = structlog.get_logger(__name__)

_SIDE_FILES = ("", "-wal", "-shm")


@dataclass(frozen=True, slots=True)
class OpenedStore:
    """An open database, and what had to be done for it.

    set_aside: where a file that could not be read now lies; None if all was well. created: its tables are new and empty.
    """

    store: SqlStore
    set_aside: Path | None
    created: bool


def open_store(path: Path, *, clock: Clock) -> OpenedStore:
    """Open the file at `path`, making or upgrading it as needed.

    A file that is no database, or a damaged one, is set aside and a fresh one is made.
    Raises: MigrationError: it could not be upgraded, or is newer than this program. StorageError: it cannot be read or written
    (no folder, no rights, full disk, locked).
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with as_storage_error(str(path)):
            set_aside = _set_aside(path, now=clock.utc()) if _damaged(path) else None
            engine = file_engine(path)
            try:
                created = bring_up_to_date(engine, path, now=clock.utc())
                _check_writable(engine)
            except BaseException:
                engine.dispose()
                raise
    except OSError as error:
        raise StorageError(f"database {path}: {error.strerror or error}") from error
    return OpenedStore(SqlStore(engine, path=path), set_aside, created)


def _damaged(path: Path) -> bool:
    """Whether there is a file that SQLite cannot make sense of. Raises: sqlite3.OperationalError (no rights, locked)."""
    if not path.exists():
        return False
    try:
        with closing(sqlite3.connect(path, timeout=BUSY_TIMEOUT_MS / 1000)) as connection:
            answer = connection.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.OperationalError:
        raise  # the disk or the rights, not the content
    except sqlite3.DatabaseError as error:
        log.warning("database_damaged", path=str(path), reason=str(error))
        return True
    if answer == ("ok",):
        return False
    log.warning("database_damaged", path=str(path), reason=str(answer))
    return True


def _set_aside(path: Path, *, now: datetime) -> Path:
    target = unused(path.with_name(f"{path.name}.corrupt-{stamp(now)}"))
    for suffix in _SIDE_FILES:
        part = path.with_name(path.name + suffix)
        if part.exists():
            part.replace(target.with_name(target.name + suffix))
    log.warning("database_set_aside", path=str(target))
    return target


def _check_writable(engine: Engine) -> None:
    """Fail now rather than in front of a customer: write something that changes nothing."""
    with engine.begin() as connection:
        connection.execute(text("UPDATE catalogue SET version = version"))
