"""A line that is as long as a provider is slow: every byte of an answer comes so much later, and nothing else changes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from urllib.parse import urlsplit

_PIECE = 64 * 1024


@asynccontextmanager
async def delayed(address: str, seconds: float) -> AsyncIterator[str]:
    """The address of a line to `address`, a web address on this machine."""
    parts = urlsplit(address)
    tasks: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection(parts.hostname, parts.port)
        running = [
            asyncio.ensure_future(_forward(reader, back, 0.0)),
            asyncio.ensure_future(_forward(there, writer, seconds)),
        ]
        tasks.update(running)
        await asyncio.gather(*running, return_exceptions=True)
        for end in (back, writer):
            end.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        yield address.replace(f":{parts.port}", f":{port}", 1)
        for task in tasks:
            task.cancel()


async def _forward(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, seconds: float) -> None:
    """Each piece so long after it came, in order."""
    time = asyncio.get_running_loop().time
    waiting: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()

    async def send() -> None:
        while True:
            due, data = await waiting.get()
            await asyncio.sleep(max(0.0, due - time()))
            if not data:
                with suppress(OSError):
                    writer.write_eof()
                return
            writer.write(data)
            await writer.drain()

    sending = asyncio.ensure_future(send())
    try:
        while data := await reader.read(_PIECE):
            waiting.put_nowait((time() + seconds, data))
        waiting.put_nowait((time() + seconds, b""))
        await sending
    except OSError:
        writer.transport.abort()  # as abrupt as the other side was
    finally:
        sending.cancel()
