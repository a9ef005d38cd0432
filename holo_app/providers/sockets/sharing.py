"""A WebSocket that stays open between calls and is shared by those at once, each under a name of its own.

A handshake costs as much as a word of speech. So the connection is kept, calls are told apart by their names, what comes late
for one that was given up is dropped, and a connection that the other side has let go in the meantime is opened anew.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, suppress
from dataclasses import dataclass
from typing import Any

from holo_app.errors import FailureCategory, ProviderError
from holo_app.providers.http.json_values import JsonObject
from holo_app.providers.sockets.socket import Socket

_GOODBYE_S = 0.2


@dataclass(frozen=True, slots=True)
class Dialect:
    """How calls share a connection.

    name_of: whose message it is; "": everybody's. is_last: nothing comes for that call after it. expired: the message by which
    the other side lets go of a connection that nobody has used. most_calls: at once, on one connection. suspicious_s: a
    connection that was silent for so long when a call was given up is not asked again.
    """

    name_of: Callable[[JsonObject], str]
    is_last: Callable[[JsonObject], bool]
    expired: Callable[[JsonObject], bool] = lambda _: False
    most_calls: int = 5
    suspicious_s: float = 1.0


@dataclass(frozen=True, slots=True)
class Call:
    """One call. messages: all that it sends. give_up: sent where its answer is no longer wanted; None: nothing can be done."""

    name: str
    messages: Sequence[Mapping[str, Any]]
    give_up: Mapping[str, Any] | None = None


class SharedSocket:
    """Calls over one connection, and over more where it is full. Nothing is opened before the first call.

    opening: opens a connection. After `aclose` every call fails with UNAVAILABLE.
    """

    def __init__(
        self, provider: str, opening: Callable[[], AbstractAsyncContextManager[Socket]], dialect: Dialect
    ) -> None:
        self._provider = provider
        self._opening = opening
        self._dialect = dialect
        self._connections: list[_Connection] = []
        self._lock = asyncio.Lock()
        self._closed = False

    @property
    def busy(self) -> bool:
        """Whether a call is under way."""
        return any(connection.busy for connection in self._connections)

    async def answers(self, call: Call) -> AsyncGenerator[JsonObject]:
        """What comes for the call, the last message included. Closing this gives the call up. Raises: ProviderError."""
        for attempt in (0, 1):
            connection, kept = await self._connection(fresh=attempt > 0)
            line = connection.line(call.name)
            try:
                await self._send(connection, line, call)
                while not line.done:
                    message = await line.receive()
                    line.done = self._dialect.is_last(message)
                    yield message
                return
            except ProviderError as error:
                # only one that had been kept may have been let go of before this call was heard
                if attempt or not kept or line.heard or not _let_go(error):
                    raise
            finally:
                await connection.leave(line, call.give_up)

    async def open_ahead(self) -> None:
        """Have a connection with room for a call, so that the next one need not wait for it. Raises: ProviderError."""
        await self._connection(fresh=False)

    async def aclose(self) -> None:
        """Close the connections. May be called twice."""
        self._closed = True
        async with self._lock:
            connections, self._connections = self._connections, []
        for connection in connections:
            await connection.close()

    async def _connection(self, *, fresh: bool) -> tuple[_Connection, bool]:
        """A connection with room for one more call, and whether it stood already."""
        async with self._lock:
            for connection in list(self._connections):
                if not connection.has_room and not connection.busy:
                    self._connections.remove(connection)
                    await connection.close()
            if self._closed:
                raise ProviderError(self._provider, FailureCategory.UNAVAILABLE, "it was closed")
            for connection in self._connections:
                if connection.has_room and not fresh:
                    return connection, True
            opened = await _Connection.opened(self._provider, self._opening(), self._dialect)
            self._connections.append(opened)
            return opened, False

    @staticmethod
    async def _send(connection: _Connection, line: _Line, call: Call) -> None:
        for message in call.messages:
            try:
                await connection.socket.send(message)
            except ProviderError:
                # why it broke is what receiving says
                line.fail_later()
                return


class _Line:
    """Where the messages of one call wait for it."""

    def __init__(self, provider: str, name: str) -> None:
        self._provider = provider
        self.name = name
        self.heard = False
        self.done = False
        self._box: asyncio.Queue[JsonObject | ProviderError] = asyncio.Queue()

    def put(self, message: JsonObject | ProviderError) -> None:
        self._box.put_nowait(message)

    def fail_later(self) -> None:
        """Sending has failed. The reader of the connection knows more, and speaks first if it has anything to say."""
        asyncio.get_running_loop().call_later(
            _GOODBYE_S, self.put, ProviderError(self._provider, FailureCategory.CANCELLED_BY_PEER, "it was cut")
        )

    async def receive(self) -> JsonObject:
        message = await self._box.get()
        if isinstance(message, ProviderError):
            raise message
        self.heard = True
        return message


class _Connection:
    """One open socket, with the task that reads it."""

    def __init__(self, provider: str, socket: Socket, stack: AsyncExitStack, dialect: Dialect) -> None:
        self._provider = provider
        self.socket = socket
        self._stack = stack
        self._dialect = dialect
        self._lines: dict[str, _Line] = {}
        self._fading: set[str] = set()
        self._time = asyncio.get_running_loop().time
        self._heard_at = self._time()
        self.usable = True
        self._over = False
        self._reader = asyncio.create_task(self._read())

    @staticmethod
    async def opened(provider: str, opening: AbstractAsyncContextManager[Socket], dialect: Dialect) -> _Connection:
        stack = AsyncExitStack()
        socket = await stack.enter_async_context(opening)
        return _Connection(provider, socket, stack, dialect)

    @property
    def busy(self) -> bool:
        return bool(self._lines)

    @property
    def has_room(self) -> bool:
        return self.usable and len(self._lines) + len(self._fading) < self._dialect.most_calls

    def line(self, name: str) -> _Line:
        if not self._lines:
            self._heard_at = self._time()
        line = self._lines[name] = _Line(self._provider, name)
        return line

    async def leave(self, line: _Line, give_up: Mapping[str, Any] | None) -> None:
        """A call is over. What still comes for it is dropped."""
        self._lines.pop(line.name, None)
        if line.done:
            return
        self._fading.add(line.name)
        if self._time() - self._heard_at > self._dialect.suspicious_s:
            self.usable = False
        if give_up is not None and self.usable:
            with suppress(ProviderError, TimeoutError):
                async with asyncio.timeout(_GOODBYE_S):
                    await self.socket.send(give_up)

    async def close(self) -> None:
        self.usable = False
        if not self._over:
            self._reader.cancel()
        await asyncio.gather(self._reader, return_exceptions=True)
        self._end(ProviderError(self._provider, FailureCategory.UNAVAILABLE, "it was closed"))
        await self._stack.aclose()

    async def _read(self) -> None:
        """Until the connection ends; every call that is under way then fails with the reason."""
        end = ProviderError(self._provider, FailureCategory.CANCELLED_BY_PEER, "the connection was closed")
        try:
            while (message := await self.socket.receive_json()) is not None:
                self._heard_at = self._time()
                if self._dialect.expired(message):
                    break
                self._hand_out(message)
        except ProviderError as error:
            end = error
        self._over = True
        self._end(end)
        # no call waits for the goodbye
        await self._stack.aclose()

    def _end(self, error: ProviderError) -> None:
        self.usable = False
        for line in self._lines.values():
            line.put(error)

    def _hand_out(self, message: JsonObject) -> None:
        name = self._dialect.name_of(message)
        if not name:
            for line in self._lines.values():
                line.put(message)
        elif name in self._lines:
            self._lines[name].put(message)
        elif self._dialect.is_last(message):
            self._fading.discard(name)


def _let_go(error: ProviderError) -> bool:
    return error.category is FailureCategory.CANCELLED_BY_PEER
