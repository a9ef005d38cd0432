"""Puts the character together at a given detail."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from holo_app.hologram.character import Character, Detail, Morph
from holo_app.hologram.looks.look import Look
from holo_app.hologram.sculpt.body import sculpt_body
from holo_app.hologram.sculpt.features import sculpt_features
from holo_app.hologram.sculpt.hair import HairForm, sculpt_hair
from holo_app.hologram.sculpt.head import HeadDetail, sculpt_head
from holo_app.hologram.sculpt.part import Part, mesh_normals, without

_EYE_REACH: Final = 1.5  # eye sizes: lashes and lid shadows end within
_STILL: Final = 2e-3
_BURIED: Final = 0.35
_HAIR_SHADE: Final = 0.42
_HAIR_SHADE_REACH: Final = 0.7  # units
_FOREHEAD: Final = 5.0  # in front of it the brows move the skin


@dataclass(frozen=True, slots=True)
class _Cut:
    head: HeadDetail
    features: int
    hair_step: float
    body: int


_CUTS: Final = {
    Detail.NORMAL: _Cut(HeadDetail(96, 46), 32, 0.42, 72),
    Detail.LOW: _Cut(HeadDetail(64, 30), 20, 0.62, 44),
}


def sculpt_character(detail: Detail, look: Look) -> Character:
    """Model the whole character; takes some seconds at Detail.NORMAL."""
    cut = _CUTS[detail]
    head, hair = sculpt_head(cut.head, look.face), sculpt_hair(look.hair, cut.hair_step)
    # what lies well inside another piece that moves with it can never be seen
    head = _shaded_by_hair(head, look.hair)
    head = without(head, (look.hair.field(head.vertices) < -_BURIED) & (head.vertices[:, 2] < _FOREHEAD))
    hair = without(hair, look.face.field(hair.vertices) < -_BURIED)
    features = sculpt_features(cut.features, look.face, look.brow)
    return assemble([head, *features, hair, *sculpt_body(look.garment, cut.body)])


def _shaded_by_hair(head: Part, hair: HairForm) -> Part:
    """The skin darkens where hair stands close over it."""
    gap = np.clip(hair.field(head.vertices), 0.0, None)
    return replace(head, shade=(head.shade * (1.0 - _HAIR_SHADE * np.exp(-gap / _HAIR_SHADE_REACH))).astype(np.float32))


def assemble(parts: Sequence[Part]) -> Character:
    """One set of arrays out of pieces; those with morphs must come first."""
    offsets = np.cumsum([0, *(len(part.vertices) for part in parts)])
    triangles = np.concatenate([part.triangles + offset for part, offset in zip(parts, offsets, strict=False)])
    eye = np.concatenate([part.eye for part in parts])
    near = (np.abs(eye[:, :2]) < _EYE_REACH).all(axis=1)
    names = sorted({name for part in parts for name in part.morphs})
    return Character(
        positions=np.concatenate([part.vertices for part in parts]),
        normals=np.concatenate([part.normals for part in parts]),
        triangles=triangles.astype(np.uint32),
        eye_triangles=triangles[near[triangles].any(axis=1)].astype(np.uint32),
        base=np.concatenate([part.base for part in parts]),
        tint=np.concatenate([part.tint for part in parts]),
        mix=np.concatenate([part.mix for part in parts]),
        shade=np.concatenate([part.shade for part in parts]),
        gloss=np.concatenate([part.gloss for part in parts]),
        head=np.concatenate([part.head for part in parts]),
        eye=eye,
        morphs={name: _morph(name, parts, offsets.tolist()) for name in names},
    )


def _morph(name: str, parts: Sequence[Part], offsets: Sequence[int]) -> Morph:
    index, move, turn = [], [], []
    for part, offset in zip(parts, offsets, strict=False):
        if name not in part.morphs:
            continue
        target = part.morphs[name]
        turned = mesh_normals(target, part.triangles) - mesh_normals(part.vertices, part.triangles)
        moved = target - part.vertices
        changed = np.flatnonzero(np.abs(moved).max(axis=1) > _STILL)
        index.append(changed + offset)
        move.append(moved[changed])
        turn.append(turned[changed])
    return Morph(
        index=np.concatenate(index).astype(np.int32),
        move=np.concatenate(move).astype(np.float32),
        turn=np.concatenate(turn).astype(np.float32),
    )
