"""The staff PIN: kept as an argon2 hash, with a lock-out that survives restarts and wrong clocks. Free of Qt.

A run of five wrong tries locks the PIN for 1, then 5, 15 and from then on 60 minutes; the right PIN forgets them all. A
try is counted and stored *before* it is checked, so that pulling the plug does not give it back. While the kiosk runs, a
lock is timed by the monotonic clock alone; after a restart the wall clock is believed only where it went forward.
"""

from __future__ import annotations

import itertools
import json
import threading
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from holo_app.ports.clock import Clock
from holo_app.ports.repositories import Store

if TYPE_CHECKING:
    from argon2 import PasswordHasher

MIN_DIGITS = 6
MAX_DIGITS = 12
TRIES = 5
LOCK_MINUTES = (1, 5, 15, 60)

_HASH_KEY = "staff.pin_hash"
_LOCK_KEY = "staff.pin_lock"


@dataclass(frozen=True, slots=True)
class PinStatus:
    """is_set: a PIN exists. tries_left: before the next lock. locked_s: seconds until a try is taken; 0 = now."""

    is_set: bool
    tries_left: int
    locked_s: float


@dataclass(frozen=True, slots=True)
class PinCheck:
    """opened: the PIN was right. status: after the try."""

    opened: bool
    status: PinStatus


class PinRejectedError(ValueError):
    """A new PIN cannot be used; `reason` is `too_short` (or too long, or not digits) or `too_simple`."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"the new PIN is {reason.replace('_', ' ')}")
        self.reason = reason


@dataclass(frozen=True, slots=True)
class _Lock:
    """As stored. left_s: seconds that the lock still had at `at` (UTC, ISO 8601)."""

    wrong: int = 0
    locks: int = 0
    left_s: float = 0.0
    at: str = ""


class StaffPin:
    """Checks and changes the PIN. Each call takes its time on purpose (a slow hash): call it off the GUI thread.

    Every method may raise StorageError, and then nothing was opened.
    """

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._mutex = threading.Lock()
        self._lock: _Lock | None = None
        self._locked_until = 0.0

    def status(self) -> PinStatus:
        """Whether a PIN is set and may be tried now."""
        with self._mutex:
            return self._status(self._loaded(), is_set=self._hash() is not None)

    def check(self, pin: str) -> PinCheck:
        """Try a PIN. While locked, or with none set, nothing is tried and nothing opens."""
        with self._mutex:
            lock = self._loaded()
            stored = self._hash()
            status = self._status(lock, is_set=stored is not None)
            if stored is None or status.locked_s > 0:
                return PinCheck(opened=False, status=status)
            lock = self._count_try(lock)
            if not _matches(stored, pin):
                return PinCheck(opened=False, status=self._status(lock, is_set=True))
            self._keep(_Lock())
            return PinCheck(opened=True, status=PinStatus(is_set=True, tries_left=TRIES, locked_s=0.0))

    def choose(self, pin: str) -> None:
        """Set the first PIN, or replace it after it was checked. Raises: PinRejectedError."""
        if not (MIN_DIGITS <= len(pin) <= MAX_DIGITS and pin.isascii() and pin.isdigit()):
            raise PinRejectedError("too_short")
        if _is_simple(pin):
            raise PinRejectedError("too_simple")
        hashed = _hasher().hash(pin)
        with self._mutex:
            with self._store.transaction() as work:
                work.settings.put(_HASH_KEY, hashed)
            self._keep(_Lock())

    def _hash(self) -> str | None:
        with self._store.transaction() as work:
            return work.settings.get(_HASH_KEY)

    def _loaded(self) -> _Lock:
        if self._lock is None:
            with self._store.transaction() as work:
                stored = work.settings.get(_LOCK_KEY)
            lock = _Lock(**json.loads(stored)) if stored else _Lock()
            passed_s = (self._clock.utc() - datetime.fromisoformat(lock.at)).total_seconds() if lock.at else 0.0
            self._lock = lock
            # a clock that was set back makes time that has passed negative: the whole lock is then served again
            self._locked_until = self._clock.monotonic() + max(0.0, lock.left_s - max(0.0, passed_s))
        return self._lock

    def _count_try(self, lock: _Lock) -> _Lock:
        counted = replace(lock, wrong=lock.wrong + 1, left_s=0.0, at=self._clock.utc().isoformat())
        if counted.wrong >= TRIES:
            minutes = LOCK_MINUTES[min(counted.locks, len(LOCK_MINUTES) - 1)]
            counted = replace(counted, wrong=0, locks=counted.locks + 1, left_s=60.0 * minutes)
        self._keep(counted)
        return counted

    def _keep(self, lock: _Lock) -> None:
        with self._store.transaction() as work:
            work.settings.put(_LOCK_KEY, json.dumps(asdict(lock)))
        self._lock = lock
        self._locked_until = self._clock.monotonic() + lock.left_s

    def _status(self, lock: _Lock, *, is_set: bool) -> PinStatus:
        locked_s = max(0.0, self._locked_until - self._clock.monotonic())
        return PinStatus(is_set, TRIES - lock.wrong, locked_s)


def _is_simple(pin: str) -> bool:
    steps = {(int(later) - int(sooner)) % 10 for sooner, later in itertools.pairwise(pin)}
    return len(steps) == 1 and steps <= {0, 1, 9}


def _matches(stored: str, pin: str) -> bool:
    from argon2.exceptions import InvalidHashError, VerificationError  # noqa: PLC0415 - only when a PIN is tried

    try:
        return _hasher().verify(stored, pin)
    except (VerificationError, InvalidHashError):
        return False


def _hasher() -> PasswordHasher:
    from argon2 import PasswordHasher  # noqa: PLC0415 - keeps the start of the window light

    # OWASP's second recommendation: 19 MiB, so that a try does not push the voice models out of a small machine
    return PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
