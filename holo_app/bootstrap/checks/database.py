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
from holo_app.storage.schema import schema_of

_BUSY_S = 5.0


def check_database(path: Path) -> list[Finding]:
    """Look at the file without changing it; a kiosk may be using it at the same time."""
    if not path.exists():
        return [Finding(DATABASE_NEW, f"there is no database at {path} yet")]
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, timeout=_BUSY_S)) as connection:
            problems = [str(row[0]) for row in connection.execute("PRAGMA quick_check(5)")]
            if problems != ["ok"]:
                return [Finding(DATABASE_DAMAGED, f"{path} is damaged: {problems[0]}")]
            return _check_content(connection, path)
    except sqlite3.OperationalError as error:
        return [Finding(DATABASE_UNREADABLE, f"{path} cannot be opened: {error}")]
    except sqlite3.DatabaseError as error:
        return [Finding(DATABASE_DAMAGED, f"{path} is damaged: {error}")]


def _check_content(connection: sqlite3.Connection, path: Path) -> list[Finding]:
    schema = schema_of(path)
    if schema == "empty":
        return [Finding(DATABASE_NEW, f"{path} is empty")]
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
