"""Reads a piece of a mesh: its points, triangles, light directions, paint and picture coordinates."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from holo_app.hologram.avatars import limits
from holo_app.hologram.avatars.accessors import count_of, floats, integers
from holo_app.hologram.avatars.document import Document
from holo_app.hologram.avatars.faults import FaultCode, Findings, RefusedError
from holo_app.hologram.avatars.schema import Primitive, TextureTransform

Floats = NDArray[np.float32]
_TRIANGLES, _STRIP, _FAN = 4, 5, 6
_FURTHEST: Final = 1e7
"""Beyond it float32 cannot tell a lip from a chin, whatever the unit."""
_LONGEST_NORMAL: Final = 1e3
_FURTHEST_UV: Final = 1e4
"""So often a picture may be repeated."""


@dataclass(frozen=True, slots=True)
class Piece:
    """positions, normals: (N, 3). uv: (N, 2). colour: (N, 4) display colours. triangles: (T, 3)."""

    positions: Floats
    normals: Floats
    uv: Floats
    colour: Floats
    triangles: NDArray[np.uint32]

    @property
    def count(self) -> int:
        """How many vertices."""
        return len(self.positions)


def read_piece(document: Document, primitive: Primitive, name: str, findings: Findings) -> Piece | None:
    """A piece, or None where it has no surface or is broken, which `findings` then says.

    Raises: RefusedError: its bytes are not there.
    """
    if "KHR_draco_mesh_compression" in primitive.extensions:
        raise RefusedError(FaultCode.NEEDS_EXTENSION, f"{name} is compressed with Draco")
    if primitive.mode < _TRIANGLES:
        findings.add(FaultCode.IGNORED, f"{name} has points or lines, which are not drawn")
        return None
    if "POSITION" not in primitive.attributes:
        findings.add(FaultCode.IGNORED, f"a part of {name} has no positions")
        return None
    where = primitive.attributes["POSITION"]
    if count_of(document, where) > limits.VERTICES:
        raise RefusedError(FaultCode.TOO_MANY_VERTICES, f"{name} has {count_of(document, where)} vertices")
    positions = floats(document, where, 3)
    if not np.isfinite(positions).all() or np.abs(positions).max() > _FURTHEST:
        broken = int((~(np.abs(positions) <= _FURTHEST)).any(axis=1).sum())
        findings.add(FaultCode.NOT_FINITE, f"{broken} vertices of {name} are at infinity or nowhere")
        return None
    triangles = _triangles(document, primitive, len(positions))
    if triangles is None:
        findings.add(FaultCode.BAD_TRIANGLES, f"triangles of {name} name vertices that it does not have")
        return None
    normals = _normals(document, primitive, positions, triangles)
    if normals is None:
        findings.add(FaultCode.NORMALS_MADE, f"{name} has no normals that can be used: they were computed")
        normals = smooth_normals(positions, triangles)
    return Piece(
        positions,
        normals,
        _uv(document, primitive, len(positions)),
        _colour(document, primitive, len(positions)),
        triangles,
    )


def attribute(document: Document, primitive: Primitive, name: str, width: int, count: int) -> Floats | None:
    """An attribute as (count, width), None where there is none. Raises: RefusedError: it does not fit the vertices."""
    if name not in primitive.attributes:
        return None
    values = floats(document, primitive.attributes[name], width)
    if len(values) != count:
        raise RefusedError(FaultCode.BAD_DATA, f"{name} has {len(values)} elements for {count} vertices")
    return values


def smooth_normals(positions: Floats, triangles: NDArray[np.uint32]) -> Floats:
    """Unit normals (N, 3), by the area of the triangles around each vertex; forwards where there are none."""
    a, b, c = (positions[triangles[:, k]] for k in range(3))
    faces = np.cross(b - a, c - a)
    sums = np.zeros_like(positions)
    for k in range(3):
        np.add.at(sums, triangles[:, k], faces)
    return _unit(sums)


def _unit(directions: Floats) -> Floats:
    length = np.linalg.norm(directions, axis=1, keepdims=True)
    return np.where(length > 1e-20, directions / np.maximum(length, 1e-20), (0, 0, 1)).astype(np.float32)  # noqa: PLR2004


def _triangles(document: Document, primitive: Primitive, count: int) -> NDArray[np.uint32] | None:
    corners = np.arange(count) if primitive.indices is None else integers(document, primitive.indices, 1)[:, 0]
    if len(corners) and (corners.min() < 0 or corners.max() >= count):
        return None
    if primitive.mode == _TRIANGLES:
        return corners[: len(corners) // 3 * 3].reshape(-1, 3).astype(np.uint32)
    k = np.arange(max(len(corners) - 2, 0))
    if primitive.mode == _STRIP:
        made = np.stack([k, k + 1 + k % 2, k + 2 - k % 2], axis=1)
    else:
        made = np.stack([np.zeros_like(k), k + 1, k + 2], axis=1)
    return corners[made].astype(np.uint32)


def _normals(
    document: Document, primitive: Primitive, positions: Floats, triangles: NDArray[np.uint32]
) -> Floats | None:
    normals = attribute(document, primitive, "NORMAL", 3, len(positions))
    if normals is None or not (np.abs(normals) < _LONGEST_NORMAL).all():
        return None
    # some tools write zeros
    if (np.linalg.norm(normals, axis=1) < 1e-6).any():  # noqa: PLR2004 - no direction at all
        normals = np.where(
            np.linalg.norm(normals, axis=1, keepdims=True) < 1e-6,  # noqa: PLR2004 - as above
            smooth_normals(positions, triangles),
            normals,
        ).astype(np.float32)
    return _unit(normals)


def _uv(document: Document, primitive: Primitive, count: int) -> Floats:
    """Coordinates of the base colour's picture, as its transform puts them."""
    channel, change = 0, TextureTransform()
    materials = document.gltf.materials
    if primitive.material is not None and primitive.material < len(materials):
        reference = materials[primitive.material].pbr_metallic_roughness.base_color_texture
        if reference is not None:
            channel = reference.tex_coord
            change = _transform(reference.extensions.get("KHR_texture_transform"))
            channel = channel if change.tex_coord is None else change.tex_coord
    uv = attribute(document, primitive, f"TEXCOORD_{channel}", 2, count)
    if uv is None:
        return np.zeros((count, 2), np.float32)
    cos, sin = math.cos(change.rotation), math.sin(change.rotation)
    turn = np.array([[cos, sin], [-sin, cos]], np.float32)
    uv = np.clip(np.nan_to_num(uv), -_FURTHEST_UV, _FURTHEST_UV)
    moved = (uv * np.array(change.scale, np.float32)) @ turn.T + np.array(change.offset, np.float32)
    return np.asarray(np.clip(moved, -_FURTHEST_UV, _FURTHEST_UV), np.float32)


