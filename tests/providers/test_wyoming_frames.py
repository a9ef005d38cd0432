"""Events off the wire: each way of writing one is read, and what is none is told from the end of the connection."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wyoming.event import Event

from holo_app.providers.wyoming.frames import BrokenEventError, read_event


async def read(content: bytes) -> Event | None:
    reader = asyncio.StreamReader()
    reader.feed_data(content)
    reader.feed_eof()
    return await read_event(reader)


@pytest.mark.parametrize(
    ("content", "event"),
    [
        (b'{"type": "ping"}\n', Event("ping")),
        (b'{"type": "ping", "data": null, "new": [1]}\n', Event("ping")),
        (b'{"type": "x", "data": {"a": 1, "b": 1}, "data_length": 8}\n{"b": 2}', Event("x", {"a": 1, "b": 2})),
        (b'{"type": "x", "data_length": 0, "payload_length": 3}\n\n{}', Event("x", {}, b"\n{}")),
        ('{"type": "x", "data": {"text": "naïve"}}\n'.encode(), Event("x", {"text": "naïve"})),
        (b"", None),
    ],
    ids=["bare", "unknown", "merged", "payload", "inline", "end"],
)
async def test_an_event_is_read(content: bytes, event: Event | None) -> None:
    assert await read(content) == event


@pytest.mark.parametrize(
    "content",
    [
        b'{"nonsense": \n',
        b"[]\n",
        b'"x"\n',
        b'{"data": {}}\n',
        b'{"type": 7}\n',
        b'{"type": "x", "data": [1]}\n',
        b'{"type": "x", "data_length": -1}\n',
        b'{"type": "x", "data_length": "8"}\n',
        b'{"type": "x", "payload_length": true}\n',
        b'{"type": "x", "payload_length": 99999999999}\n',
        b'{"type": "x", "data_length": 2}\n[]',
        b'{"type": "x", "data_length": 2}\n\xff\xfe',
        b"\xff\n",
        b"x" * 70_000,
        b"[" * 20_000 + b"\n",
    ],
)
async def test_what_is_no_event_is_broken(content: bytes) -> None:
    with pytest.raises(BrokenEventError):
        await read(content)


@pytest.mark.parametrize("content", [b'{"type": "x"', b'{"type": "x", "payload_length": 4}\nabc'])
async def test_a_connection_that_ends_within_an_event_was_cut(content: bytes) -> None:
    with pytest.raises(asyncio.IncompleteReadError):
        await read(content)


@given(st.binary(max_size=200))
def test_nothing_that_comes_is_another_error(content: bytes) -> None:
    with suppress(BrokenEventError, asyncio.IncompleteReadError):
        asyncio.run(read(content))
