"""A figure from another tool as a renderer takes it, in our units, trimmed to what is seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from holo_app.hologram.avatars.body import Body, Target
from holo_app.hologram.avatars.pieces import Floats
from holo_app.hologram.avatars.surfaces import Picture, Surface
from holo_app.hologram.character import MORPH_EPSILON, Morph


@dataclass(frozen=True, slots=True)
class Shape:
    """Meshes, surfaces and morphs.

    positions, normals: (N, 3) before the bones. uv: (N, 2). colour: (N, 4) uint8. rows: (N, 4) of the bones' table, weights:
    (N, 4). parts: each surface with its triangles (T, 3). moving: how many vertices, from the first on, morphs can move.
    """

    positions: Floats
    normals: Floats
    uv: Floats
    colour: NDArray[np.uint8]
    rows: NDArray[np.uint16]
    weights: Floats
    parts: tuple[tuple[Surface, NDArray[np.uint32]], ...]
    pictures: tuple[Picture, ...]
    morphs: Mapping[Target, Morph]
    moving: int

    @property
    def triangles(self) -> int:
        """How many."""
        return sum(len(part) for _, part in self.parts)


class ShapeMorpher:
    """Applies morph weights once per frame. Holds the buffers, so that a frame allocates next to nothing."""

    def __init__(self, shape: Shape) -> None:
        count = shape.moving
        self._rest = np.concatenate([shape.positions[:count], shape.normals[:count]], axis=1)
        self._now = self._rest.copy()
        self._morphs = {
            target: (morph.index, np.concatenate([morph.move, morph.turn], axis=1))
            for target, morph in shape.morphs.items()
        }

    def apply(self, weights: Mapping[Target, float]) -> Floats:
        """Positions and normals (M, 6) of the moving vertices, M = shape.moving; valid until the next call."""
        np.copyto(self._now, self._rest)
        for target, weight in weights.items():
            if weight > MORPH_EPSILON and target in self._morphs:
                index, change = self._morphs[target]
                self._now[index] += change * np.float32(min(weight, 1.0))
        return self._now


def make_shape(
    body: Body,
    surfaces: Mapping[int | None, Surface],
    pictures: tuple[Picture, ...],
    seen: NDArray[np.bool_],
    used: frozenset[Target],
) -> Shape:
    """The shape of a body without what is never seen.

    Args: seen: (N,) vertices in the picture; a triangle without any is left out, unless that were all. used: the morphs that
        a pose can set; the others are left out.
    """
    kept = {material: part[seen[part].any(axis=1)] for material, part in body.triangles.items()}
    if not sum(map(len, kept.values())):
        kept = dict(body.triangles)
    present = np.zeros(len(body.positions), np.bool_)
    for part in kept.values():
        present[part] = True
    moves = np.zeros(len(body.positions), np.bool_)
    for target in used:
        moves[body.morphs[target].index] = True
    moves &= present
    order = np.concatenate([np.nonzero(moves)[0], np.nonzero(present & ~moves)[0]])
    place = np.zeros(len(body.positions), np.uint32)
    place[order] = np.arange(len(order), dtype=np.uint32)
    morphs = {target: _moved_to(body.morphs[target], present, place) for target in sorted(used)}
    return Shape(
        body.positions[order],
        body.normals[order],
        body.uv[order],
        (body.colour[order] * 255 + 0.5).astype(np.uint8),
        body.rows[order],
        body.weights[order],
        tuple((surfaces[material], place[part]) for material, part in kept.items() if len(part)),
        pictures,
        {target: morph for target, morph in morphs.items() if len(morph.index)},
        int(moves.sum()),
    )


def _moved_to(morph: Morph, present: NDArray[np.bool_], place: NDArray[np.uint32]) -> Morph:
    held = present[morph.index]
    return Morph(place[morph.index[held]].astype(np.int32), morph.move[held], morph.turn[held])
