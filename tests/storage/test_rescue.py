"""A kiosk whose database cannot be written still knows its shop."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from holo_app.storage.opening import open_store
from holo_app.storage.rescue import rescue_store
from tests.storage.samples import A_CHARACTER, A_FACT, A_FULL_PRODUCT, SetClock, a_conversation, a_message, a_product


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "what? a #1 shop" / "holo.db"


def fill(path: Path) -> None:
    with closing(open_store(path, clock=SetClock()).store) as store, store.transaction() as work:
        work.products.upsert([A_FULL_PRODUCT])
        work.facts.upsert([A_FACT])
        work.characters.upsert([A_CHARACTER])


def test_the_shop_is_copied_and_the_file_left_alone(path: Path) -> None:
    fill(path)
    before = path.read_bytes()
    rescued = rescue_store(path)
    assert rescued.copied
    with closing(rescued.store) as store:
        with store.transaction() as work:
            assert work.products.all() == [A_FULL_PRODUCT]
            assert work.facts.all() == [A_FACT]
            assert work.characters.all() == [A_CHARACTER]
            visit = a_conversation()
            work.conversations.start(visit)
            work.conversations.add_message(a_message(visit))
            work.products.upsert([a_product("NEW")])
        with store.transaction() as work:
            assert len(work.conversations.last_messages(visit.id, limit=9)) == 1
    assert path.read_bytes() == before


def test_what_is_only_in_the_log_is_copied_too(path: Path) -> None:
    fill(path)
    with closing(open_store(path, clock=SetClock()).store) as other:
        with other.transaction() as work:
            work.products.upsert([a_product("LATE")])
        with closing(rescue_store(path).store) as store, store.transaction() as work:
            assert work.products.get("LATE") is not None


def test_locked_database_is_copied_from_its_file(path: Path) -> None:
    fill(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        rescued = rescue_store(path)
    with closing(rescued.store) as store, store.transaction() as work:
        assert rescued.copied
        assert work.products.all() == [A_FULL_PRODUCT]


@pytest.mark.parametrize("content", [None, b"this is no database\n" * 300, b""])
def test_nothing_to_copy_gives_an_empty_store(path: Path, content: bytes | None) -> None:
    path.parent.mkdir()
    if content is not None:
        path.write_bytes(content)
    rescued = rescue_store(path)
    assert not rescued.copied
    with closing(rescued.store) as store, store.transaction() as work:
        assert work.products.all() == []
        work.settings.put("key", "value")


def test_unreadable_rows_and_other_schemas_are_not_copied(path: Path) -> None:
    fill(path)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE products SET tags = '['")
    unreadable = rescue_store(path)
    unreadable.store.close()
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE products SET tags = '[]'")
        connection.execute("UPDATE alembic_version SET version_num = '9000'")
    newer = rescue_store(path)
    newer.store.close()
    assert (unreadable.copied, newer.copied) == (False, False)
