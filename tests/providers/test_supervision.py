from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager
from pathlib import Path

import psutil
import pytest

from holo_app.errors import FailureCategory, ProviderError
from holo_app.providers.supervision.child import ChildSettings, SupervisedChild
from holo_app.providers.supervision.worker import WorkerThread

# writes an address that no other life has, then waits for the end of its input as a child must
SERVER = "import os, sys; print(f'tcp://127.0.0.1:{os.getpid()}', flush=True); sys.stdin.read()"


class Ping:
    """A sign of life of the process whose id is in the address. It can be switched off, and is on again after two refusals."""

    def __init__(self) -> None:
        self.refusals_left = 0
        self.asked = asyncio.Event()
        self.refused = asyncio.Event()

    async def __call__(self, address: str) -> None:
        self.asked.set()
        if self.refusals_left:
            self.refusals_left -= 1
            if not self.refusals_left:
                self.refused.set()
            raise ProviderError("child", FailureCategory.UNAVAILABLE, "no pong")
        try:
            status = psutil.Process(int(address.rpartition(":")[2])).status()
        except psutil.NoSuchProcess:
            status = psutil.STATUS_DEAD
        if status in {psutil.STATUS_DEAD, psutil.STATUS_ZOMBIE}:
            raise ProviderError("child", FailureCategory.UNAVAILABLE, "gone")


@asynccontextmanager
async def kept(program: str, ping: Ping, **settings: float) -> AsyncIterator[SupervisedChild]:
    quick = {"first_pause_s": 0.01, "longest_pause_s": 0.05, **settings}
    child = SupervisedChild(ChildSettings("child", (sys.executable, "-c", program), **quick), ping)
    async with aclosing(child):
        yield child


async def test_a_child_that_dies_is_started_again() -> None:
    async with kept(SERVER, Ping()) as child:
        first = await child.address(10)
        assert child.pid is not None
        psutil.Process(child.pid).kill()

        async with asyncio.timeout(20):
            while await child.address(10) == first:
                child.suspect()


async def test_a_child_that_does_not_answer_is_replaced() -> None:
    ping = Ping()
    async with kept(SERVER, ping, ping_every_s=0.02) as child:
        first = await child.address(10)
        ping.refusals_left = 2
        await ping.refused.wait()
        child.suspect()

        assert await child.address(10) != first


async def test_a_child_under_suspicion_that_answers_is_kept() -> None:
    ping = Ping()
    async with kept(SERVER, ping, ping_every_s=60) as child:
        first = await child.address(10)
        child.suspect()

        assert await child.address(10) == first
        assert ping.asked.is_set()


@pytest.mark.parametrize(
    ("program", "reason"),
    [
        ("raise SystemExit('the voice file is missing')", "the voice file is missing"),
        ("raise SystemExit(3)", "ended with status 3"),
        ("import sys; sys.stdin.read()", "not started yet"),
    ],
    ids=["says-why", "says-nothing", "never-ready"],
)
async def test_a_child_that_does_not_come_up_is_unavailable_with_its_last_words(program: str, reason: str) -> None:
    async with kept(program, Ping()) as child:
        with pytest.raises(ProviderError, match=reason) as caught:
            await child.address(1.0)
        assert caught.value.category is FailureCategory.UNAVAILABLE


async def test_a_child_that_hangs_is_killed() -> None:
    hanging = "import os, time; print(f'tcp://127.0.0.1:{os.getpid()}', flush=True); time.sleep(60)"
    async with kept(hanging, Ping(), farewell_s=0.05) as child:
        await child.address(10)
        assert child.pid is not None
        process = psutil.Process(child.pid)
        await child.aclose()

        assert not process.is_running()


async def test_a_child_that_is_too_slow_is_ended() -> None:
    async with kept("import sys; sys.stdin.read()", Ping(), start_timeout_s=0.1) as child:
        with pytest.raises(ProviderError, match="ended with status"):
            await child.address(1.5)


async def test_a_program_that_does_not_exist_is_unavailable(tmp_path: Path) -> None:
    settings = ChildSettings("child", (str(tmp_path / "missing"),), first_pause_s=0.01)
    async with aclosing(SupervisedChild(settings, Ping())) as child:
        with pytest.raises(ProviderError, match="No such file"):
            await child.address(0.3)


async def test_closing_ends_the_child_and_is_final() -> None:
    async with kept(SERVER, Ping()) as child:
        await child.address(10)
        assert child.pid is not None
        process = psutil.Process(child.pid)
        await child.aclose()

        assert not process.is_running()
        with pytest.raises(ProviderError, match="closed"):
            await child.address(1)


def blocking(gate: threading.Event, began: Callable[[], object]) -> Callable[[], str]:
    def work() -> str:
        began()
        assert gate.wait(10)
        return "done"

    return work


async def test_a_farewell_that_is_cancelled_is_finished_all_the_same() -> None:
    async with kept("import time; print('tcp://here', flush=True); time.sleep(60)", Ping(), farewell_s=0.05) as child:
        await child.address(10)
        process = psutil.Process(child.pid)
        closing = asyncio.create_task(child.aclose())
        for _ in range(10):  # the keeper has been cancelled, and has begun its farewell
            await asyncio.sleep(0)
        closing.cancel()

        assert isinstance((await asyncio.gather(closing, return_exceptions=True))[0], asyncio.CancelledError)
        assert not process.is_running()


async def test_a_queued_call_that_is_given_up_is_never_begun() -> None:
    worker, gate, begun = WorkerThread("engine"), threading.Event(), list[str]()
    async with aclosing(worker):
        running = asyncio.create_task(worker.run(blocking(gate, lambda: begun.append("running"))))
        stale = asyncio.create_task(worker.run(begun.append, "stale"))
        await asyncio.sleep(0)
        stale.cancel()
        await asyncio.gather(stale, return_exceptions=True)
        fresh = asyncio.create_task(worker.run(begun.append, "fresh"))
        gate.set()
        await fresh

        assert await running == "done"
        assert begun == ["running", "fresh"]


async def test_closing_waits_for_the_running_call_and_fails_the_queued_ones() -> None:
    worker, gate, freed = WorkerThread("engine"), threading.Event(), list[str]()
    started = asyncio.Event()
    loop = asyncio.get_running_loop()
    running = asyncio.create_task(worker.run(blocking(gate, lambda: loop.call_soon_threadsafe(started.set))))
    await started.wait()
    queued = asyncio.create_task(worker.run(freed.append, "queued"))
    await asyncio.sleep(0)
    closing = asyncio.create_task(worker.aclose(lambda: freed.append("freed")))
    await asyncio.sleep(0)
    gate.set()
    await closing
    await worker.aclose(lambda: freed.append("again"))

    assert await running == "done"
    with pytest.raises(ProviderError, match="closed"):
        await queued
    with pytest.raises(ProviderError, match="closed"):
        await worker.run(freed.append, "late")
    assert freed == ["freed"]


async def test_an_error_of_the_work_reaches_its_caller() -> None:
    async with aclosing(WorkerThread("engine")) as worker:
        with pytest.raises(ZeroDivisionError):
            await worker.run(lambda: 1 // 0)
