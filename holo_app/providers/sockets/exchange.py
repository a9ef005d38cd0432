"""Both directions of a WebSocket at once: one side speaks while it listens."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine
from typing import Any

from holo_app.providers.http.json_values import JsonObject
from holo_app.providers.sockets.socket import Socket


async def exchanged(socket: Socket, sending: Callable[[], Coroutine[Any, Any, None]]) -> AsyncGenerator[JsonObject]:
    """What comes in while `sending` sends, until the other side has closed normally. Closing this ends `sending`.

    Raises: what receiving raises. What `sending` raises, unless the connection broke under it: receiving tells why.
    """
    sender = asyncio.ensure_future(sending())
    receiver: asyncio.Future[JsonObject | None] | None = None
    try:
        while True:
            receiver = asyncio.ensure_future(socket.receive_json())
            if not sender.done():
                await asyncio.wait([receiver, sender], return_when=asyncio.FIRST_COMPLETED)
            _raise_own_error(sender, socket)
            message = await receiver
            if message is None:
                return
            yield message
    finally:
        await _ended(sender, receiver)


def _raise_own_error(sender: asyncio.Future[None], socket: Socket) -> None:
    if sender.done() and (error := sender.exception()) is not None and socket.open:
        raise error


async def _ended(*works: asyncio.Future[Any] | None) -> None:
    running = [work for work in works if work is not None]
    for work in running:
        work.cancel()
    await asyncio.gather(*running, return_exceptions=True)
