"""A piece of the character on its way to being assembled."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from holo_app.hologram.palette import Material
from holo_app.hologram.sculpt.fields import Points

RIGID_HEAD: Final = 1.0
_PER_VERTEX: Final = ("vertices", "normals", "base", "tint", "mix", "shade", "gloss", "head", "eye")


@dataclass(frozen=True, slots=True)
class Part:
    """One mesh with what the shader needs per vertex.

    vertices, normals: (N, 3). triangles: (T, 3), wound outwards. base, tint: (N,) Material numbers, blended by mix
    (N,) 0..1. shade: (N,) 0 = fully occluded, 1 = open. gloss: (N,). head: (N,) how much it follows the head's
    turning. eye: (N, 3) eye-local x (outwards), y and side -1/+1; |x| > 2 is far from any eye. morphs: displaced
    vertices (N, 3) per morph name.
    """

    vertices: Points
    normals: Points
    triangles: NDArray[np.uint32]
    base: NDArray[np.uint8]
    tint: NDArray[np.uint8]
    mix: NDArray[np.float32]
    shade: NDArray[np.float32]
    gloss: NDArray[np.float32]
    head: NDArray[np.float32]
    eye: Points
    morphs: dict[str, Points] = field(default_factory=dict)

    def recoloured(self, tint: Material, mix: NDArray[np.float32]) -> Part:
        """The same piece with a second material blended in where mix (N,) says."""
        return replace(self, tint=np.full(len(self.vertices), tint, np.uint8), mix=mix.astype(np.float32))


def without(part: Part, hidden: NDArray[np.bool_]) -> Part:
    """The piece without the triangles whose corners are all hidden, and without the vertices nobody needs then.

    hidden: (N,).
    """
    kept = part.triangles[~hidden[part.triangles].all(axis=1)]
    used = np.unique(kept)
    place = np.zeros(len(part.vertices), np.uint32)
    place[used] = np.arange(len(used), dtype=np.uint32)
    arrays = {name: getattr(part, name)[used] for name in _PER_VERTEX}
    morphs = {name: target[used] for name, target in part.morphs.items()}
    return replace(part, **arrays, triangles=place[kept], morphs=morphs)


def plain_part(
    vertices: Points,
    normals: Points,
    triangles: NDArray[np.uint32],
    material: Material,
    *,
    gloss: float = 0.2,
    head: float = RIGID_HEAD,
) -> Part:
    """A piece of one material in open light."""
    count = len(vertices)
    slots = np.full(count, material, np.uint8)
    ones = np.ones(count, np.float32)
    return Part(
        vertices=vertices.astype(np.float32),
        normals=normals.astype(np.float32),
        triangles=triangles.astype(np.uint32),
        base=slots,
        tint=slots,
        mix=ones * 0,
        shade=ones,
        gloss=ones * np.float32(gloss),
        head=ones * np.float32(head),
        eye=np.full((count, 3), 9.0, np.float32),
    )


def mesh_normals(vertices: Points, triangles: NDArray[np.uint32]) -> Points:
    """Area-weighted vertex normals (N, 3)."""
    a, b, c = (vertices[triangles[:, k]] for k in range(3))
    face = np.cross(b - a, c - a)
    total = np.stack(
        [np.bincount(triangles.ravel(), np.repeat(face[:, axis], 3), minlength=len(vertices)) for axis in range(3)],
        -1,
    )
    length = np.linalg.norm(total, axis=1, keepdims=True)
    return np.asarray(total / np.maximum(length, 1e-9), np.float32)


def ring_triangles(rings: int, segments: int, *, closed: bool = True) -> NDArray[np.uint32]:
    """Triangles between successive rings of `segments` vertices each; counter-clockwise rings that widen face out."""
    ring = np.arange(rings - 1)[:, None] * segments
    here = np.arange(segments if closed else segments - 1)[None, :]
    after = (here + 1) % segments
    a, b, c, d = ring + here, ring + segments + here, ring + segments + after, ring + after
    both = np.concatenate([np.stack([a, b, c], -1).reshape(-1, 3), np.stack([a, c, d], -1).reshape(-1, 3)])
    return both.astype(np.uint32)
