"""Bring a database to the schema of this program, or leave it exactly as it was."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import datetime
from pathlib import Path
from types import ModuleType

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from holo_app.errors import MigrationError
from holo_app.storage.backups import make_backup, restore
from holo_app.storage.migrations import HEAD, revisions

_EMPTY = "empty"

Migrations = Callable[[], Sequence[ModuleType]]
"""Gives the migrations, oldest first."""


def bring_up_to_date(
    engine: Engine, path: Path, *, now: datetime, head: str = HEAD, migrations: Migrations = revisions
) -> bool:
    """Run the missing migrations on the file at `path`, after a backup of it.

    Returns: whether the schema was made from nothing. Raises: MigrationError, with the old file as it was;
    sqlite3.Error, OSError, SQLAlchemyError where not even that could be tried.
    """
    before = schema_of(path)
    if before == head:
        return False
    if before == _EMPTY:
        upgrade(engine, migrations)
        return True
    if before not in [migration.revision for migration in migrations()]:
        raise MigrationError(
            f"database {path} has schema {before!r}, which is newer than this program ({head}). "
            "Install the newer version again, or move the file away to start with an empty shop."
        )
    backup = make_backup(path, schema=before, now=now)
    try:
        upgrade(engine, migrations)
    except Exception as error:  # a migration may raise anything; whatever it was, the old file has to come back
        engine.dispose()
        _put_back(backup, path, before)
        raise MigrationError(
            f"database {path} could not be upgraded from schema {before} to {head} and is as it was "
            f"(a copy is {backup}): {error}"
        ) from error
    return False


def schema_of(path: Path) -> str:
    """The revision of the schema in the file: `empty` where there are no tables, `unknown` for tables of someone else."""
    with closing(sqlite3.connect(path)) as connection:
        if connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] == 0:
            return _EMPTY
        if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'").fetchone():
            return "unknown"
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        return "unknown" if row is None else str(row[0])


def upgrade(engine: Engine, migrations: Migrations = revisions) -> None:
    """Run the missing migrations in one transaction. Two processes that start at once take turns."""
    with engine.connect() as connection:
        # enforcement can only change outside a transaction; rebuilding a table needs it off
        _enforce_foreign_keys(connection, enforce=False)
        try:
            with connection.begin():
                _run(connection, migrations())
                _check_foreign_keys(connection)
        finally:
            _enforce_foreign_keys(connection, enforce=True)


def _run(connection: Connection, migrations: Sequence[ModuleType]) -> None:
    # a warm start needs none of Alembic, which takes a tenth of a second to import
    from alembic.operations import Operations  # noqa: PLC0415
    from alembic.runtime.migration import MigrationContext, MigrationStep, StampStep  # noqa: PLC0415
    from alembic.script import Script  # noqa: PLC0415
    from alembic.script.revision import RevisionMap  # noqa: PLC0415

    scripts = [Script(module, module.revision, module.__file__ or "") for module in migrations]
    known = RevisionMap(lambda: scripts)
    # the map links its scripts when it is first asked for something
    if known.heads != (scripts[-1].revision,):
        raise MigrationError(f"the migrations are no single line: {known.heads}")

    def missing(heads: str | tuple[str, ...], _context: MigrationContext) -> list[StampStep | MigrationStep]:
        done = [script.revision for script in scripts].index(heads[0]) + 1 if heads else 0
        return [MigrationStep.upgrade_from_script(known, script) for script in scripts[done:]]

    context = MigrationContext.configure(connection=connection, opts={"fn": missing})
    with Operations.context(context):
        context.run_migrations()


def _enforce_foreign_keys(connection: Connection, *, enforce: bool) -> None:
    driver = connection.connection.driver_connection
    if driver is not None:
        driver.execute(f"PRAGMA foreign_keys = {'ON' if enforce else 'OFF'}")


def _check_foreign_keys(connection: Connection) -> None:
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
    if broken:
        raise MigrationError(f"{len(broken)} rows would point nowhere, the first in table {broken[0][0]}")


def _put_back(backup: Path, path: Path, schema: str) -> None:
    """The transaction was rolled back; should a migration have committed by itself, the backup undoes it."""
    if _shape(path) == _shape(backup) and schema_of(path) == schema:
        return
    try:
        restore(backup, path)
    except (sqlite3.Error, SQLAlchemyError) as error:
        raise MigrationError(
            f"database {path} could not be upgraded, and could not be restored ({error}): its copy is {backup}"
        ) from error


def _shape(path: Path) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute("SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY 1, 2").fetchall()
