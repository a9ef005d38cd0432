"""Cutting a Piper voice's network in three, so that the first sound is there before the sentence is.

The first part turns symbols into frames of 256 samples or so; it also knows how long each symbol is spoken (the result of its
only `Ceil` step), but keeps that to itself. The flow turns those frames into others, and the decoder these into sound, both by
convolutions alone: what becomes of a frame depends on some frames around it, and can be had piece by piece. Measured for a
sentence of 60 letters: 13 % of the time for the first part, 16 % for the flow, the rest for the decoder.

An ONNX file is a protocol buffer. Its parts are copied as they lie there: no library has to read and write 60 MB.

Source: ONNX IR, `onnx.proto` (ModelProto.graph = 7; GraphProto.node = 1, .initializer = 5, .input = 11, .output = 12,
.value_info = 13; NodeProto.input = 1, .output = 2, .name = 3, .op_type = 4; TensorProto.name = 8; ValueInfoProto.name = 1,
.type = 2; TypeProto.tensor_type = 1; TypeProto.Tensor.elem_type = 1, where 1 is float).
"""

from __future__ import annotations

import mmap
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from holo_app.providers.onnx.protobuf import Field, Span, bytes_field, fields, number_field, write_message

_MODEL_GRAPH = 7
_NODE, _INITIALIZER, _INPUT, _OUTPUT, _VALUE_INFO = 1, 5, 11, 12, 13
_NODE_INPUT, _NODE_OUTPUT, _NODE_NAME, _NODE_OP = 1, 2, 3, 4
_TENSOR_NAME = 8
_VALUE_NAME, _VALUE_TYPE = 1, 2
_DECODER, _FLOW = b"/dec/", b"/flow/"
_SHAPING = {b"Unsqueeze", b"Squeeze", b"Reshape", b"Identity"}
"""Steps after the decoder that leave its samples as they are."""

_BRANCHING = {b"If", b"Loop", b"Scan"}
"""Steps with bodies, in which other names are used."""


@dataclass(frozen=True, slots=True)
class VoiceNetwork:
    """The files of a voice's network.

    first: symbols to sound, or to the inputs of what follows, by their names. flow: some of those to the decoder's input, its
    only output; None where it is a part of `first`. decoder: to sound; None where all is in `first`.
    tells_durations: the last output of `first` is the frames that each symbol lasts.
    """

    first: Path
    flow: Path | None
    decoder: Path | None
    tells_durations: bool


@dataclass(frozen=True, slots=True)
class _Node:
    whole: Span
    name: bytes
    op: bytes
    inputs: frozenset[bytes]
    outputs: tuple[bytes, ...]


class _Graph:
    """Where the parts of a model's graph lie in its file."""

    def __init__(self, data: mmap.mmap) -> None:
        self.data = data
        top = list(fields(data, Span(0, len(data))))
        self.around = [field.whole for field in top if field.number != _MODEL_GRAPH]
        parts = [part for field in top if field.number == _MODEL_GRAPH for part in fields(data, field.value)]
        self.nodes = [self._node(part) for part in parts if part.number == _NODE]
        self.initializers = {
            self._names(part, _TENSOR_NAME)[0]: part.whole for part in parts if part.number == _INITIALIZER
        }
        self.outputs = [self._names(part, _VALUE_NAME)[0] for part in parts if part.number == _OUTPUT]
        # a shape that was noted down for a tensor that is gone would be an error; no shape has to be noted down
        moved = {_NODE, _INITIALIZER, _OUTPUT, _VALUE_INFO}
        self.rest = [part for part in parts if part.number not in moved]

    def _node(self, part: Field) -> _Node:
        values: dict[int, list[bytes]] = {}
        for field in fields(self.data, part.value):
            if field.number <= _NODE_OP:
                values.setdefault(field.number, []).append(self.data[slice(*field.value)])
        return _Node(
            part.whole,
            b"".join(values.get(_NODE_NAME, [])),
            b"".join(values.get(_NODE_OP, [])),
            # a step may leave out an input that it could have
            frozenset(values.get(_NODE_INPUT, [])) - {b""},
            tuple(values.get(_NODE_OUTPUT, [])),
        )

    def _names(self, part: Field, number: int) -> list[bytes]:
        return [self.data[slice(*field.value)] for field in fields(self.data, part.value) if field.number == number]


