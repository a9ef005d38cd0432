"""Calls that hang do not take the program with them."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator

import pytest

from holo_app.audio.worker import Worker


@pytest.fixture
def worker() -> Iterator[Worker]:
    made = Worker("worker-under-test")
    yield made
    made.close()
    made.close()


def alive() -> int:
    return sum(thread.name == "worker-under-test" for thread in threading.enumerate())


async def test_calls_run_in_order_in_one_thread_of_their_own(worker: Worker) -> None:
    seen: list[tuple[int, str]] = []

    def work(number: int) -> int:
        seen.append((number, threading.current_thread().name))
        return number * 2

    results = await asyncio.gather(*[worker.call(lambda n=n: work(n), limit_s=5) for n in range(5)])  # type: ignore[misc]  # a lambda's default
    assert results == [0, 2, 4, 6, 8]
    assert seen == [(n, "worker-under-test") for n in range(5)]
    worker.close()
    assert alive() == 0


async def test_an_error_comes_back_as_it_is(worker: Worker) -> None:
    def fail() -> None:
        raise TimeoutError("its own")

    with pytest.raises(TimeoutError, match="its own"):
        await worker.call(fail, limit_s=5)
    assert await worker.call(threading.get_ident, limit_s=5) != threading.get_ident()


async def test_a_hanging_call_is_left_behind_and_the_next_one_runs(worker: Worker) -> None:
    go_on, late = threading.Event(), threading.Event()

    def hang() -> str:
        go_on.wait()
        return "too late"

    with pytest.raises(TimeoutError, match="no answer within"):
        await worker.call(hang, limit_s=0.02, discard=lambda _result: late.set())
    assert await worker.call(lambda: "fresh", limit_s=5) == "fresh"
    go_on.set()
    assert await asyncio.to_thread(late.wait, 5)


async def test_no_more_than_two_threads_are_left_behind(worker: Worker) -> None:
    go_on = threading.Event()
    for _ in range(2):
        with pytest.raises(TimeoutError, match="no answer within"):
            await worker.call(go_on.wait, limit_s=0.01)
    with pytest.raises(TimeoutError, match="earlier calls still hang"):
        await worker.call(lambda: None, limit_s=5)
    hanging = [thread for thread in threading.enumerate() if thread.name == "worker-under-test"]
    go_on.set()
    for thread in hanging:
        await asyncio.to_thread(thread.join, 5)
    await worker.call(lambda: None, limit_s=5)


async def test_the_result_of_a_cancelled_call_is_not_lost(worker: Worker) -> None:
    begun, go_on, late = threading.Event(), threading.Event(), threading.Event()

    def slow() -> str:
        begun.set()
        go_on.wait()
        return "a stream that must be closed"

    call = asyncio.create_task(worker.call(slow, limit_s=5, discard=lambda _result: late.set()))
    assert await asyncio.to_thread(begun.wait, 5)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    go_on.set()
    assert await asyncio.to_thread(late.wait, 5)
