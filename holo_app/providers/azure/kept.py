"""A connection that is kept for the next call: a handshake costs as much as a word of speech."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack

from holo_app.providers.sockets.socket import Socket

_LONGEST_IDLE_S = 120.0
"""Azure lets go of a connection after some minutes."""


class Kept:
    """One connection.

    stood: it was there before this call, so that the other side may have let go of it unnoticed. introduced: the other side
    has been told who speaks.
    """

    def __init__(self, socket: Socket, stack: AsyncExitStack) -> None:
        self.socket = socket
        self._stack = stack
        self.stood = False
        self.introduced = False
        self.idle_since = 0.0

    def usable(self, now: float) -> bool:
        """Whether another call may try it."""
        return self.socket.open and now - self.idle_since < _LONGEST_IDLE_S

    async def close(self) -> None:
        """Say goodbye."""
        await self._stack.aclose()


class KeptConnection:
    """Calls take a connection each, one after the other or at once; one is kept. Nothing is opened before the first.

    opening: opens a connection. Raises, from `take` and `open_ahead`: ProviderError.
    """

    def __init__(self, opening: Callable[[], AbstractAsyncContextManager[Socket]]) -> None:
        self._opening = opening
        self._idle: Kept | None = None
        self._closed = False

    async def take(self, *, fresh: bool = False) -> Kept:
        """A connection for one call. fresh: not the one that was kept."""
        kept, self._idle = self._idle, None
        if kept is not None:
            if not fresh and kept.usable(asyncio.get_running_loop().time()):
                kept.stood = True
                return kept
            await kept.close()
        stack = AsyncExitStack()
        return Kept(await stack.enter_async_context(self._opening()), stack)

    async def give_back(self, kept: Kept) -> None:
        """The call has come to its end, and nothing more comes for it."""
        if self._closed or self._idle is not None:
            await kept.close()
            return
        kept.idle_since = asyncio.get_running_loop().time()
        self._idle = kept

    async def open_ahead(self) -> None:
        """Have a connection, so that the next call need not wait for it."""
        await self.give_back(await self.take())

    async def aclose(self) -> None:
        """Close the one that is kept; those in use are closed when they come back. May be called twice."""
        self._closed = True
        kept, self._idle = self._idle, None
        if kept is not None:
            await kept.close()
