"""The system's clock and its ids."""

from __future__ import annotations

import asyncio
import threading
from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from holo_app.bootstrap.clock import SystemClock, uuid7


@given(st.integers(0, 2**48 - 1), st.integers(0, 2**74 - 1))
def test_an_id_holds_its_time_its_version_and_its_counter(unix_ms: int, counter: int) -> None:
    made = uuid7(unix_ms, counter)
    assert made.version == 7
    assert made.variant == "specified in RFC 4122"
    assert made.int >> 80 == unix_ms
    assert (made.int >> 64 & 0xFFF) << 62 | made.int & (2**62 - 1) == counter


@given(*[st.tuples(st.integers(0, 2**48 - 1), st.integers(0, 2**74 - 1))] * 2)
def test_ids_sort_by_time_and_then_by_counter(one: tuple[int, int], other: tuple[int, int]) -> None:
    assert (uuid7(*one) < uuid7(*other)) == (one < other)


def test_ids_grow_and_differ_in_every_thread() -> None:
    clock = SystemClock()
    made: list[list[UUID]] = [[] for _ in range(4)]

    def make(mine: list[UUID]) -> None:
        mine.extend(clock.new_id() for _ in range(2000))

    threads = [threading.Thread(target=make, args=(mine,)) for mine in made]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(mine == sorted(mine) for mine in made)
    assert len({one for mine in made for one in mine}) == 8000


def test_an_id_tells_when_it_was_made() -> None:
    made_ms = SystemClock().new_id().int >> 80
    made_at = datetime.fromtimestamp(made_ms / 1000, UTC)
    assert abs(made_at - datetime.now(UTC)) < timedelta(seconds=5)


async def test_the_clock_runs_with_the_loop_and_in_utc() -> None:
    clock, loop = SystemClock(), asyncio.get_running_loop()
    before, now, after = loop.time(), clock.monotonic(), loop.time()
    assert before <= now <= after
    assert clock.utc().utcoffset() == timedelta(0)
