"""Reads the morphs of a mesh: what each moves, and by which name."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from holo_app.hologram.avatars.accessors import count_of, floats
from holo_app.hologram.avatars.document import Document
from holo_app.hologram.avatars.faults import FaultCode, Findings, RefusedError
from holo_app.hologram.avatars.schema import Mesh, Primitive
from holo_app.hologram.character import Morph

_STILL = 1e-7
"""Moves below this share of the mesh's size are noise of the export."""
_FURTHEST = 1e6


def morph_names(mesh: Mesh) -> tuple[str, ...]:
    """The names that most tools write into `extras.targetNames`; empty where there are none."""
    extras = mesh.extras
    names = extras.get("targetNames") if isinstance(extras, dict) else None
    return tuple(name if isinstance(name, str) else "" for name in names) if isinstance(names, list) else ()


def read_morph(document: Document, primitive: Primitive, target: int, count: int) -> Morph:
    """What one target does to the `count` vertices of a piece.

    Raises: RefusedError: BAD_MORPH, where it does not fit the vertices or is not finite.
    """
    attributes = primitive.targets[target]
    moves = _deltas(document, attributes.get("POSITION"), count)
    turns = _deltas(document, attributes.get("NORMAL"), count)
    size = np.abs(moves).max(initial=0.0)
    moved = np.nonzero(np.abs(moves).max(axis=1) > max(size * 1e-4, _STILL))[0]
    return Morph(moved.astype(np.int32), moves[moved], turns[moved])


def _deltas(document: Document, index: int | None, count: int) -> NDArray[np.float32]:
    if index is None:
        return np.zeros((count, 3), np.float32)
    try:
        said = count_of(document, index)
        deltas = floats(document, index, 3) if said == count else None
    except RefusedError as error:
        raise RefusedError(FaultCode.BAD_MORPH, error.fault.text) from None
    if deltas is None:
        raise RefusedError(FaultCode.BAD_MORPH, f"it moves {said} of {count} vertices")
    if not (np.abs(deltas) < _FURTHEST).all():
        raise RefusedError(FaultCode.BAD_MORPH, "it moves vertices to infinity or nowhere")
    return deltas


def check_counts(mesh: Mesh, name: str, findings: Findings) -> bool:
    """Whether all pieces of a mesh have as many morphs as their names say."""
    counts = {len(primitive.targets) for primitive in mesh.primitives}
    names = morph_names(mesh)
    if len(counts) > 1:
        findings.add(FaultCode.BAD_MORPH, f"the parts of {name} have {sorted(counts)} morphs: they should have as many")
        return False
    if names and counts != {len(names)}:
        findings.add(FaultCode.BAD_MORPH, f"{name} names {len(names)} morphs, but has {max(counts, default=0)}")
        return False
    return True
