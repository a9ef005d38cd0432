"""Copies of the database file: kept before an upgrade, put back when it fails."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

KEPT = 3
"""How many backups stay beside the database."""


def make_backup(database: Path, *, schema: str, now: datetime) -> Path:
    """A consistent copy in `backups/`, named by schema and time, on the disk when this returns.

    Raises: OSError, sqlite3.Error.
    """
    folder = database.parent / "backups"
    folder.mkdir(exist_ok=True)
    target = unused(folder / f"{database.name}.schema-{schema}.{stamp(now)}")
    unfinished = target.with_name(f"{target.name}.part")
    unfinished.unlink(missing_ok=True)
    _copy(database, unfinished)
    with unfinished.open("rb+") as stream:
        os.fsync(stream.fileno())
    unfinished.replace(target)
    _sync_folder(folder)
    for old in backups_of(database)[:-KEPT]:
        old.unlink()
    return target


def backups_of(database: Path) -> list[Path]:
    """The backups of `database`, oldest first."""
    found = (database.parent / "backups").glob(f"{database.name}.schema-*Z*")
    return sorted((path for path in found if path.suffix != ".part"), key=lambda path: path.stat().st_mtime_ns)


def restore(backup: Path, database: Path) -> None:
    """Make the content of `database` that of `backup`, in one transaction of SQLite. Raises: sqlite3.Error."""
    _copy(backup, database)


def erase_visits(backup: Path, *, before: datetime) -> None:
    """Delete what visitors said before `before` from a backup: it must not outlive the original. Raises: sqlite3.Error."""
    limit = before.astimezone(UTC).replace(tzinfo=None).isoformat(sep=" ", timespec="microseconds")
    with closing(sqlite3.connect(backup)) as copy, copy:
        copy.execute("PRAGMA secure_delete = ON")
        copy.execute("PRAGMA foreign_keys = ON")
        copy.execute("DELETE FROM conversations WHERE started_at < ?", (limit,))


def stamp(now: datetime) -> str:
    """`now` in UTC, fit for a file name."""
    return now.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def unused(path: Path) -> Path:
    """`path`, or the first of `path-2`, `path-3` … that does not exist."""
    candidate, number = path, 1
    while candidate.exists():
        number += 1
        candidate = path.with_name(f"{path.name}-{number}")
    return candidate


def _copy(source: Path, target: Path) -> None:
    with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(target)) as new:
        old.backup(new)
        # a copy of a WAL database is a WAL database; without this its last page could stay in a file beside it
        new.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _sync_folder(folder: Path) -> None:
    if os.name != "posix":
        return  # Windows has no handle on a folder to flush
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
