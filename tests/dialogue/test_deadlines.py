"""What is late fails in time, whatever it does when it is told to end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

import pytest

from holo_app.dialogue.deadlines import Patience, in_time, within
from holo_app.errors import FailureCategory, ProviderError
from tests.fakes.virtual_time import VirtualClock, virtual_time


class Source:
    """Yields 0, 1, 2 … after the given waits. clean_up_s: how long it takes to close. error: raised at the end."""

    def __init__(self, *waits_s: float, clean_up_s: float = 0.0, error: Exception | None = None) -> None:
        self._waits_s = waits_s
        self._clean_up_s = clean_up_s
        self._error = error
        self.given = 0
        self.closed = False

    async def items(self) -> AsyncGenerator[int]:
        try:
            for number, wait_s in enumerate(self._waits_s):
                await asyncio.sleep(wait_s)
                self.given = number + 1
                yield number
            if self._error is not None:
                raise self._error
        finally:
            # like a connection that is closed only when the other side agrees
            await asyncio.shield(asyncio.ensure_future(asyncio.sleep(self._clean_up_s)))
            self.closed = True


PATIENCE = Patience(1.0, 0.5)


async def read(source: Source, patience: Patience = PATIENCE, *, each_takes_s: float = 0.0) -> list[int]:
    got = []
    async with aclosing(in_time(source.items(), "source", patience)) as items:
        async for item in items:
            got.append(item)
            await asyncio.sleep(each_takes_s)
    return got


@virtual_time
async def test_what_comes_in_time_comes_whole_and_in_order() -> None:
    source = Source(0.9, 0.4, 0.4, 0.0, 0.0)
    assert await read(source) == [0, 1, 2, 3, 4]
    assert source.closed


@virtual_time
async def test_nothing_at_all_is_no_failure() -> None:
    assert await read(Source()) == []


@pytest.mark.parametrize(("waits_s", "after_s"), [((5.0,), 1.0), ((0.2, 5.0), 0.7), ((0.2, 0.3, 0.6), 1.0)])
@virtual_time
async def test_what_is_late_fails_at_its_deadline(waits_s: tuple[float, ...], after_s: float) -> None:
    source, clock = Source(*waits_s), VirtualClock()
    with pytest.raises(ProviderError) as caught:
        await read(source)
    assert (caught.value.provider, caught.value.category) == ("source", FailureCategory.TIMEOUT)
    assert clock.monotonic() == pytest.approx(after_s)
    assert source.closed


@virtual_time
async def test_a_slow_reader_is_not_the_fault_of_the_source() -> None:
    source = Source(0.1, 0.1, 0.1, 0.1)
    assert await read(source, each_takes_s=3.0) == [0, 1, 2, 3]


@virtual_time
async def test_it_runs_only_a_little_ahead_of_its_reader() -> None:
    source = Source(*[0.0] * 50)
    async with aclosing(in_time(source.items(), "source", PATIENCE)) as items:
        await anext(items)
        await asyncio.sleep(10)
        assert source.given <= 3
    assert source.closed


@virtual_time
async def test_items_that_do_not_count_do_not_put_the_first_deadline_off() -> None:
    clock = VirtualClock()
    source = Source(0.4, 0.4, 0.4, 0.4)
    async with aclosing(in_time(source.items(), "source", PATIENCE, lambda item: item == 2)) as items:
        assert [await anext(items), await anext(items)] == [0, 1]
        with pytest.raises(ProviderError):
            await anext(items)
    assert clock.monotonic() == pytest.approx(1.0)


@virtual_time
async def test_its_own_error_is_handed_on() -> None:
    for error in (ProviderError("vendor", FailureCategory.QUOTA), KeyError("a bug")):
        with pytest.raises(type(error)) as caught:
            await read(Source(0.1, error=error))
        assert caught.value is error


@virtual_time
async def test_closing_early_closes_the_source() -> None:
    source = Source(0.1, 0.1)
    items = in_time(source.items(), "source", PATIENCE)
    assert await anext(items) == 0
    await items.aclose()
    assert source.closed


@virtual_time
async def test_cancelling_the_reader_closes_the_source() -> None:
    source = Source(0.1, 9.0, clean_up_s=0.2)
    reader = asyncio.create_task(read(source, Patience(10, 10)))
    await asyncio.sleep(0.5)
    reader.cancel()
    await asyncio.gather(reader, return_exceptions=True)
    assert reader.cancelled()
    assert source.closed


@virtual_time
async def test_a_source_that_does_not_close_is_left_behind() -> None:
    source, clock = Source(5.0, clean_up_s=60.0), VirtualClock()
    with pytest.raises(ProviderError):
        await read(source)
    assert clock.monotonic() == pytest.approx(1.3)
    assert not source.closed
    await asyncio.sleep(120)
    assert source.closed


async def result(after_s: float, *, error: Exception | None = None, clean_up_s: float = 0.0) -> str:
    try:
        await asyncio.sleep(after_s)
    finally:
        await asyncio.shield(asyncio.ensure_future(asyncio.sleep(clean_up_s)))
    if error is not None:
        raise error
    return "found"


@virtual_time
async def test_a_single_result_in_time() -> None:
    assert await within(result(0.9), "search", 1.0) == "found"
    with pytest.raises(KeyError):
        await within(result(0.9, error=KeyError("a bug")), "search", 1.0)


@virtual_time
async def test_a_single_result_that_is_late() -> None:
    clock = VirtualClock()
    with pytest.raises(ProviderError) as caught:
        await within(result(5.0), "search", 1.0)
    assert (caught.value.provider, caught.value.category) == ("search", FailureCategory.TIMEOUT)
    assert clock.monotonic() == pytest.approx(1.0)
    with pytest.raises(ProviderError):
        await within(result(5.0, clean_up_s=60.0), "search", 1.0)
    assert clock.monotonic() == pytest.approx(2.3)
    await asyncio.sleep(120)


@virtual_time
async def test_cancelling_who_waits_for_a_result_cancels_the_work() -> None:
    ended = asyncio.Event()

    async def work() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            ended.set()

    waiting = asyncio.create_task(within(work(), "search", 100.0))
    await asyncio.sleep(0.1)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    assert waiting.cancelled()
    assert ended.is_set()