def cut_network(model: Path, folder: Path) -> VoiceNetwork:
    """Write a voice's network into `folder` in the form that it is run in.

    A network that is not built like Piper's voices stays whole; one without exactly one `Ceil` step tells no durations.
    Raises: OSError; ValueError: the file is not a protocol buffer.
    """
    with model.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        graph = _Graph(data)
        ceils = [name for node in graph.nodes if node.op == b"Ceil" for name in node.outputs]
        durations = ceils if len(ceils) == 1 else []
        first, flow, decoder = (folder / name for name in ("voice.onnx", "flow.onnx", "decoder.onnx"))
        cut = _find_cut(graph)
        if cut is None:
            _write(first, graph, _Part(graph.nodes, None, [*graph.outputs, *durations], set()))
            return VoiceNetwork(first, None, None, bool(durations))
        weights = graph.initializers.keys()
        _write(decoder, graph, _Part(cut.later, cut.between, cut.made, weights - _inputs(cut.later)))
        away, between, flowing = _inputs(cut.later), cut.between, _find_flow(graph, cut)
        if flowing is not None:
            _write(flow, graph, _Part(flowing.later, flowing.between, flowing.made, weights - _inputs(flowing.later)))
            away |= _inputs(flowing.later)
            between = [*flowing.between, *(name for name in between if name not in flowing.made)]
        earlier = cut.earlier if flowing is None else flowing.earlier
        _write(first, graph, _Part(earlier, None, [*between, *durations], away - _inputs(earlier)))
        return VoiceNetwork(first, None if flowing is None else flow, decoder, bool(durations))


@dataclass(frozen=True, slots=True)
class _Cut:
    """between: what `later` takes from `earlier`. made: what comes out of it."""

    earlier: list[_Node]
    later: list[_Node]
    between: list[bytes]
    made: list[bytes]


@dataclass(frozen=True, slots=True)
class _Part:
    """A network to be written. inputs: None for those of the whole. dropped: weights that it has no use for.

    Whatever the flow or the decoder alone names goes with it; a body of an `If` or `Loop` before it may name any of the others.
    """

    nodes: list[_Node]
    inputs: list[bytes] | None
    outputs: list[bytes]
    dropped: set[bytes]


def _find_cut(graph: _Graph) -> _Cut | None:
    """The decoder and what comes before it; None where the two cannot be parted."""
    later = [node for node in graph.nodes if node.name.startswith(_DECODER)]
    made = _outputs(later)
    others = [node for node in graph.nodes if not node.name.startswith(_DECODER)]
    after = [node for node in others if node.inputs & made]
    earlier = [node for node in others if not node.inputs & made]
    between = sorted(_inputs(later) - made - graph.initializers.keys())
    sound = sorted(made - _inputs(later))
    whole = (
        between
        and len(sound) == 1
        and all(node.op in _SHAPING for node in after)
        and (_outputs(after) or made).issuperset(graph.outputs)
    )
    return _Cut(earlier, later, between, sound) if whole else None


def _find_flow(graph: _Graph, cut: _Cut) -> _Cut | None:
    """The flow and what follows it up to the decoder; None where it cannot be parted from what comes before."""
    later, earlier = _following([node for node in cut.earlier if node.name.startswith(_FLOW)], cut.earlier)
    made = _outputs(later)
    between = sorted(_inputs(later) - made - graph.initializers.keys())
    handed_on = sorted(made.intersection(cut.between))
    parts = (
        between
        and _outputs(earlier).issuperset(between)
        and len(handed_on) == 1
        and not any(node.op in _BRANCHING for node in later)
    )
    return _Cut(earlier, later, between, handed_on) if parts else None


def _following(begin: list[_Node], nodes: list[_Node]) -> tuple[list[_Node], list[_Node]]:
    """All that depends on `begin`, itself included, and the others. nodes: so ordered that a step's inputs come before it."""
    made, later, earlier = _outputs(begin), list[_Node](), list[_Node]()
    named = {node.whole for node in begin}
    for node in nodes:
        if node.whole in named or node.inputs & made:
            later.append(node)
            made.update(node.outputs)
        else:
            earlier.append(node)
    return later, earlier


def _outputs(nodes: Iterable[_Node]) -> set[bytes]:
    return {name for node in nodes for name in node.outputs}


def _inputs(nodes: Iterable[_Node]) -> set[bytes]:
    return {name for node in nodes for name in node.inputs}


def _write(target: Path, graph: _Graph, part: _Part) -> None:
    kept = [
        *(node.whole for node in part.nodes),
        *(whole for name, whole in graph.initializers.items() if name not in part.dropped),
        *(field.whole for field in graph.rest if field.number != _INPUT or part.inputs is None),
    ]
    of_floats = bytes_field(_VALUE_TYPE, bytes_field(1, number_field(1, 1)))
    added = b"".join(bytes_field(_INPUT, bytes_field(_VALUE_NAME, name) + of_floats) for name in part.inputs or ())
    added += b"".join(bytes_field(_OUTPUT, bytes_field(_VALUE_NAME, name)) for name in part.outputs)
    with target.open("wb") as file:
        file.writelines(graph.data[slice(*span)] for span in graph.around)
        write_message(file, _MODEL_GRAPH, graph.data, kept, added)
