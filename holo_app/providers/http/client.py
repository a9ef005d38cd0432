"""One HTTP client for every vendor: connections are shared, and every failure is a ProviderError.

Deadlines for what a customer waits for are not here (see dialogue.deadlines): these only keep a dead connection from living on.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from functools import cache
from http import HTTPStatus
from ssl import SSLContext, create_default_context
from typing import Any

import httpx2

from holo_app.errors import FailureCategory, ProviderError
from holo_app.providers.http.failures import ReadRefusal, refusal_of, refused
from holo_app.providers.http.json_values import JsonObject, json_object

_LARGEST_EVENT = 32 * 1024 * 1024
"""Bytes: sound comes in events too."""

_LARGEST_REFUSAL = 64 * 1024
_SECRET_HEADERS = ("key", "auth", "token")
_DONE = "[DONE]"
DONE: JsonObject = {}
"""What stands for `[DONE]` where it is asked for. Compare with `is`."""


@dataclass(frozen=True, slots=True)
class HttpTimes:
    """Seconds. connect: until a connection stands. silent: without a single byte on it."""

    connect: float = 3.0
    silent: float = 15.0


@dataclass(frozen=True, slots=True)
class Ask:
    """One request. path: after the base address. body: sent as JSON. form: sent as multipart, with `files`."""

    path: str
    body: Mapping[str, Any] | None = None
    method: str = "POST"
    query: Mapping[str, str | int | float | bool | None] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    form: Mapping[str, Any] | None = None
    files: Mapping[str, tuple[str, bytes, str]] | None = None

    def options(self) -> dict[str, Any]:
        """As httpx2 takes them."""
        options: dict[str, Any] = {"params": dict(self.query), "headers": dict(self.headers)}
        if self.body is not None:
            options["json"] = dict(self.body)
        if self.form is not None:
            options["data"] = dict(self.form)
        if self.files is not None:
            options["files"] = dict(self.files)
        return options


class HttpClient:
    """Requests to one vendor. read: the vendor's own reading of what it refuses.

    Nothing is opened before the first request. After `aclose` every request fails with UNAVAILABLE.
    """

    def __init__(
        self,
        provider: str,
        base_url: str,
        headers: Mapping[str, str] | None = None,
        *,
        read: ReadRefusal | None = None,
        times: HttpTimes | None = None,
    ) -> None:
        self.provider = provider
        self._base_url = base_url
        self._headers = dict(headers or {})
        self._read = read
        self._times = times or HttpTimes()
        self._client: httpx2.AsyncClient | None = None
        self._closed = False

    async def json(self, ask: Ask) -> JsonObject:
        """The answer as a JSON object. Raises: ProviderError."""
        with self._named():
            response = await self._opened().request(ask.method, ask.path, **ask.options())
        if not response.is_success:
            raise self._refused(response, response.content)
        return json_object(self.provider, response.content)

    @asynccontextmanager
    async def events(self, ask: Ask, *, done: bool = False) -> AsyncIterator[AsyncGenerator[JsonObject]]:
        """The answer as server-sent events, each a JSON object, until `[DONE]` or the end. Raises: ProviderError.

        done: give DONE, last, where the server says `[DONE]`.
        """
        with self._named():
            opened = self._opened().sse(ask.path, method=ask.method, max_event_size=_LARGEST_EVENT, **ask.options())
            async with opened as source:
                await self._accepted(source.response)
                events = self._events(source, done=done)
                try:
                    yield events
                finally:
                    await events.aclose()

    @asynccontextmanager
    async def content(self, ask: Ask) -> AsyncIterator[AsyncGenerator[bytes]]:
        """The answer's bytes as they come. Raises: ProviderError."""
        with self._named():
            async with self._opened().stream(ask.method, ask.path, **ask.options()) as response:
                await self._accepted(response)
                pieces = self._pieces(response)
                try:
                    yield pieces
                finally:
                    await pieces.aclose()

    @asynccontextmanager
    async def lines(
        self, ask: Ask, *, seen: Callable[[Mapping[str, str]], None] = lambda _: None
    ) -> AsyncIterator[AsyncGenerator[JsonObject]]:
        """The answer as one JSON object a line, as they come. seen: gets the headers, by lower-case name.

        Raises: ProviderError.
        """
        with self._named():
            async with self._opened().stream(ask.method, ask.path, **ask.options()) as response:
                await self._accepted(response)
                seen({name.lower(): value for name, value in response.headers.items()})
                objects = self._objects(response)
                try:
                    yield objects
                finally:
                    await objects.aclose()

    async def aclose(self) -> None:
        """Close the connections. May be called twice."""
        self._closed = True
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()

    async def _events(self, source: httpx2.EventSource, *, done: bool) -> AsyncGenerator[JsonObject]:
        with self._named():
            async for event in source:
                if event.data == _DONE:
                    if done:
                        yield DONE
                    return
                if event.data:
                    yield json_object(self.provider, event.data)

    async def _pieces(self, response: httpx2.Response) -> AsyncGenerator[bytes]:
        with self._named():
            async for piece in response.aiter_bytes():
                if piece:
                    yield piece

    async def _objects(self, response: httpx2.Response) -> AsyncGenerator[JsonObject]:
        with self._named():
            async for line in response.aiter_lines():
                if line.strip():
                    yield json_object(self.provider, line)

    async def _accepted(self, response: httpx2.Response) -> None:
        if response.status_code != HTTPStatus.OK:
            content = bytearray()
            async for piece in response.aiter_bytes():
                content += piece
                if len(content) > _LARGEST_REFUSAL:
                    break
            raise self._refused(response, bytes(content))

    def _refused(self, response: httpx2.Response, content: bytes) -> ProviderError:
        """Some servers repeat a wrong key: it must reach no log and no screen."""
        for name, value in response.request.headers.items():
            secret = value.rpartition(" ")[2].encode()
            if secret and any(part in name for part in _SECRET_HEADERS):
                content = content.replace(secret, b"***")
        return refused(self.provider, refusal_of(response.status_code, response.headers, content), self._read)

    def _opened(self) -> httpx2.AsyncClient:
        if self._closed:
            raise ProviderError(self.provider, FailureCategory.UNAVAILABLE, "it was closed")
        if self._client is None:
            times = self._times
            self._client = httpx2.AsyncClient(
                base_url=self._base_url,
                headers=self._headers,
                verify=_trusted(),
                timeout=httpx2.Timeout(
                    connect=times.connect, read=times.silent, write=times.silent, pool=times.connect
                ),
            )
        return self._client

    @contextmanager
    def _named(self) -> Iterator[None]:
        """Every failure of the wire by its category."""
        provider = self.provider
        try:
            yield
        except httpx2.TimeoutException as error:
            raise ProviderError(provider, FailureCategory.TIMEOUT, type(error).__name__) from error
        except httpx2.ConnectError as error:
            raise ProviderError(provider, FailureCategory.UNAVAILABLE, "no connection") from error
        except (httpx2.RemoteProtocolError, httpx2.NetworkError) as error:
            raise ProviderError(provider, FailureCategory.CANCELLED_BY_PEER, "the connection was cut") from error
        except (httpx2.InvalidURL, httpx2.UnsupportedProtocol) as error:
            raise ProviderError(provider, FailureCategory.BAD_REQUEST, f"{self._base_url} is no address") from error
        except (httpx2.HTTPError, httpx2.SSEError, httpx2.StreamError) as error:
            raise ProviderError(provider, FailureCategory.BAD_RESPONSE, type(error).__name__) from error


@cache
def _trusted() -> SSLContext:
    """The system's certificates: reading them takes 30 ms and a megabyte, so all vendors share them."""
    return create_default_context()
