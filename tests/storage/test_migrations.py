"""Upgrades of the schema: complete, or undone."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from types import ModuleType

import pytest
import sqlalchemy as sa
from alembic import op
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from holo_app.errors import MigrationError
from holo_app.storage.backups import KEPT, backups_of
from holo_app.storage.engine import file_engine
from holo_app.storage.migrations import HEAD, revisions
from holo_app.storage.opening import open_store
from holo_app.storage.schema import bring_up_to_date, schema_of
from holo_app.storage.store import SqlStore
from holo_app.storage.tables import metadata
from tests.storage.samples import NOW, SetClock, a_conversation, a_message, a_product


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A database of the first schema, with a product and something said."""
    file = tmp_path / "holo.db"
    engine = file_engine(file)
    bring_up_to_date(engine, file, now=NOW, head="0001", migrations=lambda: revisions()[:1])
    with closing(SqlStore(engine, path=file)) as store, store.transaction() as work:
        visit = a_conversation(NOW)
        work.conversations.start(visit)
        work.conversations.add_message(a_message(visit, "do you sell zeppelins"))
        work.products.upsert([a_product()])
    return file


def migration(number: str, upgrade: Callable[[], None]) -> ModuleType:
    """A module like those in `migrations/`, following the one before it."""
    module = ModuleType(f"m{number}")
    module.__dict__.update(
        revision=number,
        down_revision=f"{int(number) - 1:04}",
        branch_labels=None,
        depends_on=None,
        upgrade=upgrade,
        __file__="",
    )
    return module


def migrate(path: Path, *more: ModuleType, days: int = 0) -> bool:
    engine = file_engine(path)
    try:
        now = NOW + timedelta(days=days)
        return bring_up_to_date(
            engine, path, now=now, head=more[-1].revision, migrations=lambda: (*revisions()[:1], *more)
        )
    finally:
        engine.dispose()


def add_shelf() -> None:
    op.add_column("products", sa.Column("shelf", sa.String()))
    op.execute("UPDATE products SET shelf = 'A1'")


def rows(path: Path, query: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(query).fetchall()


def test_migrations_make_the_tables_that_the_code_uses(path: Path) -> None:
    open_store(path, clock=SetClock()).store.close()
    engine = file_engine(path)
    with engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), metadata)
    engine.dispose()
    assert differences == []


def test_head_is_the_last_migration() -> None:
    numbers = [module.revision for module in revisions()]
    assert numbers[-1] == HEAD
    assert [module.down_revision for module in revisions()] == [None, *numbers[:-1]]


def test_upgrade_keeps_the_rows_and_a_backup_of_before(path: Path) -> None:
    assert migrate(path, migration("0002", add_shelf)) is False
    assert schema_of(path) == "0002"
    assert rows(path, "SELECT sku, shelf FROM products") == [("P-1", "A1")]
    (backup,) = backups_of(path)
    assert schema_of(backup) == "0001"
    assert backup.name == "holo.db.schema-0001.20260504T093000Z"
    assert rows(backup, "SELECT sku FROM products") == [("P-1",)]
    assert [file.name for file in backup.parent.iterdir()] == [backup.name], "nothing unfinished beside it"


def test_rebuilding_a_parent_table_keeps_its_children(path: Path) -> None:
    def rebuild() -> None:
        with op.batch_alter_table("conversations", recreate="always") as batch:
            batch.add_column(sa.Column("mood", sa.String()))

    migrate(path, migration("0002", rebuild))
    assert rows(path, "SELECT text FROM messages") == [("do you sell zeppelins",)]
    assert rows(path, "PRAGMA foreign_key_check") == []


def lose_rows() -> None:
    op.execute("DELETE FROM products")
    op.drop_table("settings")
    raise ValueError("a fault in the migration")


def commit_and_fail() -> None:
    op.execute("DELETE FROM products")
    op.drop_table("settings")
    op.execute("COMMIT")
    op.execute("BEGIN")
    raise ValueError("a fault in the migration")


def orphan_messages() -> None:
    op.execute("DELETE FROM conversations")


@pytest.mark.parametrize("fault", [lose_rows, commit_and_fail, orphan_messages])
def test_failed_upgrade_leaves_the_old_file_as_it_was(path: Path, fault: Callable[[], None]) -> None:
    before = list(_dump(path))
    with pytest.raises(MigrationError, match=r"could not be upgraded from schema 0001 to 0003 and is as it was"):
        migrate(path, migration("0002", add_shelf), migration("0003", fault))
    assert list(_dump(path)) == before
    opened = open_store(path, clock=SetClock())
    opened.store.close()
    assert (opened.created, opened.set_aside) == (False, None)


def _dump(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        return list(connection.iterdump())


def test_the_last_backups_are_kept(path: Path) -> None:
    steps = [migration(f"{number:04}", lambda: None) for number in range(2, 8)]
    for count in range(1, len(steps) + 1):
        migrate(path, *steps[:count], days=count)
    assert [schema_of(backup) for backup in backups_of(path)] == ["0004", "0005", "0006"]
    assert len(backups_of(path)) == KEPT


def test_what_is_erased_is_erased_from_backups(path: Path) -> None:
    migrate(path, migration("0002", lambda: None))
    (backup,) = backups_of(path)
    assert b"zeppelins" in backup.read_bytes()
    with closing(SqlStore(file_engine(path), path=path)) as store:
        with store.transaction() as work:
            work.conversations.erase_before(NOW)
        assert b"zeppelins" in backup.read_bytes(), "not old enough yet"
        with store.transaction() as work:
            assert work.conversations.erase_before(NOW + timedelta(microseconds=1)) == 1
    assert b"zeppelins" not in backup.read_bytes()
    assert rows(backup, "SELECT sku FROM products") == [("P-1",)]
