"""Does the database open, is it sound, of this program's schema, and is there something in it?"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from holo_app.ops.diagnoses import (
    CATALOGUE_EMPTY,
    DATABASE_DAMAGED,
    DATABASE_NEW,
    DATABASE_OK,
    DATABASE_OLD,
    DATABASE_TOO_NEW,
    DATABASE_UNREADABLE,
)
from holo_app.ops.doctor import Finding
from holo_app.storage.migrations import HEAD, revisions

_BUSY_S = 5.0


def check_database(path: Path) -> list[Finding]:
    """Look at the file without changing it; a kiosk may be using it at the same time."""
    if not path.exists():
        return [Finding(DATABASE_NEW, f"there is no database at {path} yet")]
    try:
        with closing(_open(path)) as connection:
            problems = [str(row[0]) for row in connection.execute("PRAGMA quick_check(5)")]
            if problems != ["ok"]:
                return [Finding(DATABASE_DAMAGED, f"{path} is damaged: {problems[0]}")]
            return _check_content(connection, path)
    except sqlite3.OperationalError as error:
        return [Finding(DATABASE_UNREADABLE, f"{path} cannot be opened: {error}")]
    except sqlite3.DatabaseError as error:
        return [Finding(DATABASE_DAMAGED, f"{path} is damaged: {error}")]


def _open(path: Path) -> sqlite3.Connection:
    # where nobody is at work on it, not even the files of a write-ahead log are made
    how = "mode=ro" if path.with_name(f"{path.name}-wal").exists() else "mode=ro&immutable=1"
    return sqlite3.connect(f"{path.as_uri()}?{how}", uri=True, timeout=_BUSY_S)


def _check_content(connection: sqlite3.Connection, path: Path) -> list[Finding]:
    tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if not tables:
        return [Finding(DATABASE_NEW, f"{path} is empty")]
    versions = connection.execute("SELECT version_num FROM alembic_version") if "alembic_version" in tables else ()
    schema = next((row[0] for row in versions), "unknown")
    if schema != HEAD:
        older = schema in [migration.revision for migration in revisions()]
        return [
            Finding(DATABASE_OLD if older else DATABASE_TOO_NEW, f"{path} has schema {schema}; this program has {HEAD}")
        ]
    products, conversations = (
        connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608 - names of our own
        for table in ("products", "conversations")
    )
    sound = Finding(
        DATABASE_OK, f"{path} is sound: schema {schema}, {products} products, {conversations} conversations"
    )
    if products == 0:
        return [sound, Finding(CATALOGUE_EMPTY, "the shop sells nothing: its catalogue is empty")]
    return [sound]
