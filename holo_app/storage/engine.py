"""SQLite connections the way the kiosk needs them: durable, enforcing, and with transactions that we begin ourselves."""

from __future__ import annotations

import json
import sqlite3
from functools import partial
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, StaticPool, create_engine, event
from sqlalchemy.pool import ConnectionPoolEntry, Pool, QueuePool

BUSY_TIMEOUT_MS = 5_000
"""How long a transaction waits for another process (an import, `doctor`) before it fails."""

BEGIN_OPTION = "holo_begin"
"""Execution option: the statement that begins a transaction."""

# A write lock from the start: a transaction that read first and writes later could otherwise fail at once, without waiting.
_BEGIN_WRITE = "BEGIN IMMEDIATE"
BEGIN_READ = "BEGIN"

MEMORY = ":memory:"


def file_engine(path: Path, *, busy_timeout_ms: int = BUSY_TIMEOUT_MS) -> Engine:
    """Connections to the file at `path`, safe for several threads and processes."""
    return _engine(str(path), QueuePool, busy_timeout_ms)


def memory_engine() -> Engine:
    """One connection to a database that lives as long as the engine; its user takes care that threads take turns."""
    return _engine(MEMORY, StaticPool, BUSY_TIMEOUT_MS)


def _engine(database: str, pool: type[Pool], busy_timeout_ms: int) -> Engine:
    engine = create_engine(
        URL.create("sqlite", database=database),
        poolclass=pool,
        connect_args={"check_same_thread": False, "timeout": busy_timeout_ms / 1000},
        json_serializer=partial(json.dumps, ensure_ascii=False),
        # errors must not repeat what a visitor said
        hide_parameters=True,
    )
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _prepare(connection: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
    # Python's own transaction control begins too late for DDL; `_begin` does it instead
    connection.isolation_level = None
    for pragma in (
        "journal_mode = WAL",
        # every transaction that we called done survives a power cut (measured: NORMAL loses some)
        "synchronous = FULL",
        "foreign_keys = ON",
        "secure_delete = ON",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options().get(BEGIN_OPTION, _BEGIN_WRITE))
