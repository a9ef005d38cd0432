"""Where Azure's speech services are, how they are opened, and what their refusals mean."""

from __future__ import annotations

import platform
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import holo_app
from holo_app.errors import FailureCategory
from holo_app.providers.azure.frames import PROTOCOL
from holo_app.providers.http.failures import Refusal
from holo_app.providers.http.json_values import text_in
from holo_app.providers.sockets.socket import Socket, open_socket, socket_address

NAME = "azure"
_TOKEN_BEGINS = "eyJ"  # noqa: S105 - of any token
"""A JSON Web Token: what the companion hands out for ten minutes in place of the key."""

_TOO_MANY_REQUESTS = 4429


@dataclass(frozen=True, slots=True)
class AzureAccess:
    """Where one of the services is, and the key to it. base_url: without a path. key: a key, or a token of ten minutes."""

    base_url: str
    key: str = field(repr=False)


def recognition_address(region: str, base_url: str = "") -> str:
    """The base address of the speech recognition. base_url: another one, such as an emulator's."""
    return base_url or f"https://{region}.stt.speech.microsoft.com"


def synthesis_address(region: str, base_url: str = "") -> str:
    """The base address of the speech synthesis."""
    return base_url or f"https://{region}.tts.speech.microsoft.com"


@asynccontextmanager
async def azure_socket(access: AzureAccess, path: str, query: Mapping[str, str] | None = None) -> AsyncIterator[Socket]:
    """A connection to a service. Raises: ProviderError."""
    headers = {"X-ConnectionId": uuid4().hex}
    if access.key.startswith(_TOKEN_BEGINS):
        headers["Authorization"] = f"Bearer {access.key}"
    else:
        headers["Ocp-Apim-Subscription-Key"] = access.key
    address = socket_address(access.base_url, path, query)
    async with open_socket(
        NAME, address, headers, protocols=(PROTOCOL,), read=read_refusal, read_close=read_close
    ) as socket:
        yield socket


def speech_config(**context: Any) -> dict[str, Any]:
    """The body of `speech.config`: who speaks here."""
    system = {"name": "holo-app", "version": holo_app.__version__, "build": "Python", "lang": "Python"}
    machine = {"platform": platform.system(), "name": platform.system(), "version": platform.release()}
    return {"context": {"system": system, "os": machine, **context}}


def read_refusal(refusal: Refusal) -> tuple[FailureCategory | None, str, float | None]:
    """A ReadRefusal: a spent quota comes as 403 or 429, and only the words tell it from a wrong key or from haste."""
    detail = text_in(refusal.body, "error", "message") or text_in(refusal.body, "message") or refusal.text.strip()
    spent = "out of call volume quota" in detail.lower()
    return FailureCategory.QUOTA if spent else None, detail, None


def read_close(code: int, reason: str) -> FailureCategory | None:
    """A ReadClose."""
    if code == _TOO_MANY_REQUESTS:
        return FailureCategory.QUOTA if "quota" in reason.lower() else FailureCategory.RATE_LIMITED
    return None
