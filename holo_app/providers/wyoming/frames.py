"""Reading one event off the wire.

The library's own reader takes a message that it cannot read for the end of the connection; here the two are told apart, and a
length that no server means is not waited for.

Source: wyoming 1.10.2, `event.py`: a line of JSON with `type`, `data` and two lengths; so many bytes of JSON that are merged
over `data`; so many bytes of payload.
"""

from __future__ import annotations

import asyncio
import json
from typing import Any

from wyoming.event import Event

_LARGEST = {"data_length": 4 * 1024 * 1024, "payload_length": 64 * 1024 * 1024}


class BrokenEventError(Exception):
    """What came is no event."""


async def read_event(reader: asyncio.StreamReader) -> Event | None:
    """The next event; None where the connection ended before it.

    Raises: BrokenEventError. OSError, asyncio.IncompleteReadError: the connection was cut.
    """
    try:
        line = await reader.readline()
    except ValueError as error:
        raise BrokenEventError("the first line does not end") from error
    if not line:
        return None
    if not line.endswith(b"\n"):
        raise asyncio.IncompleteReadError(line, None)
    head = _object(line)
    data, name = head.get("data") or {}, head.get("type")
    if not isinstance(name, str) or not isinstance(data, dict):
        raise BrokenEventError("it has no type, or data that is no object")
    if length := _length(head, "data_length"):
        data = {**data, **_object(await reader.readexactly(length))}
    length = _length(head, "payload_length")
    return Event(name, data, await reader.readexactly(length) if length else None)


def _object(text: bytes) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BrokenEventError("it is no JSON") from error
    if not isinstance(value, dict):
        raise BrokenEventError("it is no JSON object")
    return value


def _length(head: dict[str, Any], key: str) -> int:
    length = head.get(key)
    if length is None:
        return 0
    if not isinstance(length, int) or isinstance(length, bool) or not 0 <= length <= _LARGEST[key]:
        raise BrokenEventError(f"{key} is {length!r}"[:80])
    return length
