"""Making a Piper voice tell how long it speaks each phoneme.

The network rounds these durations up (its only `Ceil` step) but keeps them to itself. An ONNX file is a protocol
buffer, and two of these laid end to end are one message whose lists are joined: so a few bytes after the end of the
file are enough to name that step's result as a further output, with no library to load and rewrite 60 MB.

Source: ONNX IR, `onnx.proto` (ModelProto.graph = 7; GraphProto.node = 1, .output = 12; NodeProto.output = 2, .op_type = 4;
ValueInfoProto.name = 1); Protocol Buffers encoding, section "Last One Wins".
"""

from __future__ import annotations

import mmap
import shutil
from collections.abc import Iterator
from pathlib import Path

_MODEL_GRAPH = 7
_GRAPH_NODE, _GRAPH_OUTPUT = 1, 12
_NODE_OUTPUT, _NODE_OP_TYPE = 2, 4
_VALUE_NAME = 1
_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5

Field = tuple[int, int, int]
"""number, first byte and end of the value of a length-delimited field."""


def copy_with_durations(model: Path, target: Path) -> bool:
    """Copy a voice, with the samples per phoneme id (in hops) as its last output.

    Returns: whether that could be added; a model without exactly one `Ceil` step is copied as it is.
    Raises:  OSError; ValueError: the file is not a protocol buffer.
    """
    shutil.copyfile(model, target)
    name = _durations_name(model)
    if name is None:
        return False
    with target.open("ab") as copy:
        copy.write(_field(_MODEL_GRAPH, _field(_GRAPH_OUTPUT, _field(_VALUE_NAME, name))))
    return True


def _durations_name(model: Path) -> bytes | None:
    with model.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        ceils: list[bytes] = []
        for graph in _fields(data, 0, len(data), _MODEL_GRAPH):
            for node in _fields(data, *graph[1:], _GRAPH_NODE):
                if any(data[start:end] == b"Ceil" for _, start, end in _fields(data, *node[1:], _NODE_OP_TYPE)):
                    ceils += [data[start:end] for _, start, end in _fields(data, *node[1:], _NODE_OUTPUT)]
        return ceils[0] if len(ceils) == 1 else None


def _fields(data: mmap.mmap, start: int, end: int, wanted: int) -> Iterator[Field]:
    """The length-delimited fields of one number within a message."""
    while start < end:
        key, start = _varint(data, start, end)
        kind = key & 7
        if kind == _VARINT:
            _, start = _varint(data, start, end)
            continue
        if kind == _BYTES:
            length, start = _varint(data, start, end)
            if key >> 3 == wanted:
                yield wanted, start, start + length
        elif kind in {_FIXED64, _FIXED32}:
            length = 8 if kind == _FIXED64 else 4
        else:
            raise ValueError(f"no protocol buffer: wire type {kind} at byte {start}")
        start += length


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


def _field(number: int, value: bytes) -> bytes:
    return _number(number << 3 | _BYTES) + _number(len(value)) + value


def _number(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:  # noqa: PLR2004 - seven bits go into each byte
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])
