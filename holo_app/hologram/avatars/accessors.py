"""Reads a document's arrays: every type, strides, normalised integers and sparse elements, all within their bounds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from holo_app.hologram.avatars import limits
from holo_app.hologram.avatars.document import Document
from holo_app.hologram.avatars.faults import FaultCode, RefusedError
from holo_app.hologram.avatars.schema import Accessor, Sparse

_TYPES: Final[Mapping[int, np.dtype[np.generic]]] = {
    5120: np.dtype("<i1"),
    5121: np.dtype("<u1"),
    5122: np.dtype("<i2"),
    5123: np.dtype("<u2"),
    5125: np.dtype("<u4"),
    5126: np.dtype("<f4"),
}
_WIDTHS: Final[Mapping[str, int]] = {
    "SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4, "MAT2": 4, "MAT3": 9, "MAT4": 16,
}  # fmt: skip


def floats(document: Document, index: int, width: int) -> NDArray[np.float32]:
    """An accessor as (count, width) float32; normalised integers become 0..1 or -1..1.

    Raises: RefusedError: another width, or bytes that are not there.
    """
    raw, accessor = _array(document, index, width)
    values: NDArray[np.float32] = raw.astype(np.float32)
    if accessor.normalized and raw.dtype.kind in "iu":
        # signed integers have one more step below zero than above
        largest = 2.0 ** (8 * raw.dtype.itemsize - (raw.dtype.kind == "i")) - 1
        values = np.maximum(values / np.float32(largest), np.float32(-1.0))
    return values


def integers(document: Document, index: int, width: int) -> NDArray[np.int64]:
    """An accessor as (count, width) whole numbers. Raises: RefusedError: as `floats`; fractions."""
    raw, _ = _array(document, index, width)
    if raw.dtype.kind == "f":
        raise RefusedError(FaultCode.BAD_DATA, f"accessor {index} should hold whole numbers")
    return raw.astype(np.int64)


def count_of(document: Document, index: int) -> int:
    """How many elements an accessor says that it has. Raises: RefusedError: there is none of that number."""
    return _accessor(document, index).count


def _accessor(document: Document, index: int) -> Accessor:
    if index >= len(document.gltf.accessors):
        raise RefusedError(FaultCode.BAD_DOCUMENT, f"there is no accessor {index}")
    return document.gltf.accessors[index]


def _array(document: Document, index: int, width: int) -> tuple[NDArray[np.generic], Accessor]:
    accessor = _accessor(document, index)
    if _WIDTHS[accessor.type] != width:
        raise RefusedError(FaultCode.BAD_DATA, f"accessor {index} is {accessor.type}, not {width} numbers each")
    if accessor.count > limits.ELEMENTS:
        raise RefusedError(FaultCode.TOO_BIG, f"accessor {index} has {accessor.count} elements")
    dtype = _TYPES[accessor.component_type]
    if accessor.buffer_view is None:
        values: NDArray[np.generic] = np.zeros((accessor.count, width), dtype)
    else:
        values = _strided(document, accessor.buffer_view, accessor.byte_offset, dtype, (accessor.count, width))
    if accessor.sparse is not None:
        values = values.copy()
        places, changes = _sparse(document, accessor.sparse, dtype, width)
        if places.max() >= accessor.count:
            raise RefusedError(FaultCode.BAD_DATA, f"accessor {index} changes an element that it does not have")
        values[places] = changes
    return values, accessor


def _sparse(
    document: Document, sparse: Sparse, dtype: np.dtype[np.generic], width: int
) -> tuple[NDArray[np.int64], NDArray[np.generic]]:
    if sparse.count > limits.ELEMENTS:
        raise RefusedError(FaultCode.TOO_BIG, f"a sparse accessor changes {sparse.count} elements")
    kind = _TYPES[sparse.indices.component_type]
    places = _strided(document, sparse.indices.buffer_view, sparse.indices.byte_offset, kind, (sparse.count, 1))
    changes = _strided(document, sparse.values.buffer_view, sparse.values.byte_offset, dtype, (sparse.count, width))
    return places[:, 0].astype(np.int64), changes


def _strided(
    document: Document, view: int, offset: int, dtype: np.dtype[np.generic], shape: tuple[int, int]
) -> NDArray[np.generic]:
    """A view of the bytes as (count, width)."""
    held, described = document.view(view)
    count, width = shape
    element = dtype.itemsize * width
    stride = described.byte_stride or element
    if stride < element or offset + (count - 1) * stride + element > len(held):
        raise RefusedError(FaultCode.BAD_DATA, f"buffer view {view} is too short for what lies in it")
    return np.ndarray(shape, dtype, held, offset, (stride, dtype.itemsize))
