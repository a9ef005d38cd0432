"""Arrays of any type, stride, offset and sparseness are read as the format says: against a reader that goes byte by byte."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holo_app.hologram.avatars.accessors import floats, integers
from holo_app.hologram.avatars.document import Document
from holo_app.hologram.avatars.faults import RefusedError
from holo_app.hologram.avatars.schema import Gltf

LETTERS = {5120: "b", 5121: "B", 5122: "h", 5123: "H", 5125: "I", 5126: "f"}
LARGEST = {5120: 127, 5121: 255, 5122: 32767, 5123: 65535, 5125: 2**32 - 1}
WIDTHS = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4, "MAT4": 16}


@st.composite
def files(draw: st.DrawFn) -> tuple[dict[str, Any], bytes]:
    component, kind = draw(st.sampled_from(sorted(LETTERS))), draw(st.sampled_from(sorted(WIDTHS)))
    element = WIDTHS[kind] * struct.calcsize(LETTERS[component])
    stride = draw(st.one_of(st.none(), st.integers(max(element, 4), max(element, 4) + 9)))
    count, offset, start = draw(st.integers(1, 6)), draw(st.integers(0, 9)), draw(st.integers(0, 7))
    length = offset + (count - 1) * (stride or element) + element
    buffer = draw(st.binary(min_size=start + length + 40, max_size=start + length + 40))
    places = draw(st.lists(st.integers(0, count - 1), unique=True, max_size=count))
    accessor: dict[str, Any] = {
        "bufferView": 0, "byteOffset": offset, "componentType": component, "count": count, "type": kind,
        "normalized": component not in (5125, 5126) and draw(st.booleans()),
    }  # fmt: skip
    views = [{"buffer": 0, "byteOffset": start, "byteLength": length} | ({"byteStride": stride} if stride else {})]
    if places:
        changes = draw(st.binary(min_size=element * len(places), max_size=element * len(places)))
        at = len(buffer)
        buffer += struct.pack(f"<{len(places)}H", *places) + changes
        views += [
            {"buffer": 0, "byteOffset": at, "byteLength": 2 * len(places)},
            {"buffer": 0, "byteOffset": at + 2 * len(places), "byteLength": len(changes)},
        ]
        accessor["sparse"] = {
            "count": len(places),
            "indices": {"bufferView": 1, "componentType": 5123},
            "values": {"bufferView": 2},
        }
    document: dict[str, Any] = {
        "asset": {"version": "2.0"}, "buffers": [{"byteLength": len(buffer)}], "bufferViews": views,
        "accessors": [accessor],
    }  # fmt: skip
    return document, buffer


def slowly(document: dict[str, Any], buffer: bytes) -> list[list[float]]:
    """The values, one after the other."""
    accessor = document["accessors"][0]
    views = document["bufferViews"]
    letter, width = LETTERS[accessor["componentType"]], WIDTHS[accessor["type"]]
    size = struct.calcsize(letter)
    stride = views[0].get("byteStride", width * size)
    rows = [
        list(
            struct.unpack_from(
                f"<{width}{letter}", buffer, views[0]["byteOffset"] + accessor["byteOffset"] + k * stride
            )
        )
        for k in range(accessor["count"])
    ]
    if "sparse" in accessor:
        for n in range(accessor["sparse"]["count"]):
            [place] = struct.unpack_from("<H", buffer, views[1]["byteOffset"] + 2 * n)
            rows[place] = list(
                struct.unpack_from(f"<{width}{letter}", buffer, views[2]["byteOffset"] + n * width * size)
            )
    if accessor["normalized"]:
        rows = [[max(value / LARGEST[accessor["componentType"]], -1.0) for value in row] for row in rows]
    return rows


def opened(document: dict[str, Any], buffer: bytes) -> Document:
    return Document(Gltf.model_validate(document), Path(), buffer)


@settings(deadline=None, max_examples=60)
@given(files())
def test_it_reads_what_the_bytes_say(file: tuple[dict[str, Any], bytes]) -> None:
    document, buffer = file
    accessor = document["accessors"][0]
    wanted = np.array(slowly(document, buffer), np.float64)
    with np.errstate(all="ignore"):
        read = floats(opened(document, buffer), 0, WIDTHS[accessor["type"]])
    assert read.dtype == np.float32
    np.testing.assert_allclose(read, wanted.astype(np.float32), rtol=1e-6)
    if accessor["componentType"] != 5126:
        plain = {**document, "accessors": [{**accessor, "normalized": False}]}
        exact = integers(opened(plain, buffer), 0, WIDTHS[accessor["type"]])
        assert (exact == np.array(slowly(plain, buffer))).all()


@settings(deadline=None, max_examples=40)
@given(files(), st.integers(1, 60))
def test_a_buffer_that_ends_early_is_refused(file: tuple[dict[str, Any], bytes], missing: int) -> None:
    document, buffer = file
    accessor = document["accessors"][0]
    with pytest.raises(RefusedError):
        floats(opened(document, buffer[: len(buffer) - missing]), 0, WIDTHS[accessor["type"]])


@pytest.mark.parametrize("component", sorted(LETTERS))
def test_without_bytes_it_is_zeros(component: int) -> None:
    document: dict[str, Any] = {
        "asset": {"version": "2.0"},
        "accessors": [{"componentType": component, "count": 3, "type": "VEC2"}],
    }
    assert (floats(opened(document, b""), 0, 2) == np.zeros((3, 2))).all()


def test_fractions_are_no_indices() -> None:
    document: dict[str, Any] = {
        "asset": {"version": "2.0"},
        "accessors": [{"componentType": 5126, "count": 3, "type": "SCALAR"}],
    }
    with pytest.raises(RefusedError, match="whole numbers"):
        integers(opened(document, b""), 0, 1)
