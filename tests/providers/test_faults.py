"""Every provider meets every fault: the right error, in time, and nothing left behind."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

import pytest

from holo_app.dialogue.deadlines import Patience, in_time
from holo_app.errors import FailureCategory, ProviderError
from tests.emulators.faults import EXPECTED, WAIT_S, Fault
from tests.fakes.meter import FakeMeter
from tests.providers.cases import all_cases
from tests.providers.cases.case import Case

# a call that has nothing to wait for is done in 20 ms, also beside other work; the faults that hang cost this much each
_PATIENCE = Patience(0.8, 0.8)
_SHORT_PATIENCE = Patience(0.25, 0.25)
_HANGS = frozenset({Fault.NO_ANSWER, Fault.SILENT, Fault.STALL})

CELLS = [
    pytest.param(case, fault, id=f"{case.role}-{case.name}-{fault}")
    for case in all_cases()
    for fault in Fault
    if fault not in case.without
]


@pytest.mark.parametrize(("case", "fault"), CELLS)
async def test_a_fault_is_named_and_leaves_nothing_behind(case: Case, fault: Fault) -> None:
    before = asyncio.all_tasks()
    expected = case.differs.get(fault, EXPECTED[fault])
    async with case.emulator() as emulator:
        if fault is not Fault.REFUSED:
            emulator.fail_next(fault)
        meter = FakeMeter()
        provider = case.make(_nowhere(emulator.base_url) if fault is Fault.REFUSED else emulator.base_url, meter)
        try:
            await _met(case, case.call(provider), fault, expected)
            assert len(meter.uses) == 1
            assert meter.uses[0].provider == case.name
            if expected is None:
                assert meter.uses[0].units
        finally:
            await provider.aclose()
            await provider.aclose()
        await _settled(lambda: not emulator.open_answers and not emulator.open_sockets)
    await _settled(lambda: asyncio.all_tasks() <= before)


@pytest.mark.parametrize("case", all_cases(), ids=lambda case: f"{case.role}-{case.name}")
async def test_after_a_fault_it_works_again(case: Case) -> None:
    async with case.emulator() as emulator:
        provider = case.make(emulator.base_url, FakeMeter())
        try:
            for fault in (Fault.CUT, Fault.OVERLOADED, Fault.GARBLED):
                if fault not in case.without:
                    emulator.fail_next(fault)
                    with pytest.raises(ProviderError):
                        await _all(case.call(provider))
            case.right(await _all(case.call(provider)))
        finally:
            await provider.aclose()


@pytest.mark.parametrize("case", all_cases(), ids=lambda case: f"{case.role}-{case.name}")
async def test_a_call_that_is_given_up_frees_everything(case: Case) -> None:
    before = asyncio.all_tasks()
    async with case.emulator() as emulator:
        meter = FakeMeter()
        provider = case.make(emulator.base_url, meter)
        async with aclosing(case.call(provider)) as results:
            await anext(results)
        await provider.aclose()
        await _settled(lambda: not emulator.open_answers and not emulator.open_sockets)
        assert len(meter.uses) == 1
        with pytest.raises(ProviderError) as caught:
            await _all(case.call(provider))
        assert caught.value.category is FailureCategory.UNAVAILABLE
    await _settled(lambda: asyncio.all_tasks() <= before)


async def _met(case: Case, call: AsyncGenerator[Any], fault: Fault, expected: FailureCategory | None) -> None:
    results = in_time(call, case.name, _SHORT_PATIENCE if fault in _HANGS else _PATIENCE)
    if expected is None:
        case.right(await _all(results))
        return
    with pytest.raises(ProviderError) as caught:
        await _all(results)
    assert caught.value.category is expected
    assert caught.value.provider == case.name
    if fault is Fault.RATE_LIMITED_FOR:
        assert caught.value.retry_after_s == pytest.approx(WAIT_S)


async def _all(results: AsyncGenerator[Any]) -> list[Any]:
    async with aclosing(results) as items:
        return [item async for item in items]


async def _settled(calm: Any) -> None:
    """Wait for what ends by itself: the far side of a connection that was closed here."""
    async with asyncio.timeout(2):
        while not calm():  # noqa: ASYNC110 - the emulator tells nobody when a connection has gone
            await asyncio.sleep(0)


def _nowhere(address: str) -> str:
    """The address with a port on which nobody listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    head, _, tail = address.partition("127.0.0.1:")
    return f"{head}127.0.0.1:{port}{tail[tail.index('/') :] if '/' in tail else ''}"
