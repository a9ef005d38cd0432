"""Opening a database in whatever state its file is in."""

from __future__ import annotations

import os
import random
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from holo_app.errors import MigrationError, StorageError
from holo_app.storage.opening import open_store
from tests.storage.samples import NOW, ROOT, SetClock, a_conversation, a_message, a_product


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "holo.db"


def fill(path: Path) -> None:
    """A database with enough rows to span many pages."""
    with closing(open_store(path, clock=SetClock()).store) as store, store.transaction() as work:
        work.products.upsert(a_product(f"P-{number:04}", "Kettle " * 20) for number in range(400))


def test_first_start_makes_the_file_and_its_folder(path: Path) -> None:
    opened = open_store(path, clock=SetClock())
    opened.store.close()
    assert opened.created
    assert opened.set_aside is None
    again = open_store(path, clock=SetClock())
    again.store.close()
    assert not again.created


def test_empty_file_counts_as_new(path: Path) -> None:
    path.parent.mkdir()
    path.touch()
    opened = open_store(path, clock=SetClock())
    opened.store.close()
    assert (opened.created, opened.set_aside) == (True, None)


def test_connections_are_durable_enforcing_and_forgetful(path: Path) -> None:
    opened = open_store(path, clock=SetClock())
    with closing(opened.store) as store, store._engine.connect() as connection:
        pragmas = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "secure_delete", "busy_timeout")
        }
    assert pragmas == {
        "journal_mode": "wal",
        "synchronous": 2,  # FULL
        "foreign_keys": 1,
        "secure_delete": 1,
        "busy_timeout": 5000,
    }


def test_closing_leaves_one_file(path: Path) -> None:
    fill(path)
    assert [file.name for file in path.parent.iterdir()] == ["holo.db"]


@pytest.mark.parametrize(
    "content", [b"this is no database\n" * 300, b"\x00" * 8192, b"SQLite format 3\x00" + b"\xff" * 5000]
)
def test_file_that_is_no_database_is_set_aside(path: Path, content: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    with capture_logs() as logs:
        opened = open_store(path, clock=SetClock())
    with closing(opened.store) as store, store.transaction() as work:
        assert work.products.all() == []
    assert opened.created
    assert opened.set_aside == path.with_name("holo.db.corrupt-20260504T093000Z")
    assert opened.set_aside.read_bytes() == content
    assert [entry["event"] for entry in logs] == ["database_damaged", "database_set_aside"]


def test_damaged_pages_are_noticed(path: Path) -> None:
    fill(path)
    content = bytearray(path.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 8192] = os.urandom(8192)
    path.write_bytes(content)
    opened = open_store(path, clock=SetClock())
    opened.store.close()
    assert opened.set_aside is not None
    assert opened.set_aside.read_bytes() == bytes(content)


def test_damaged_rows_are_noticed(path: Path) -> None:
    fill(path)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE products SET tags = '[1,' WHERE sku = 'P-0007'")
    opened = open_store(path, clock=SetClock())
    with closing(opened.store) as store, store.transaction() as work:
        assert work.products.all() == []
    assert opened.set_aside is not None


def test_damage_anywhere_never_stops_the_kiosk(path: Path) -> None:
    opened = open_store(path, clock=SetClock())
    with closing(opened.store) as store, store.transaction() as work:
        visit = a_conversation()
        work.conversations.start(visit)
        work.conversations.add_message(a_message(visit))
        work.products.upsert([a_product()])
    sound = path.read_bytes()
    dice = random.Random(20260504)  # noqa: S311 - the same damage on every run, nothing secret
    for _ in range(20):
        damaged = bytearray(sound)
        start = dice.randrange(100, len(sound))
        damaged[start : start + 300] = dice.randbytes(min(300, len(sound) - start))
        path.write_bytes(damaged)
        opened = open_store(path, clock=SetClock())
        with closing(opened.store) as store, store.transaction() as work:
            whole = work.products.all() == [a_product()]
        assert whole or opened.set_aside is not None


def test_side_files_go_along(path: Path) -> None:
    fill(path)
    # a process that still holds the file keeps its log from being tidied up
    with closing(sqlite3.connect(path)) as holder, holder:
        holder.execute("UPDATE products SET stock = 1")
        holder.commit()
        with path.open("r+b") as stream:
            stream.seek(200)
            stream.write(b"\xff" * 60_000)
        opened = open_store(path, clock=SetClock())
        opened.store.close()
        assert opened.set_aside is not None
        aside = sorted(file.name for file in path.parent.glob("*.corrupt-*"))
        assert aside == [opened.set_aside.name, f"{opened.set_aside.name}-shm", f"{opened.set_aside.name}-wal"]
    assert opened.created


def test_earlier_damaged_files_stay(path: Path) -> None:
    kept = []
    for _ in range(3):
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"broken" * 1000)
        opened = open_store(path, clock=SetClock())
        opened.store.close()
        kept.append(opened.set_aside)
    assert len(set(kept)) == 3
    assert all(file is not None and file.exists() for file in kept)


