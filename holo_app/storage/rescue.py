"""A store for a kiosk whose disk can be read but not written: it goes on talking, from memory."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import structlog

from holo_app.errors import StorageError
from holo_app.storage.engine import memory_engine
from holo_app.storage.failures import as_storage_error
from holo_app.storage.migrations import HEAD
from holo_app.storage.opening import DamagedError, check_rows
from holo_app.storage.store import SqlStore, memory_store

log = structlog.get_logger(__name__)

# `immutable` also reads where SQLite may not even make its lock files; it then misses what is only in the write-ahead log
_WAYS_TO_READ = ("mode=ro", "mode=ro&immutable=1")

# a customer may be waiting
_WAIT_S = 0.5


@dataclass(frozen=True, slots=True)
class RescuedStore:
    """A store in memory. copied: it holds what the file held; otherwise it is empty."""

    store: SqlStore
    copied: bool


def rescue_store(path: Path) -> RescuedStore:
    """What can be read of the database at `path`, in memory, where changes last until the store is closed. Never fails."""
    for way in _WAYS_TO_READ:
        try:
            return RescuedStore(_copy(path, way), copied=True)
        except (StorageError, DamagedError) as error:
            log.warning("database_not_copied", path=str(path), way=way, reason=str(error))
    return RescuedStore(memory_store(), copied=False)


def _copy(path: Path, way: str) -> SqlStore:
    engine = memory_engine()
    try:
        with as_storage_error(str(path)), closing(_connect(path, way)) as source:
            _check_schema(source)
            with engine.connect() as connection:
                target = connection.connection.driver_connection
                if target is not None:
                    source.backup(target)
        store = SqlStore(engine, path=None)
        check_rows(store)
    except BaseException:
        engine.dispose()
        raise
    return store


def _connect(path: Path, way: str) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{quote(str(path))}?{way}", uri=True, timeout=_WAIT_S)


def _check_schema(source: sqlite3.Connection) -> None:
    found = source.execute("SELECT version_num FROM alembic_version").fetchone()
    if found != (HEAD,):
        raise StorageError(f"the schema is {found}, not {HEAD}")
