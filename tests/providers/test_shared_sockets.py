from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, aclosing, asynccontextmanager

import pytest
from aiohttp import web

from holo_app.errors import FailureCategory, ProviderError
from holo_app.providers.http.json_values import text_in
from holo_app.providers.sockets.sharing import Call, Dialect, SharedSocket
from holo_app.providers.sockets.socket import Socket, open_socket, socket_address
from tests.emulators.faults import Fault
from tests.emulators.web import Emulator, Wire

GIVE_UP = {"name": "a", "say": "stop"}


class Echoes(Emulator):
    """Says what it is told, under the name of the call; "end" is the last.

    "hold" is not answered before "stop" is heard, as late as can be. The first connection breaks at "vanish".
    """

    def __init__(self) -> None:
        super().__init__()
        self.wires: list[Wire] = []
        self.heard: list[tuple[str, str]] = []

    def routes(self, router: web.UrlDispatcher) -> None:
        router.add_get("/socket", self._socket)

    async def _socket(self, request: web.Request) -> web.StreamResponse:
        wire = await self.socket(request)
        assert isinstance(wire, Wire)
        self.wires.append(wire)
        held: list[dict[str, str]] = []
        while (received := await wire.receive()) is not None:
            message = json.loads(received)
            self.heard.append((message["name"], message["say"]))
            if message["say"] == "vanish" and len(self.wires) == 1 and request.transport is not None:
                request.transport.abort()
            elif message["say"] == "hold":
                held.append(message)
            elif message["say"] == "stop":
                for late in held:
                    await wire.send({"name": late["name"], "say": "late"})
            else:
                await wire.send(message)
        return await wire.finish()


def shared(emulator: Echoes, most_calls: int = 5, suspicious_s: float = 1.0) -> SharedSocket:
    def opening() -> AbstractAsyncContextManager[Socket]:
        return open_socket("echoes", socket_address(emulator.base_url, "/socket"))

    dialect = Dialect(
        name_of=lambda message: text_in(message, "name"),
        is_last=lambda message: message.get("say") == "end",
        expired=lambda message: message.get("say") == "expired",
        most_calls=most_calls,
        suspicious_s=suspicious_s,
    )
    return SharedSocket("echoes", opening, dialect)


@asynccontextmanager
async def echoes(most_calls: int = 5, suspicious_s: float = 1.0) -> AsyncIterator[tuple[Echoes, SharedSocket]]:
    async with Echoes() as emulator:
        socket = shared(emulator, most_calls, suspicious_s)
        try:
            yield emulator, socket
        finally:
            await socket.aclose()


def call(name: str, *words: str) -> Call:
    return Call(name, [{"name": name, "say": word} for word in words], GIVE_UP)


async def said(socket: SharedSocket, name: str, *words: str) -> list[str]:
    async with aclosing(socket.answers(call(name, *words))) as answers:
        return [text_in(message, "say") async for message in answers]


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(2):
        while not true():  # noqa: ASYNC110 - the far side tells nobody
            await asyncio.sleep(0)


async def test_calls_share_a_connection_one_after_the_other_and_at_once() -> None:
    async with echoes() as (emulator, socket):
        assert await said(socket, "a", "one", "end") == ["one", "end"]
        both = await asyncio.gather(said(socket, "b", "two", "end"), said(socket, "c", "three", "end"))

        assert list(both) == [["two", "end"], ["three", "end"]]
        assert len(emulator.requests) == 1
        assert not socket.busy


async def test_what_comes_late_for_a_call_that_was_given_up_is_dropped() -> None:
    async with echoes() as (emulator, socket):
        async with aclosing(socket.answers(call("a", "one", "hold"))) as answers:
            await anext(answers)
            assert socket.busy

        assert await said(socket, "b", "two", "end") == ["two", "end"]
        assert ("a", "stop") in emulator.heard
        assert len(emulator.requests) == 1


