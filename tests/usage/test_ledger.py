"""What was used is written down, whatever happens to the disk."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

from holo_app.domain.usage import Cost, ProviderRole, Unit, Use
from holo_app.errors import StorageError
from holo_app.usage.ledger import KEPT, UsageLedger
from holo_app.usage.totals import totals
from tests.fakes.store import FakeStore
from tests.storage.samples import NOW, SetClock


def a_use(minutes: float = 0, provider: str = "openai", cost: Cost | None = None) -> Use:
    at = NOW + timedelta(minutes=minutes)
    return Use(ProviderRole.LLM, provider, "m", at, {Unit.OUTPUT_TOKENS: 10.0}, cost, measured=cost is not None)


async def in_place(work: Callable[[], None]) -> None:
    work()


@asynccontextmanager
async def writing(store: FakeStore) -> AsyncIterator[UsageLedger]:
    ledger = UsageLedger(store, SetClock(), run_blocking=in_place)
    running = asyncio.ensure_future(ledger.run())
    yield ledger
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


def written(store: FakeStore) -> list[Use]:
    with store.transaction() as work:
        return work.uses.since(NOW - timedelta(days=4000))


async def test_what_was_used_is_written() -> None:
    store = FakeStore()
    async with writing(store) as ledger:
        for minutes in range(3):
            ledger.used(a_use(minutes))
        await ledger.flush()
    assert written(store) == [a_use(minutes) for minutes in range(3)]


async def test_what_a_full_disk_refused_is_written_with_the_next() -> None:
    store = FakeStore()
    async with writing(store) as ledger:
        ledger.used(a_use(0))
        await ledger.flush()
        store.failure = StorageError("the disk is full")
        ledger.used(a_use(1))
        await ledger.flush()
        store.failure = None
        ledger.used(a_use(2))
        await ledger.flush()
    assert written(store) == [a_use(0), a_use(1), a_use(2)]


async def test_a_start_erases_what_is_too_old() -> None:
    store = FakeStore()
    old = Use(ProviderRole.TTS, "azure", "", NOW - KEPT - timedelta(seconds=1))
    with store.transaction() as work:
        work.uses.add([old, a_use()])
    async with writing(store) as ledger:
        ledger.used(a_use(1))
        await ledger.flush()
    assert written(store) == [a_use(), a_use(1)]


def test_totals_are_by_role_provider_and_model() -> None:
    heard = Use(ProviderRole.STT, "deepgram", "nova-3", NOW, {Unit.AUDIO_SECONDS: 2.5})
    cheap, dear = a_use(cost=Cost(300)), a_use(cost=Cost(1200))
    counted, other = a_use(), a_use(provider="anthropic", cost=Cost(5, "EUR"))
    found = totals([cheap, other, heard, dear, counted])
    assert [(total.role, total.provider, total.calls) for total in found] == [
        (ProviderRole.STT, "deepgram", 1),
        (ProviderRole.LLM, "anthropic", 1),
        (ProviderRole.LLM, "openai", 3),
    ]
    assert found[0].units == {Unit.AUDIO_SECONDS: 2.5}
    assert found[0].costs == ()
    assert (found[2].measured, found[2].priced, found[2].costs) == (2, 2, (Cost(1500),))
    assert found[2].units == {Unit.OUTPUT_TOKENS: 30.0}
    assert found[1].costs == (Cost(5, "EUR"),)
