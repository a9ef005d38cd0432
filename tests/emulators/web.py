"""What every emulator of a web service stands on: a real server on a loopback socket that does wrong on command.

An emulator is written from the makers' documents. It proves that client and documents agree, not that a maker still does so.
"""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

from aiohttp import WSCloseCode, WSMsgType, web

from tests.emulators.faults import REFUSALS, WAIT_S, Fault

_STATUS = {
    Fault.UNAUTHORIZED: 401,
    Fault.QUOTA: 402,
    Fault.RATE_LIMITED: 429,
    Fault.RATE_LIMITED_FOR: 429,
    Fault.BAD_REQUEST: 400,
    Fault.SERVER_ERROR: 500,
    Fault.OVERLOADED: 503,
}
_ODD_CODE = 4999
_BARE_CLOSE = b"\x88\x00"
"""A WebSocket frame; aiohttp writes none without a code."""

_GARBAGE = '{"nonsense": '
COMMENT = b": waiting for a place in the queue\n\n"


@dataclass(frozen=True, slots=True)
class Recorded:
    """One request as it came. query and headers by name (headers in lower case). body: JSON where it is some."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: Any
    content: bytes = field(repr=False, default=b"")
    query_all: Mapping[str, list[str]] = field(repr=False, default_factory=dict)
    """Where a name may stand in the query more than once."""


@dataclass(frozen=True, slots=True)
class Refused:
    """How a vendor refuses."""

    status: int
    body: Mapping[str, Any]
    headers: Mapping[str, str] = field(default_factory=dict)


class CutError(Exception):
    """The connection is to break now."""


class Emulator:
    """One vendor's service. Use as `async with`; `base_url` then says where it is.

    A subclass makes routes in `routes`, answers with `stream` or `socket`, and overrides `refusal` and `late_failure`.
    """

    def __init__(self) -> None:
        self.requests: list[Recorded] = []
        self.open_sockets = 0
        self.open_answers = 0
        self._faults: deque[Fault] = deque()
        self._runner: web.AppRunner | None = None
        self._ending = asyncio.Event()
        self.port = 0

    @property
    def base_url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}"

    def fail_next(self, *faults: Fault) -> None:
        """The next calls go wrong, each in its own way; those after them are right again."""
        self._faults.extend(faults)

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=64 * 1024 * 1024)
        self.routes(app.router)
        self._runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=0.5)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port)
        await site.start()
        self.port = self._runner.addresses[0][1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ending.set()
        if self._runner is not None:
            await self._runner.cleanup()

    def routes(self, router: web.UrlDispatcher) -> None:
        """Which paths it has."""
        raise NotImplementedError

    def refusal(self, fault: Fault) -> Refused:
        """The vendor's way of refusing; by default a bare status."""
        return Refused(_STATUS[fault], {})

    def unknown_event(self) -> Mapping[str, Any] | str:
        """An event that no client knows; a text where the vendor frames events in a way of its own."""
        return {"type": "surprise.of.tomorrow", "payload": {"new": [1, None, {"deep": "value"}]}}

    def late_failure(self) -> Mapping[str, Any] | str | None:
        """The event that says, in mid-stream, that it failed; None: the vendor has none, and cuts the connection."""
        return None

    def framed(self, event: Mapping[str, Any] | str) -> bytes:
        """An event as the vendor sends it."""
        return sse(event)

    async def record(self, request: web.Request) -> Recorded:
        """Write down a request."""
        content = await request.read() if request.can_read_body else b""
        with suppress(ValueError):
            body = json.loads(content)
            return self._kept(request, body, content)
        return self._kept(request, None, content)

    def _kept(self, request: web.Request, body: Any, content: bytes) -> Recorded:
        headers = {name.lower(): value for name, value in request.headers.items()}
        every = {name: request.query.getall(name) for name in request.query}
        kept = Recorded(request.method, request.path, dict(request.query), headers, body, content, every)
        self.requests.append(kept)
        return kept

    async def next_fault(self) -> Fault | None:
        """What goes wrong with this call; NO_ANSWER does not return before the client has gone or the emulator ends."""
        fault = self._faults.popleft() if self._faults else None
        if fault is Fault.NO_ANSWER:
            await self.hold()
        return fault

    async def hold(self) -> None:
        """Keep still until the client goes (then this is cancelled) or the emulator ends."""
        await self._ending.wait()
        raise CutError

    def refused(self, fault: Fault) -> web.Response:
        """The answer to a request that is refused."""
        refusal = self.refusal(fault)
        headers = dict(refusal.headers)
        if fault is Fault.RATE_LIMITED_FOR:
            headers.setdefault("retry-after", f"{WAIT_S:g}")
        return web.json_response(dict(refusal.body), status=refusal.status, headers=headers)

    async def stream(
        self,
        request: web.Request,
        fault: Fault | None,
        pieces: list[bytes],
        content_type: str,
        *,
        events: bool = True,
        headers: Mapping[str, str] | None = None,
    ) -> web.StreamResponse:
        """Answer with pieces. events: they are server-sent events, so that comments and unknown ones may come between."""
        response = web.StreamResponse(headers={"content-type": content_type, **(headers or {})})
        await response.prepare(request)
        self.open_answers += 1
        try:
            await self._send(response, fault, pieces, events=events)
            await response.write_eof()
        except CutError:
            if request.transport is not None:
                request.transport.abort()
        except ConnectionResetError:
            pass  # the client has gone
        finally:
            self.open_answers -= 1
        return response

    async def _send(
        self, response: web.StreamResponse, fault: Fault | None, pieces: list[bytes], *, events: bool
    ) -> None:
        if fault is Fault.SILENT:
            await self.hold()
        if fault is Fault.GLUED:
            pieces = [b"".join(pieces)]
        for place, piece in enumerate(pieces):
            if place == 1:
                await self._after_first(response, fault, events=events)
                if fault is Fault.ODD_CLOSE:
                    return
            if fault is Fault.GARBLED and place == 0:
                await response.write(f"data: {_GARBAGE}\n\n".encode() if events else _GARBAGE.encode())
                return
            if fault is Fault.UNKNOWN and events:
                await response.write(COMMENT + self.framed(self.unknown_event()))
            if fault is Fault.SPLIT:
                for at in range(len(piece)):
                    await response.write(piece[at : at + 1])
                continue
            await response.write(piece)
            await asyncio.sleep(0)

    async def _after_first(self, response: web.StreamResponse, fault: Fault | None, *, events: bool) -> None:
        if fault is Fault.STALL:
            await self.hold()
        failure = self.late_failure()
        if fault is Fault.FAILS_LATE and failure is not None and events:
            await response.write(self.framed(failure))
            await self.hold()
        if fault in {Fault.CUT, Fault.FAILS_LATE}:
            raise CutError

    async def socket(self, request: web.Request, protocols: tuple[str, ...] = ()) -> Wire | web.Response:
        """Answer a WebSocket handshake: the open connection, or the refusal to return."""
        await self.record(request)
        fault = await self.next_fault()
        if fault in REFUSALS:
            return self.refused(fault)
        connection = web.WebSocketResponse(protocols=protocols, max_msg_size=0)
        await connection.prepare(request)
        return Wire(self, request, connection, fault)


