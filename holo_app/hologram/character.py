"""The finished character: meshes, morphs and paint, as arrays that a renderer can take as they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from holo_app.domain.avatar import FacePose

Floats: TypeAlias = NDArray[np.float32]
MORPH_EPSILON: Final = 1e-3
_CLOSED_SMILE: Final = 0.55


class Detail(IntEnum):
    """How finely the character is cut; more is slower."""

    LOW = 0
    NORMAL = 1


@dataclass(frozen=True, slots=True)
class Morph:
    """What one expression adds. index: (K,) vertices that move; move, turn: (K, 3) to positions and normals."""

    index: NDArray[np.int32]
    move: Floats
    turn: Floats


@dataclass(frozen=True, slots=True)
class Character:
    """One character at one detail.

    positions, normals: (N, 3). triangles: (T, 3). eye_triangles: (E, 3) the skin around the eyes, drawn a second time
    with the eyes on it. base, tint, mix: (N,) materials and their blend. shade, gloss, head: (N,). eye: (N, 3).
    Units and axes as in sculpt.fields; see sculpt.part for the attributes. morphs: by viseme name, `smile`, `grin`, `frown`,
    `squint`, `blink`, `brow_up`, `brow_down`, `worry`.
    """

    positions: Floats
    normals: Floats
    triangles: NDArray[np.uint32]
    eye_triangles: NDArray[np.uint32]
    base: NDArray[np.uint8]
    tint: NDArray[np.uint8]
    mix: Floats
    shade: Floats
    gloss: Floats
    head: Floats
    eye: Floats
    morphs: Mapping[str, Morph]

    @property
    def moving(self) -> int:
        """How many vertices, from the first on, any morph can move; the rest never changes."""
        return 1 + max(int(morph.index.max()) for morph in self.morphs.values() if len(morph.index))


class Morpher:
    """Applies a pose's weights once per frame. Holds the buffers, so that a frame allocates next to nothing."""

    def __init__(self, character: Character) -> None:
        self._character = character
        count = character.moving
        self._rest = np.concatenate([character.positions[:count], character.normals[:count]], axis=1)
        self._now = self._rest.copy()
        self._morphs = {
            name: (morph.index, np.concatenate([morph.move, morph.turn], axis=1))
            for name, morph in character.morphs.items()
        }

    def apply(self, pose: FacePose) -> Floats:
        """Positions and normals (M, 6) of the moving vertices, M = character.moving; valid until the next call."""
        np.copyto(self._now, self._rest)
        for name, weight in morph_weights(pose).items():
            index, change = self._morphs[name]
            self._now[index] += change * np.float32(weight)
        return self._now


def morph_weights(pose: FacePose) -> dict[str, float]:
    """The morphs that a pose uses; weights beneath notice and unknown (silent) mouth shapes are left out."""
    weights = {str(name): weight for name, weight in pose.visemes.items() if name != "sil"}
    speaking = min(sum(weights.values()), 1.0)
    weights |= {
        # a broad smile parts the lips, unless they have something to say
        "grin": max(pose.smile - _CLOSED_SMILE, 0.0) / (1.0 - _CLOSED_SMILE) * (1.0 - speaking),
        "smile": pose.smile,
        "frown": pose.frown,
        "squint": pose.squint,
        "blink": pose.blink,
        "brow_up": pose.brow_up,
        "brow_down": pose.brow_down,
        # brows raised and knit at once are a worried face: what the two cannot show by adding up
        "worry": min(4.0 * pose.brow_up * pose.brow_down, 1.0),
    }
    return {name: weight for name, weight in weights.items() if abs(weight) > MORPH_EPSILON}