def test_newer_database_is_refused_and_untouched(path: Path) -> None:
    fill(path)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9000'")
    before = path.read_bytes()
    with pytest.raises(MigrationError, match=r"'9000', which is newer than this program"):
        open_store(path, clock=SetClock())
    assert path.read_bytes() == before


def test_database_of_another_program_is_refused(path: Path) -> None:
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE recipes (name TEXT)")
    with pytest.raises(MigrationError, match="unknown"):
        open_store(path, clock=SetClock())


def test_folder_that_cannot_be_made_is_a_storage_error(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file where the folder should be")
    with pytest.raises(StorageError, match=r"holo\.db"):
        open_store(tmp_path / "data" / "holo.db", clock=SetClock())


def test_folder_in_place_of_the_file_is_a_storage_error(path: Path) -> None:
    path.mkdir(parents=True)
    with pytest.raises(StorageError, match=r"holo\.db"):
        open_store(path, clock=SetClock())


def test_locked_database_is_not_taken_for_a_damaged_one(path: Path) -> None:
    fill(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(StorageError, match="locked"):
            open_store(path, clock=SetClock(), busy_timeout_ms=50)
    opened = open_store(path, clock=SetClock())
    opened.store.close()
    assert opened.set_aside is None


# a file that may not grow fails like a full disk, without needing one
_FULL_DISK = """
import resource, sys
from pathlib import Path
from holo_app.errors import StorageError
from holo_app.storage.opening import open_store
from tests.storage.samples import SetClock, a_product

mode, path = sys.argv[1], Path(sys.argv[2])
if mode == "open":
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
try:
    store = open_store(path, clock=SetClock()).store
    with store.transaction() as work:
        work.products.upsert([a_product("P-1")])
    resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
    with store.transaction() as work:
        work.products.upsert(a_product(f"X-{n}", "kettle " * 50) for n in range(2000))
except StorageError as error:
    print("StorageError", error)
    if mode == "open":
        sys.exit()
with store.transaction() as work:
    print(",".join(product.sku for product in work.products.all()))
store.close()
"""


@pytest.mark.skipif(sys.platform != "linux", reason="limits the size of files through the Linux resource limits")
@pytest.mark.parametrize("mode", ["open", "write"])
def test_full_disk_is_a_storage_error_and_keeps_what_was_there(path: Path, mode: str) -> None:
    fill(path.with_name("other.db"))  # the folder exists
    done = subprocess.run(
        [sys.executable, "-c", _FULL_DISK, mode, str(path)], capture_output=True, text=True, check=True, cwd=ROOT
    )
    first, *rest = done.stdout.splitlines()
    assert first.startswith("StorageError database")
    assert "kettle" not in first, "an error may be shown and logged: no values in it"
    assert rest == ([] if mode == "open" else ["P-1"])


def test_other_processes_changes_are_seen(path: Path) -> None:
    with closing(open_store(path, clock=SetClock()).store) as mine:
        before = mine.catalogue_version()
        # a second store has connections of its own, like an import in another process
        with closing(open_store(path, clock=SetClock()).store) as other, other.transaction() as work:
            work.products.upsert([a_product()])
        assert mine.catalogue_version() > before
        with mine.transaction() as work:
            assert work.products.all() == [a_product()]


_OPEN = """
import sys
from pathlib import Path
from holo_app.storage.opening import open_store
from tests.storage.samples import SetClock
sys.stdin.readline()
opened = open_store(Path(sys.argv[1]), clock=SetClock())
print(opened.created)
opened.store.close()
"""


def test_processes_that_start_at_once_make_one_database(path: Path) -> None:
    command = [sys.executable, "-c", _OPEN, str(path)]
    pipe = subprocess.PIPE
    racers = [subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, cwd=ROOT) for _ in range(4)]
    for racer in racers:
        assert racer.stdin is not None
        racer.stdin.write("go\n")
        racer.stdin.flush()
    answers = [racer.communicate(timeout=60)[0].strip() for racer in racers]
    assert [racer.returncode for racer in racers] == [0, 0, 0, 0]
    assert "True" in answers


def test_erased_words_are_nowhere_on_the_disk(path: Path) -> None:
    secret = "my name is Zebedee Quillfeather"
    opened = open_store(path, clock=SetClock())
    visit = a_conversation(NOW - timedelta(hours=25))
    with closing(opened.store) as store:
        with store.transaction() as work:
            work.conversations.start(visit)
            work.conversations.add_message(a_message(visit, secret))
        assert any(secret.encode() in file.read_bytes() for file in path.parent.iterdir())
        with store.transaction() as work:
            work.conversations.erase_before(NOW - timedelta(hours=24))
        assert not any(secret.encode() in file.read_bytes() for file in path.parent.iterdir())


def test_times_without_a_zone_are_refused(path: Path) -> None:
    naive = NOW.replace(tzinfo=None)
    with (
        closing(open_store(path, clock=SetClock()).store) as store,
        pytest.raises(StorageError, match="no time zone"),
        store.transaction() as work,
    ):
        work.conversations.start(a_conversation(naive))
