"""One WebSocket to a vendor, with every failure as a ProviderError."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus, InvalidURI
from websockets.protocol import State

from holo_app.errors import FailureCategory, ProviderError
from holo_app.providers.http.failures import ReadRefusal, refusal_of, refused
from holo_app.providers.http.json_values import JsonObject, json_object

_LARGEST_MESSAGE = 32 * 1024 * 1024
_CLOSE_S = 0.2
"""Less than what whoever gave up on a call waits for it to clean up (dialogue.deadlines)."""

_CONNECT_S = 3.0
_PING_S = 15.0

_NORMAL = frozenset({1000, 1001, 1005})
"""1005: a goodbye without a code."""
_CLOSE_CATEGORIES = {
    1002: FailureCategory.BAD_RESPONSE,
    1003: FailureCategory.BAD_REQUEST,
    1006: FailureCategory.CANCELLED_BY_PEER,
    1007: FailureCategory.BAD_REQUEST,
    1008: FailureCategory.AUTH,
    1009: FailureCategory.BAD_REQUEST,
    1011: FailureCategory.UNAVAILABLE,
    1012: FailureCategory.UNAVAILABLE,
    1013: FailureCategory.UNAVAILABLE,
    1014: FailureCategory.UNAVAILABLE,
}

ReadClose = Callable[[int, str], FailureCategory | None]
"""A vendor's own reading of a close code and its reason; None: as the code says."""


class Socket:
    """An open WebSocket. Raises, from every method: ProviderError."""

    def __init__(self, provider: str, connection: ClientConnection, read_close: ReadClose | None = None) -> None:
        self._provider = provider
        self._connection = connection
        self._read_close = read_close

    @property
    def open(self) -> bool:
        """Whether neither side has begun to close it, and it is not broken."""
        return self._connection.state is State.OPEN

    async def send(self, message: Mapping[str, Any] | str | bytes) -> None:
        """Send a JSON object, a text or bytes."""
        with self._named():
            await self._connection.send(json.dumps(message) if isinstance(message, Mapping) else message)

    async def receive(self) -> str | bytes | None:
        """The next message; None when the other side has closed normally."""
        try:
            with self._named():
                return await self._connection.recv()
        except _ClosedNormallyError:
            return None

    async def receive_json(self) -> JsonObject | None:
        """The next message as a JSON object, bytes or text; None when the other side has closed normally."""
        message = await self.receive()
        return None if message is None else json_object(self._provider, message)

    async def close(self) -> None:
        """Say goodbye; how the other side takes it is no longer of interest."""
        await self._connection.close()

    @contextmanager
    def _named(self) -> Iterator[None]:
        try:
            yield
        except ConnectionClosed as error:
            code, reason = (1006, "") if error.rcvd is None else (error.rcvd.code, error.rcvd.reason)
            category = None if self._read_close is None else self._read_close(code, reason)
            if category is None and code in _NORMAL:
                raise _ClosedNormallyError(
                    self._provider, FailureCategory.CANCELLED_BY_PEER, "it was closed"
                ) from error
            category = category or _CLOSE_CATEGORIES.get(code, FailureCategory.CANCELLED_BY_PEER)
            raise ProviderError(
                self._provider, category, f"closed with {code}{f': {reason}' if reason else ''}"
            ) from error
        except UnicodeDecodeError as error:
            raise ProviderError(self._provider, FailureCategory.BAD_RESPONSE, "a text is no UTF-8") from error
        except OSError as error:
            raise ProviderError(self._provider, FailureCategory.CANCELLED_BY_PEER, "the connection was cut") from error


class _ClosedNormallyError(ProviderError):
    """The other side has said all that it had to say. For whoever still wants to send it is a failure."""


@asynccontextmanager
async def open_socket(
    provider: str,
    url: str,
    headers: Mapping[str, str] | None = None,
    *,
    protocols: tuple[str, ...] = (),
    read: ReadRefusal | None = None,
    read_close: ReadClose | None = None,
) -> AsyncIterator[Socket]:
    """A connection that is closed at the end of the block. read: the vendor's own reading of a refused handshake.

    Raises: ProviderError.
    """
    connection = await _connected(provider, url, dict(headers or {}), protocols, read)
    try:
        yield Socket(provider, connection, read_close)
    finally:
        # a peer that never answers the goodbye is waited for no longer than _CLOSE_S
        await connection.close()


async def _connected(
    provider: str, url: str, headers: Mapping[str, str], protocols: tuple[str, ...], read: ReadRefusal | None
) -> ClientConnection:
    try:
        return await connect(
            url,
            additional_headers=headers,
            subprotocols=list(protocols) or None,  # type: ignore[arg-type] # a NewType of str
            open_timeout=_CONNECT_S,
            close_timeout=_CLOSE_S,
            ping_interval=_PING_S,
            max_size=_LARGEST_MESSAGE,
            user_agent_header=None,
        )
    except InvalidStatus as error:
        response = error.response
        refusal = refusal_of(response.status_code, dict(response.headers.raw_items()), bytes(response.body or b""))
        raise refused(provider, refusal, read) from error
    except TimeoutError as error:
        raise ProviderError(provider, FailureCategory.TIMEOUT, "the handshake was not answered") from error
    except InvalidURI as error:
        raise ProviderError(provider, FailureCategory.BAD_REQUEST, f"{url} is no address") from error
    except InvalidHandshake as error:
        raise ProviderError(provider, FailureCategory.BAD_RESPONSE, type(error).__name__) from error
    except OSError as error:
        raise ProviderError(provider, FailureCategory.UNAVAILABLE, "no connection") from error


QueryValue = str | int | float | bool | Sequence[str]


def socket_address(base_url: str, path: str, query: Mapping[str, QueryValue] | None = None) -> str:
    """The WebSocket address under an HTTP one: `https://api.x/v1` and `/listen` give `wss://api.x/v1/listen?…`.

    A list in the query stands there once for each of its values.
    """
    parts = urlsplit(base_url)
    scheme = {"http": "ws", "https": "wss"}.get(parts.scheme, parts.scheme)
    written = [(name, text) for name, value in (query or {}).items() for text in _texts(value)]
    return urlunsplit((scheme, parts.netloc, parts.path.rstrip("/") + path, urlencode(written), ""))


def _texts(value: QueryValue) -> Sequence[str]:
    if isinstance(value, bool):
        return [str(value).lower()]
    return [str(value)] if isinstance(value, str | int | float) else value
