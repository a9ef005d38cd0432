"""The staff PIN on a real database and virtual time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from holo_app.errors import StorageError
from holo_app.storage.opening import open_store
from holo_app.storage.store import SqlStore, memory_store
from holo_app.ui.staff_pin import LOCK_MINUTES, TRIES, PinRejectedError, StaffPin
from tests.ui.world import ManualClock

RIGHT, WRONG = "271828", "271829"


@pytest.fixture
def store() -> Iterator[SqlStore]:
    kept = memory_store()
    yield kept
    kept.close()


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def pin(store: SqlStore, clock: ManualClock) -> StaffPin:
    chosen = StaffPin(store, clock)
    chosen.choose(RIGHT)
    return chosen


def lock(pin: StaffPin) -> float:
    for _ in range(TRIES):
        check = pin.check(WRONG)
        assert not check.opened
    return check.status.locked_s


def test_no_pin_is_set_at_first_and_nothing_opens(store: SqlStore, clock: ManualClock) -> None:
    fresh = StaffPin(store, clock)
    assert not fresh.status().is_set
    assert not fresh.check("").opened
    assert not fresh.check(RIGHT).opened


def test_only_a_hash_is_stored(pin: StaffPin, store: SqlStore) -> None:
    with store.transaction() as work:
        stored = work.settings.get("staff.pin_hash")
    assert stored is not None
    assert stored.startswith("$argon2id$")
    assert RIGHT not in stored


@pytest.mark.parametrize(
    ("new", "reason"),
    [
        ("12345", "too_short"),
        ("1" * 13, "too_short"),
        ("12345a", "too_short"),
        ("１２３４５７", "too_short"),
        ("111111", "too_simple"),
        ("123456", "too_simple"),
        ("987654", "too_simple"),
    ],
)
def test_a_weak_pin_is_refused(pin: StaffPin, new: str, reason: str) -> None:
    with pytest.raises(PinRejectedError) as caught:
        pin.choose(new)
    assert caught.value.reason == reason
    assert pin.check(RIGHT).opened


def test_right_opens_wrong_counts_down(pin: StaffPin) -> None:
    assert pin.check(RIGHT).opened
    assert [pin.check(WRONG).status.tries_left for _ in range(2)] == [4, 3]
    assert pin.check(RIGHT).opened
    assert pin.status().tries_left == TRIES


def test_five_wrong_tries_lock_and_locks_grow(pin: StaffPin, clock: ManualClock) -> None:
    for minutes in (*LOCK_MINUTES, LOCK_MINUTES[-1]):
        assert lock(pin) == pytest.approx(minutes * 60)
        clock.pass_time(minutes * 60 - 1)
        assert not pin.check(RIGHT).opened
        clock.pass_time(1)
    assert pin.check(RIGHT).opened
    assert lock(pin) == pytest.approx(LOCK_MINUTES[0] * 60)


def test_a_try_while_locked_neither_counts_nor_prolongs(pin: StaffPin, clock: ManualClock) -> None:
    lock(pin)
    for _ in range(20):
        pin.check(WRONG)
    clock.pass_time(60)
    assert pin.check(RIGHT).opened


def test_a_lock_survives_a_restart(pin: StaffPin, store: SqlStore, clock: ManualClock) -> None:
    lock(pin)
    clock.pass_time(20)
    again = StaffPin(store, clock)
    assert again.status().locked_s == pytest.approx(40)
    assert not again.check(RIGHT).opened
    clock.pass_time(40)
    assert again.check(RIGHT).opened


def test_tries_survive_a_restart(pin: StaffPin, store: SqlStore, clock: ManualClock) -> None:
    for _ in range(TRIES - 1):
        pin.check(WRONG)
    assert StaffPin(store, clock).check(WRONG).status.locked_s == pytest.approx(60)


@pytest.mark.parametrize("jump", [timedelta(days=-400), timedelta(hours=-1), timedelta(days=400)])
def test_a_clock_jump_does_not_unlock_a_running_kiosk(pin: StaffPin, clock: ManualClock, jump: timedelta) -> None:
    lock(pin)
    clock.now += jump
    assert not pin.check(RIGHT).opened
    assert pin.status().locked_s == pytest.approx(60)


def test_a_clock_set_back_before_a_restart_does_not_unlock(pin: StaffPin, store: SqlStore, clock: ManualClock) -> None:
    lock(pin)
    clock.now -= timedelta(days=400)
    clock.seconds = 3.0
    restarted = StaffPin(store, clock)
    assert restarted.status().locked_s == pytest.approx(60)
    clock.pass_time(60)
    assert restarted.check(RIGHT).opened


def test_it_is_kept_in_the_real_database_file(tmp_path: Path, clock: ManualClock) -> None:
    first = open_store(tmp_path / "kiosk.db", clock=clock)
    StaffPin(first.store, clock).choose(RIGHT)
    first.store.close()
    second = open_store(tmp_path / "kiosk.db", clock=clock)
    assert StaffPin(second.store, clock).check(RIGHT).opened
    second.store.close()


def test_a_closed_database_opens_nothing(pin: StaffPin, store: SqlStore) -> None:
    store.close()
    with pytest.raises(StorageError):
        pin.check(RIGHT)


def test_a_damaged_hash_opens_nothing(pin: StaffPin, store: SqlStore) -> None:
    with store.transaction() as work:
        work.settings.put("staff.pin_hash", "not a hash")
    assert not pin.check(RIGHT).opened
