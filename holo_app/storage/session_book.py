"""Which sessions of cloud avatars are open, in a file of their own: a power cut must not leave one that nobody ends."""

from __future__ import annotations

import json
import threading
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import structlog

from holo_app.config.whole_files import write_whole
from holo_app.ports.avatar import OpenSession

log = structlog.get_logger(__name__)

SESSION_BOOK = "avatar-sessions.json"
"""Its usual name, in the data folder."""


class FileSessionBook:
    """A SessionBook. Safe from any thread; one process at a time."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()

    def note(self, session: OpenSession) -> None:
        with self._lock:
            kept = [known for known in self._read() if (known.provider, known.id) != (session.provider, session.id)]
            self._write([*kept, session])

    def open_sessions(self, provider: str) -> Sequence[OpenSession]:
        with self._lock:
            return [session for session in self._read() if session.provider == provider]

    def forget(self, provider: str, session_id: str) -> None:
        with self._lock:
            known = self._read()
            kept = [session for session in known if (session.provider, session.id) != (provider, session_id)]
            if len(kept) < len(known):
                self._write(kept)

    def _read(self) -> list[OpenSession]:
        try:
            entries = json.loads(self._path.read_text(encoding="utf-8"))
            return [
                OpenSession(str(entry["provider"]), str(entry["id"]), datetime.fromisoformat(entry["opened"]))
                for entry in entries
            ]
        except FileNotFoundError:
            return []
        except (OSError, ValueError, TypeError, KeyError) as error:
            # its sessions end by themselves when their longest time is over
            log.warning("session_book_unreadable", reason=type(error).__name__)
            return []

    def _write(self, sessions: Sequence[OpenSession]) -> None:
        entries = [
            {"provider": session.provider, "id": session.id, "opened": session.opened.isoformat()}
            for session in sessions
        ]
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(self._path, json.dumps(entries, indent=1))
        except OSError as error:
            log.warning("session_book_not_written", reason=error.strerror)
