"""Open sessions are known after a crash, and a damaged book keeps nobody from working."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from holo_app.ports.avatar import OpenSession
from holo_app.storage.session_book import SESSION_BOOK, FileSessionBook

AT = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


def test_what_was_noted_is_known_to_the_next_run_until_it_is_forgotten(tmp_path: Path) -> None:
    path = tmp_path / "data" / SESSION_BOOK
    book = FileSessionBook(path)
    sessions = [OpenSession("akool", name, AT) for name in ("a", "b")]
    for session in [*sessions, OpenSession("liveavatar", "a", AT), sessions[0]]:
        book.note(session)
    again = FileSessionBook(path)
    assert again.open_sessions("akool") == [sessions[1], sessions[0]]
    again.forget("akool", "a")
    again.forget("akool", "never seen")
    assert FileSessionBook(path).open_sessions("akool") == [sessions[1]]
    assert FileSessionBook(path).open_sessions("liveavatar") == [OpenSession("liveavatar", "a", AT)]
    assert [file.name for file in path.parent.iterdir()] == [SESSION_BOOK]


def test_a_damaged_book_is_an_empty_one(tmp_path: Path) -> None:
    path = tmp_path / SESSION_BOOK
    for content in ("{", "[1]", '[{"provider": "x"}]', '[{"provider": "x", "id": "1", "opened": "yesterday"}]', "7"):
        path.write_text(content)
        book = FileSessionBook(path)
        assert book.open_sessions("akool") == []
    book.note(OpenSession("akool", "a", AT))
    assert FileSessionBook(path).open_sessions("akool") == [OpenSession("akool", "a", AT)]


def test_where_nothing_can_be_written_nothing_fails(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    book = FileSessionBook(tmp_path / "file" / SESSION_BOOK)
    book.note(OpenSession("akool", "a", AT))
    assert book.open_sessions("akool") == []
