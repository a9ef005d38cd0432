"""What both sides draw: the same character, poses and cameras. Nothing here needs Qt or our renderer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from holo_app.domain.avatar import FacePose, Mood
from holo_app.domain.speech import Viseme, VisemeCue
from holo_app.hologram.animation import FaceAnimator
from holo_app.hologram.character import Character, Detail, Morph
from holo_app.hologram.character_store import CharacterStore
from holo_app.hologram.lightfield.mode import QuiltMode
from holo_app.hologram.lightfield.quilt import Quilt
from holo_app.hologram.modes import DisplayMode, Flat, Pyramid, Size

FRAMES_PER_S: Final = 30


@dataclass(frozen=True)
class Case:
    """most: what the ratio of our time to theirs may be."""

    mode: DisplayMode
    size: Size
    most: float


CASES: Final[Mapping[str, Case]] = {
    "flat 1080x1920": Case(Flat(), (1080, 1920), 0.60),
    "quilt 8x6 3360x3360": Case(QuiltMode(Quilt(8, 6, 0.75)), (3360, 3360), 0.55),
    "pyramid 1080x1080": Case(Pyramid(), (1080, 1080), 0.50),
}
MESHES: Final = ("15k", "54k", "level")
"""The last: ours draws the level that it takes for views of that size, theirs has one level."""


def character(cache_dir: Path, mesh: str) -> Character:
    """The sculpted character as the product draws it, or with each triangle cut in four."""
    plain = CharacterStore(cache_dir)(Detail.NORMAL)
    return finer(plain) if mesh == "54k" else plain


def talking(frames: int) -> list[FacePose]:
    """A face that speaks, blinks and looks around."""
    animator = FaceAnimator(1)
    shapes = [viseme for viseme in Viseme if viseme is not Viseme.SIL]
    animator.schedule(VisemeCue(shapes[k * 5 % len(shapes)], k * 0.1, k * 0.1 + 0.09) for k in range(frames // 3 + 1))
    times = [k / FRAMES_PER_S for k in range(frames)]
    return [animator.pose(t, t, Mood.SPEAKING) for t in times]


def finer(coarse: Character) -> Character:
    """Each triangle cut in four at the middles of its edges, which move as their ends do."""
    triangles = coarse.triangles.astype(np.int64)
    edges = np.sort(triangles[:, [[0, 1], [1, 2], [2, 0]]].reshape(-1, 2), axis=1)
    ends, middle = np.unique(edges, axis=0, return_inverse=True)
    count = len(coarse.positions)
    joined = np.concatenate([np.stack([np.arange(count)] * 2, 1), ends])
    moving = np.zeros(count, bool)
    moving[: coarse.moving] = True
    # what moves comes first, as everywhere
    order = np.argsort(~moving[joined].any(axis=1), kind="stable")
    place = np.argsort(order)
    middles = middle.reshape(-1, 3) + count
    cut = _cut(triangles, middles)
    by_triangle = {tuple(sorted(corners)): number for number, corners in enumerate(triangles.tolist())}
    eyes = [by_triangle[tuple(sorted(corners))] for corners in coarse.eye_triangles.tolist()]
    a, b = joined[order].T

    def mean(values: NDArray[np.float32]) -> NDArray[np.float32]:
        middle_values: NDArray[np.float32] = ((values[a] + values[b]) / 2).astype(np.float32)
        return middle_values

    return replace(
        coarse,
        positions=mean(coarse.positions),
        normals=mean(coarse.normals),
        triangles=place[cut].reshape(-1, 3).astype(np.uint32),
        eye_triangles=place[cut[eyes]].reshape(-1, 3).astype(np.uint32),
        base=coarse.base[a],
        tint=coarse.tint[a],
        mix=mean(coarse.mix),
        shade=mean(coarse.shade),
        gloss=mean(coarse.gloss),
        head=mean(coarse.head),
        eye=mean(coarse.eye),
        morphs={name: _finer_morph(morph, count, a, b) for name, morph in coarse.morphs.items()},
    )


def _cut(triangles: NDArray[np.int64], middles: NDArray[np.int64]) -> NDArray[np.int64]:
    """(T, 4, 3): four triangles for each, of its corners and the middles of its edges."""
    a, b, c = triangles.T
    ab, bc, ca = middles.T
    pieces = [(a, ab, ca), (ab, b, bc), (ca, bc, c), (ab, bc, ca)]
    return np.stack([np.stack(piece, 1) for piece in pieces], 1)


def _finer_morph(morph: Morph, count: int, a: NDArray[np.int64], b: NDArray[np.int64]) -> Morph:
    full = np.zeros((count, 6), np.float32)
    full[morph.index] = np.concatenate([morph.move, morph.turn], axis=1)
    mixed: NDArray[np.float32] = ((full[a] + full[b]) / 2).astype(np.float32)
    index = np.nonzero(np.abs(mixed).max(axis=1))[0]
    return Morph(index.astype(np.int32), mixed[index, :3], mixed[index, 3:])
