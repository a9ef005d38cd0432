"""One connection to a speech server that speaks Wyoming."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from wyoming.event import Event, async_write_event
from wyoming.ping import Ping, Pong

from holo_app.errors import FailureCategory, ProviderError
from holo_app.providers.wyoming.address import connect
from holo_app.providers.wyoming.frames import BrokenEventError, read_event


class GoneError(ProviderError):
    """The server is not there, or not any more."""


class WyomingConnection:
    """Events out and in. Raises: GoneError (UNAVAILABLE) whenever the server is gone.

    answered: the server has sent something.
    """

    def __init__(self, provider: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._provider = provider
        self._reader = reader
        self._writer = writer
        self.answered = False

    async def send(self, event: Event) -> None:
        """Send one event."""
        try:
            await async_write_event(event, self._writer)
        except OSError as error:
            raise gone(self._provider, str(error)) from error

    async def receive(self) -> Event:
        """The next event. Raises: ProviderError(BAD_RESPONSE): what came is none."""
        try:
            event = await read_event(self._reader)
        except (OSError, asyncio.IncompleteReadError) as error:
            raise gone(self._provider, str(error)) from error
        except BrokenEventError as error:
            raise ProviderError(self._provider, FailureCategory.BAD_RESPONSE, str(error)) from error
        if event is None:
            raise gone(self._provider, "the connection was closed")
        self.answered = True
        return event

    def hang_up(self) -> None:
        """End the connection now: whoever waits in `receive` is told that the server is gone."""
        self._writer.transport.abort()


@asynccontextmanager
async def connection(provider: str, address: str) -> AsyncIterator[WyomingConnection]:
    """A connection that is closed at the end of the block, which also ends what the server was doing for it.

    Raises: ProviderError: UNAVAILABLE: nothing listens at `address`. BAD_REQUEST: that is no address.
    """
    try:
        reader, writer = await connect(address)
    except OSError as error:
        raise gone(provider, str(error)) from error
    except ValueError as error:
        raise ProviderError(provider, FailureCategory.BAD_REQUEST, str(error)) from error
    try:
        yield WyomingConnection(provider, reader, writer)
    finally:
        writer.close()
        # how the other side takes the end of the connection is no longer of interest
        await asyncio.gather(writer.wait_closed(), return_exceptions=True)


async def ping(provider: str, address: str) -> None:
    """Ask whether the server still answers. Raises: ProviderError: it does not, or not with a pong."""
    async with connection(provider, address) as server:
        await server.send(Ping(text="holo").event())
        answer = await server.receive()
    if not Pong.is_type(answer.type):
        raise ProviderError(provider, FailureCategory.BAD_RESPONSE, f"answered a ping with {answer.type}")


def gone(provider: str, detail: str) -> GoneError:
    """The server is not there any more."""
    return GoneError(provider, FailureCategory.UNAVAILABLE, detail)
