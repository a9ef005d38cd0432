"""The frames of Azure's speech protocol ("USP"): headers and a body in each WebSocket message.

A text message is header lines, an empty line and the body. A binary message is the length of its headers as two bytes, big
endian, the headers, and the sound.

Source: Microsoft's JavaScript Speech SDK 1.52.0.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from holo_app.errors import FailureCategory, ProviderError
from holo_app.providers.http.json_values import JsonObject, json_object

PROTOCOL = "USP"
"""The WebSocket subprotocol."""

TICKS_A_SECOND = 10_000_000
_LINE = "\r\n"
_JSON = "application/json; charset=utf-8"
_LENGTH = struct.Struct(">H")


@dataclass(frozen=True, slots=True)
class Frame:
    """One message. path: what it is, in lower case. headers: by lower-case name. body: as it came."""

    path: str
    headers: Mapping[str, str]
    body: str | bytes

    @property
    def sound(self) -> bytes:
        """The body of a binary message; empty for a text."""
        return self.body if isinstance(self.body, bytes) else b""

    def json(self, provider: str) -> JsonObject:
        """The body as a JSON object. Raises: ProviderError(BAD_RESPONSE)."""
        return json_object(provider, self.body)


def json_frame(path: str, request_id: str, body: Mapping[str, Any], at: datetime) -> str:
    """A text message with a JSON object."""
    return text_frame(path, request_id, json.dumps(body, separators=(",", ":")), at, _JSON)


def text_frame(path: str, request_id: str, body: str, at: datetime, content_type: str) -> str:
    """A text message. request_id: 32 hexadecimal digits, one for each turn."""
    return _headers(path, request_id, at, content_type) + _LINE + body


def sound_frame(request_id: str, sound: bytes, at: datetime, content_type: str = "") -> bytes:
    """A binary `audio` message. content_type: only the first message of a stream has one."""
    headers = _headers("audio", request_id, at, content_type).encode()
    return _LENGTH.pack(len(headers)) + headers + sound


def read_frame(provider: str, message: str | bytes) -> Frame:
    """The frame in a message. Raises: ProviderError(BAD_RESPONSE): it is none."""
    body: str | bytes
    if isinstance(message, str):
        head, _, body = message.partition(_LINE + _LINE)
    else:
        length = _LENGTH.unpack_from(message)[0] if len(message) >= _LENGTH.size else len(message)
        end = _LENGTH.size + length
        if end > len(message):
            raise _broken(provider)
        head, body = message[_LENGTH.size : end].decode("utf-8", "replace"), message[end:]
    headers = {
        name.strip().lower(): value.strip()
        for name, colon, value in (line.partition(":") for line in head.split(_LINE))
        if colon
    }
    path = headers.get("path", "").lower()
    if not path:
        raise _broken(provider)
    return Frame(path, headers, body)


def _headers(path: str, request_id: str, at: datetime, content_type: str) -> str:
    named = {
        "Path": path,
        "X-RequestId": request_id,
        "X-Timestamp": f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}Z",
        "Content-Type": content_type,
    }
    return "".join(f"{name}:{value}{_LINE}" for name, value in named.items() if value)


def _broken(provider: str) -> ProviderError:
    return ProviderError(provider, FailureCategory.BAD_RESPONSE, "a message is no frame of the speech protocol")
