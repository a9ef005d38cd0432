"""As much of the Protocol Buffers encoding as it takes to rearrange a message of 60 MB without reading it into memory.

Source: Protocol Buffers documentation, "Encoding".
"""

from __future__ import annotations

import mmap
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_FIXED_LENGTH = {_FIXED64: 8, _FIXED32: 4}


class Span(NamedTuple):
    """A part of a file: the bytes from `start` to before `end`."""

    start: int
    end: int


class Field(NamedTuple):
    """One field of a message. whole: with its key; value: without. A number's value is empty: nothing here needs one."""

    number: int
    whole: Span
    value: Span


def fields(data: mmap.mmap, message: Span) -> Iterator[Field]:
    """The fields of a message, in order. Raises: ValueError: it is no message."""
    at, end = message
    while at < end:
        begin = at
        key, at = _varint(data, at, end)
        kind = key & 7
        if kind == _BYTES:
            length, at = _varint(data, at, end)
        elif kind == _VARINT:
            _, at = _varint(data, at, end)
            length = 0
        elif kind in _FIXED_LENGTH:
            length = _FIXED_LENGTH[kind]
        else:
            raise ValueError(f"no protocol buffer: wire type {kind} at byte {begin}")
        if at + length > end:
            raise ValueError(f"no protocol buffer: the field at byte {begin} is longer than its message")
        yield Field(key >> 3, Span(begin, at + length), Span(at, at + length))
        at += length


def bytes_field(number: int, value: bytes) -> bytes:
    """A field that holds text, bytes or a message."""
    return _number(number << 3 | _BYTES) + _number(len(value)) + value


def number_field(number: int, value: int) -> bytes:
    """A field that holds a number that is not negative."""
    return _number(number << 3 | _VARINT) + _number(value)


def write_message(target: BinaryIO, number: int, data: mmap.mmap, kept: list[Span], added: bytes) -> None:
    """Write a field that is a message: fields of another one, and encoded new ones after them."""
    length = sum(span.end - span.start for span in kept) + len(added)
    target.write(_number(number << 3 | _BYTES) + _number(length))
    target.writelines(data[slice(*span)] for span in kept)
    target.write(added)


def _varint(data: mmap.mmap, start: int, end: int) -> tuple[int, int]:
    value = shift = 0
    while start < end:
        byte = data[start]
        start += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:  # noqa: PLR2004 - the bit that says whether another byte follows
            return value, start
        shift += 7
    raise ValueError("no protocol buffer: it ends within a number")


def _number(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:  # noqa: PLR2004 - seven bits go into each byte
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])
