"""A rotating log file that several processes may write at once: the kiosk, a doctor run, an import."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from logging.handlers import RotatingFileHandler
from pathlib import Path

FILE_BYTES = 5_000_000
FILES = 10


class SharedRotatingFile(RotatingFileHandler):
    """Keeps `files` files of about `file_bytes` each, the newest without a number.

    One process at a time rotates, under a lock file; the others notice that the file was moved away and open the new one.
    A disk that takes no more loses lines, counted in `lost`, and never stops the kiosk or fills its console.
    """

    def __init__(self, path: Path, *, file_bytes: int = FILE_BYTES, files: int = FILES) -> None:
        super().__init__(path, maxBytes=file_bytes, backupCount=files - 1, encoding="utf-8", delay=True)
        self.lost = 0
        self._lock_path = path.with_name(f"{path.name}.lock")

    def emit(self, record: logging.LogRecord) -> None:
        self._follow()
        super().emit(record)

    def doRollover(self) -> None:  # noqa: N802 - the standard library's name
        with _locked(self._lock_path) as held:
            if held:
                self._follow()
                if self._is_long():
                    super().doRollover()

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802, ARG002 - the standard library's name
        self.lost += 1
        self._let_go()

    def close(self) -> None:
        self._let_go()
        super().close()

    def _is_long(self) -> bool:
        """Whether the file is still the one that has to go: another process may have moved it just now."""
        try:
            return Path(self.baseFilename).stat().st_size >= self.maxBytes // 2
        except OSError:
            return False

    def _let_go(self) -> None:
        stream, self.stream = self.stream, None
        if stream is not None:
            # a full disk refuses what is still buffered
            with suppress(OSError):
                stream.close()

    def _follow(self) -> None:
        """Open the file anew if another process moved it away."""
        if self.stream is None:
            return
        try:
            here = Path(self.baseFilename).stat()
            if os.path.samestat(here, os.fstat(self.stream.fileno())):
                return
        except OSError:
            pass
        self._let_go()


@contextmanager
def _locked(path: Path) -> Iterator[bool]:
    """Hold the lock file; False where another process holds it."""
    try:
        import fcntl  # noqa: PLC0415 - not on every platform
    except ImportError:
        # Windows refuses to move a file that another process has open: nothing to guard
        yield True
        return
    with path.open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield False
            return
        yield True