def _transform(extension: object) -> TextureTransform:
    if extension is None:
        return TextureTransform()
    try:
        change = TextureTransform.model_validate(extension)
    except ValidationError:
        raise RefusedError(FaultCode.BAD_DOCUMENT, "a KHR_texture_transform does not hold") from None
    if max(map(abs, (*change.offset, *change.scale, change.rotation))) > _FURTHEST_UV:
        raise RefusedError(FaultCode.BAD_DOCUMENT, "a KHR_texture_transform goes beyond all bounds")
    return change


def _colour(document: Document, primitive: Primitive, count: int) -> Floats:
    index = primitive.attributes.get("COLOR_0")
    if index is None or index >= len(document.gltf.accessors):
        return np.ones((count, 4), np.float32)
    width = 3 if document.gltf.accessors[index].type == "VEC3" else 4
    values = attribute(document, primitive, "COLOR_0", width, count)
    painted = np.ones((count, 4), np.float32)
    if values is not None:
        painted[:, :width] = np.nan_to_num(values)
    painted[:, :3] = display_colour(painted[:, :3])
    return np.clip(painted, 0, 1)


def display_colour(linear: Floats) -> Floats:
    """Light 0..1 as glTF counts it, to the display's colours (sRGB)."""
    held = np.clip(linear, 0, 1)
    return np.where(held <= 0.0031308, held * 12.92, 1.055 * held ** (1 / 2.4) - 0.055).astype(np.float32)  # noqa: PLR2004 - IEC 61966-2-1
