"""Where a local speech server listens: `unix:///path` or `tcp://127.0.0.1:port`."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from urllib.parse import urlsplit

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]

_LONGEST_SOCKET_PATH = 100
"""Bytes; the systems allow 103 to 107."""


async def connect(address: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Open a connection. Raises: OSError: nothing listens there. ValueError: that is no address."""
    parts = urlsplit(address)
    if sys.platform != "win32" and parts.scheme == "unix":
        return await asyncio.open_unix_connection(parts.path)
    if parts.scheme == "tcp" and parts.hostname and parts.port:
        return await asyncio.open_connection(parts.hostname, parts.port)
    raise ValueError(f"{address!r} is no address of a speech server")


async def listen(serve: Serve, folder: Path | None) -> tuple[asyncio.Server, str]:
    """Listen on a socket in `folder`, which only we can enter; where that cannot be, on a free port of the loopback.

    Returns: the server, accepting, and its address. Raises: OSError.
    """
    if sys.platform != "win32" and folder is not None:
        path = folder / "speech.sock"
        if len(str(path).encode()) <= _LONGEST_SOCKET_PATH:
            return await asyncio.start_unix_server(serve, path), f"unix://{path}"
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    return server, f"tcp://127.0.0.1:{server.sockets[0].getsockname()[1]}"
