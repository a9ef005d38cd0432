"""Kokoro's network, put together from its parts, and made to tell how long each symbol lasts.

It knows the frames of each symbol (the result of the step that `_DURATIONS` names), but keeps them to itself. An ONNX file is a
protocol buffer, in which a message may be written in several pieces that are merged when it is read: a graph with one more
output is appended, and nothing has to be read or written anew.

Source: Protocol Buffers documentation, "Encoding", on merging; ONNX IR, `onnx.proto` (ModelProto.graph = 7, GraphProto.output =
12, ValueInfoProto.name = 1).
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

from holo_app.providers.onnx.protobuf import bytes_field

_DURATIONS = b"/encoder/Clip_output_0"
_TELLS_DURATIONS = bytes_field(7, bytes_field(12, bytes_field(1, _DURATIONS)))


def write_network(parts: Sequence[Path], target: Path) -> None:
    """Write the network whose second output is the frames of each symbol. Raises: OSError."""
    with target.open("wb") as whole:
        for part in parts:
            with part.open("rb") as piece:
                shutil.copyfileobj(piece, whole)
        whole.write(_TELLS_DURATIONS)