class Wire:
    """A WebSocket of an emulator. `send` may go wrong as the fault of this call says."""

    def __init__(
        self, emulator: Emulator, request: web.Request, connection: web.WebSocketResponse, fault: Fault | None
    ) -> None:
        self._emulator = emulator
        self._request = request
        self.connection = connection
        self.fault = fault
        self._sent = 0
        emulator.open_sockets += 1

    def go_wrong_next(self, fault: Fault) -> None:
        """From now on, as if the connection had just been opened."""
        self.fault, self._sent = fault, 0

    async def receive(self) -> str | bytes | None:
        """The client's next message; None when it has gone."""
        message = await self.connection.receive()
        return message.data if message.type in {WSMsgType.TEXT, WSMsgType.BINARY} else None

    async def send(self, message: Mapping[str, Any] | str | bytes, *, counts: bool = True) -> None:
        """Send a message. counts: it is a result; else one that every answer begins with."""
        if counts:
            await self._go_wrong()
            self._sent += 1
        if self.fault is Fault.UNKNOWN and counts:
            await self.connection.send_str(_written(self._emulator.unknown_event()))
        if isinstance(message, bytes):
            await self.connection.send_bytes(message)
        else:
            await self.connection.send_str(_written(message))

    def hang_up(self, *, goodbye: bool = True) -> None:
        """End it without a code, or without a goodbye at all."""
        transport = self._request.transport
        if transport is not None and goodbye:
            transport.write(_BARE_CLOSE)
        elif transport is not None:
            transport.close()

    async def finish(self, code: int = WSCloseCode.OK, reason: str = "") -> web.WebSocketResponse:
        """Close, if that has not happened; what the handler returns."""
        self._emulator.open_sockets -= 1
        await self.connection.close(code=code, message=reason.encode())
        return self.connection

    async def _go_wrong(self) -> None:
        fault, first = self.fault, self._sent == 0
        if first and fault is Fault.SILENT:
            await self._emulator.hold()
        if first and fault is Fault.GARBLED:
            await self.connection.send_str(_GARBAGE)
            await self._emulator.hold()
        if first or self._sent > 1:
            return
        if fault is Fault.STALL:
            await self._emulator.hold()
        if fault is Fault.ODD_CLOSE:
            await self.connection.close(code=_ODD_CODE, message=b"odd")
            raise CutError
        failure = self._emulator.late_failure()
        if fault is Fault.FAILS_LATE and failure is not None:
            await self.connection.send_str(_written(failure))
            await self._emulator.hold()
        if fault in {Fault.CUT, Fault.FAILS_LATE}:
            if self._request.transport is not None:
                self._request.transport.abort()
            raise CutError


def _written(event: Mapping[str, Any] | str) -> str:
    return event if isinstance(event, str) else json.dumps(event)


def sse(event: Mapping[str, Any] | str, name: str = "") -> bytes:
    """One server-sent event."""
    data = event if isinstance(event, str) else json.dumps(event, ensure_ascii=False)
    return f"{f'event: {name}' + chr(10) if name else ''}data: {data}\n\n".encode()
