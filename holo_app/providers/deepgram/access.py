"""How Deepgram is reached, and what its refusals mean."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from holo_app.errors import FailureCategory, ProviderError
from holo_app.providers.hearing.metering import Listened
from holo_app.providers.hearing.sound import Frames
from holo_app.providers.http.failures import Refusal
from holo_app.providers.http.json_values import JsonObject, text_in
from holo_app.providers.sockets.socket import QueryValue, Socket, open_socket, socket_address

_MOST_TERMS = 50
_MOST_TERM_LETTERS = 800
"""Deepgram takes 500 tokens of key terms. With more it says nothing, and hangs up after half a minute."""

_JWT_DOTS = 2
_REASONS = {
    "DATA-0000": FailureCategory.BAD_REQUEST,
    "NET-0000": FailureCategory.UNAVAILABLE,
    "NET-0001": FailureCategory.TIMEOUT,
}
_ERRORS = {
    "INVALID_AUTH": FailureCategory.AUTH,
    "UNPARSABLE_CLIENT_MESSAGE": FailureCategory.BAD_REQUEST,
    "TOO_MANY_REQUESTS": FailureCategory.RATE_LIMITED,
}


@dataclass(frozen=True, slots=True)
class DeepgramAccess:
    """base_url: the HTTP or WebSocket address. key: an API key, or a short-lived token (a JWT)."""

    base_url: str
    key: str
    model: str

    @asynccontextmanager
    async def opened(self, provider: str, path: str, query: Mapping[str, QueryValue]) -> AsyncIterator[Socket]:
        """A connection. Raises: ProviderError."""
        scheme = "Bearer" if self.key.count(".") == _JWT_DOTS else "Token"
        headers = {"Authorization": f"{scheme} {self.key}"}
        address = socket_address(self.base_url, path, query)
        async with open_socket(provider, address, headers, read=_read_refusal, read_close=_read_close) as socket:
            yield socket


@dataclass(slots=True)
class Ending:
    """asked: nothing more is sent, and Deepgram knows it. sent_s: sound that was sent, in seconds."""

    asked: bool = False
    sent_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Line:
    """The sending side of one utterance; what goes out is counted."""

    socket: Socket
    listened: Listened
    ending: Ending

    async def send(self, frames: Frames, full: Sequence[bytes]) -> None:
        """Send frames; an empty one may be taken for the end, and is left out."""
        for frame in filter(None, full):
            await self.socket.send(frame)
            self.ending.sent_s += frames.seconds(frame)
            self.listened.sent(frames.seconds(frame))

    async def end(self) -> None:
        """Ask for the last words."""
        # noted before: the answer may overtake the return from sending
        self.ending.asked = True
        await self.socket.send({"type": "CloseStream"})


def key_terms(names: Sequence[str]) -> list[str]:
    """As many of the names as Deepgram takes, the first ones first."""
    terms: list[str] = []
    letters = 0
    for name in dict.fromkeys(name.strip() for name in names):
        letters += len(name)
        if len(terms) == _MOST_TERMS or letters > _MOST_TERM_LETTERS:
            break
        if name:
            terms.append(name)
    return terms


def failure_of(provider: str, message: JsonObject) -> ProviderError:
    """The error that a message of type Error is."""
    code = text_in(message, "code") or text_in(message, "variant")
    detail = text_in(message, "description") or text_in(message, "message")
    return ProviderError(provider, _ERRORS.get(code, FailureCategory.UNAVAILABLE), f"{code} {detail}".strip()[:200])


def _read_refusal(refusal: Refusal) -> tuple[FailureCategory | None, str, float | None]:
    said = text_in(refusal.body, "err_msg") or refusal.headers.get("dg-error", "")
    return None, said or text_in(refusal.body, "err_code"), None


def _read_close(_: int, reason: str) -> FailureCategory | None:
    return next((category for start, category in _REASONS.items() if reason.startswith(start)), None)
