"""Puts all shown meshes of a document together into one body: arrays that a renderer can take as they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from holo_app.hologram.avatars import limits
from holo_app.hologram.avatars.document import Document
from holo_app.hologram.avatars.faults import FaultCode, Findings, RefusedError
from holo_app.hologram.avatars.hierarchy import Hierarchy
from holo_app.hologram.avatars.morphs import check_counts, morph_names, read_morph
from holo_app.hologram.avatars.pieces import Floats, Piece, read_piece
from holo_app.hologram.avatars.skins import Bone, BoneTable, Grip
from holo_app.hologram.character import Morph

Target = tuple[int, int]
"""A morph: the node that shows the mesh, and the number of the morph in it."""


@dataclass(frozen=True, slots=True)
class Body:
    """All meshes.

    positions, normals: (N, 3) as the meshes hold them, before their bones. uv: (N, 2). colour: (N, 4). rows, weights:
    (N, 4), see skins.Grip. triangles: by material number (None: the default one), (T, 3). morphs: by target; named: the
    targets of each name as written.
    """

    positions: Floats
    normals: Floats
    uv: Floats
    colour: Floats
    rows: NDArray[np.uint16]
    weights: Floats
    bones: tuple[Bone, ...]
    triangles: Mapping[int | None, NDArray[np.uint32]]
    morphs: Mapping[Target, Morph]
    named: Mapping[str, tuple[Target, ...]]

    @property
    def count(self) -> int:
        """How many triangles."""
        return sum(map(len, self.triangles.values()))


@dataclass(slots=True)
class _Collection:
    """What was read so far."""

    pieces: list[Piece] = field(default_factory=list)
    grips: list[Grip] = field(default_factory=list)
    triangles: dict[int | None, list[NDArray[np.uint32]]] = field(default_factory=dict)
    morphs: dict[Target, list[Morph]] = field(default_factory=dict)
    named: dict[str, list[Target]] = field(default_factory=dict)
    vertices: int = 0
    corners: int = 0
    moved: int = 0


def read_body(document: Document, hierarchy: Hierarchy, findings: Findings, hidden: frozenset[int]) -> Body | None:
    """All meshes of the shown nodes but the `hidden` ones; None where there is nothing to draw, which is then said.

    Raises: RefusedError: bytes that are not there; more than limits allow.
    """
    table = BoneTable(document, findings)
    found = _Collection()
    for node in hierarchy.order:
        if document.gltf.nodes[node].mesh is not None and node not in hidden:
            _read_node(document, node, table, found)
    if not found.triangles or not sum(len(part) for parts in found.triangles.values() for part in parts):
        findings.add(FaultCode.EMPTY, "it has no mesh with triangles that can be drawn")
        return None
    return _merged(found, tuple(table.bones), hierarchy)


def _read_node(document: Document, node: int, table: BoneTable, found: _Collection) -> None:
    number = document.gltf.nodes[node].mesh
    if number is None or number >= len(document.gltf.meshes):
        raise RefusedError(FaultCode.BAD_DOCUMENT, f"there is no mesh {number}")
    mesh = document.gltf.meshes[number]
    name = f"mesh {mesh.name[:40] or number!r}"
    sound = check_counts(mesh, name, table.findings)
    names = morph_names(mesh)
    targets = max((len(primitive.targets) for primitive in mesh.primitives), default=0) if sound else 0
    if len({*found.morphs, *((node, k) for k in range(targets))}) > limits.MORPHS:
        raise RefusedError(FaultCode.TOO_MANY_MORPHS, f"it has more than {limits.MORPHS} morphs")
    for k in range(min(targets, len(names))):
        found.named.setdefault(names[k], []).append((node, k))
    for primitive in mesh.primitives:
        piece = read_piece(document, primitive, name, table.findings)
        grip = table.grip(node, primitive, piece.count, name) if piece else None
        if piece is None or grip is None:
            continue
        first = _add(found, piece, grip, primitive.material)
        for k in range(targets):
            called = f"morph {names[k] if k < len(names) else k} of {name}"
            try:
                _add_morph(found, (node, k), read_morph(document, primitive, k, piece.count), first)
            except RefusedError as error:
                if error.fault.code is not FaultCode.BAD_MORPH:
                    raise
                table.findings.add(FaultCode.BAD_MORPH, f"{called} is broken: {error.fault.text}")


def _add(found: _Collection, piece: Piece, grip: Grip, material: int | None) -> int:
    """Returns: the number of the piece's first vertex."""
    first = found.vertices
    found.vertices += piece.count
    found.corners += len(piece.triangles)
    if found.vertices > limits.VERTICES or found.corners > limits.TRIANGLES:
        said = f"it has {found.vertices} vertices and {found.corners} triangles or more"
        allowed = f"{limits.VERTICES} and {limits.TRIANGLES} are allowed"
        raise RefusedError(FaultCode.TOO_MANY_VERTICES, f"{said}; {allowed}")
    found.pieces.append(piece)
    found.grips.append(grip)
    found.triangles.setdefault(material, []).append(piece.triangles + np.uint32(first))
    return first


def _add_morph(found: _Collection, target: Target, morph: Morph, first: int) -> None:
    found.moved += len(morph.index)
    if found.moved > limits.MORPH_ENTRIES:
        raise RefusedError(FaultCode.TOO_MANY_MORPHS, "its morphs move too many vertices")
    shifted = Morph((morph.index + first).astype(np.int32), morph.move, morph.turn)
    found.morphs.setdefault(target, []).append(shifted)


def _merged(found: _Collection, bones: tuple[Bone, ...], hierarchy: Hierarchy) -> Body:
    pieces, grips = found.pieces, found.grips
    morphs = {
        target: Morph(*(np.concatenate([getattr(part, name) for part in parts]) for name in ("index", "move", "turn")))
        for target, parts in found.morphs.items()
    }
    rows = np.concatenate([grip.rows for grip in grips])
    return Body(
        np.concatenate([piece.positions for piece in pieces]),
        np.concatenate([piece.normals for piece in pieces]),
        np.concatenate([piece.uv for piece in pieces]),
        np.concatenate([piece.colour for piece in pieces]),
        rows,
        np.concatenate([grip.weights for grip in grips]),
        bones,
        {
            material: _outwards(np.concatenate(parts), rows, bones, hierarchy)
            for material, parts in found.triangles.items()
        },
        morphs,
        {name: tuple(targets) for name, targets in found.named.items()},
    )


def _outwards(
    triangles: NDArray[np.uint32], rows: NDArray[np.uint16], bones: tuple[Bone, ...], hierarchy: Hierarchy
) -> NDArray[np.uint32]:
    """Triangles whose bone mirrors them, turned round."""
    mirrored = np.array([np.linalg.det((hierarchy.world[bone.node] @ bone.bind)[:3, :3]) < 0 for bone in bones])
    flipped = mirrored[rows[triangles[:, 0], 0]]
    return np.where(flipped[:, None], triangles[:, ::-1], triangles).astype(np.uint32)