@pytest.mark.parametrize("goodbye", ["closed", "expired"])
async def test_a_connection_that_was_let_go_is_opened_anew(goodbye: str) -> None:
    async with echoes() as (emulator, socket):
        await said(socket, "a", "end")
        if goodbye == "expired":
            await emulator.wires[0].connection.send_json({"say": "expired"})
        await emulator.wires[0].connection.close()

        assert await said(socket, "b", "end") == ["end"]
        assert len(emulator.requests) == 2


async def test_a_connection_that_is_let_go_as_it_is_asked_is_opened_anew() -> None:
    async with echoes() as (emulator, socket):
        await said(socket, "a", "end")

        assert await said(socket, "b", "vanish", "end") == ["vanish", "end"]
        assert len(emulator.requests) == 2


async def test_a_fresh_connection_that_breaks_is_an_error() -> None:
    async with echoes() as (emulator, socket):
        emulator.fail_next(Fault.CUT)
        with pytest.raises(ProviderError) as caught:
            await said(socket, "a", "one", "two", "end")

        assert caught.value.category is FailureCategory.CANCELLED_BY_PEER
        assert await said(socket, "b", "end") == ["end"]
        assert len(emulator.requests) == 2


async def test_a_kept_connection_that_breaks_in_mid_call_is_an_error() -> None:
    async with echoes() as (emulator, socket):
        await said(socket, "a", "end")
        async with aclosing(socket.answers(call("b", "one", "hold"))) as answers:
            await anext(answers)
            await emulator.wires[0].connection.close(code=1011)
            with pytest.raises(ProviderError) as caught:
                await anext(answers)

        assert caught.value.category is FailureCategory.UNAVAILABLE
        assert len(emulator.requests) == 1


async def test_a_full_connection_gets_a_second_beside_it() -> None:
    async with echoes(most_calls=1) as (emulator, socket), aclosing(socket.answers(call("a", "one", "hold"))) as first:
        await anext(first)
        assert await said(socket, "b", "end") == ["end"]
        assert len(emulator.requests) == 2
        assert await said(socket, "c", "end") == ["end"]
        assert len(emulator.requests) == 2


async def test_a_connection_full_of_calls_that_were_given_up_is_closed() -> None:
    async with echoes(most_calls=1) as (emulator, socket):
        async with aclosing(socket.answers(call("a", "one", "hold"))) as answers:
            await anext(answers)
        assert await said(socket, "b", "end") == ["end"]
        await until(lambda: emulator.open_sockets == 1)

        assert len(emulator.requests) == 2


async def test_a_connection_that_was_silent_is_not_asked_again() -> None:
    async with echoes(suspicious_s=0.0) as (emulator, socket):
        async with aclosing(socket.answers(call("a", "one", "hold"))) as answers:
            await anext(answers)
        assert await said(socket, "b", "end") == ["end"]
        assert len(emulator.requests) == 2
        assert ("a", "stop") not in emulator.heard


async def test_a_connection_may_be_opened_ahead() -> None:
    async with echoes() as (emulator, socket):
        await socket.open_ahead()
        await socket.open_ahead()
        assert len(emulator.requests) == 1
        assert await said(socket, "a", "end") == ["end"]
        assert len(emulator.requests) == 1


async def test_nothing_is_opened_after_it_was_closed() -> None:
    async with echoes() as (emulator, socket):
        await socket.aclose()
        with pytest.raises(ProviderError) as caught:
            await said(socket, "a", "end")

        assert caught.value.category is FailureCategory.UNAVAILABLE
        assert not emulator.requests


async def test_a_call_under_way_ends_when_all_is_closed() -> None:
    async with echoes() as (_, socket):
        async with aclosing(socket.answers(call("a", "one", "hold"))) as answers:
            await anext(answers)
            waiting = asyncio.ensure_future(anext(answers))
            await asyncio.sleep(0)
            await socket.aclose()
            with pytest.raises(ProviderError) as caught:
                await waiting

        assert caught.value.category is FailureCategory.UNAVAILABLE
