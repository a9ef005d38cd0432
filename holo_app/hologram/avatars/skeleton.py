"""Finds the bones that a pose turns, by VRM's names or by those that tools give them, and lets the arms hang."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from enum import StrEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from holo_app.hologram.avatars.body import Body
from holo_app.hologram.avatars.hierarchy import Hierarchy, Matrices
from holo_app.hologram.avatars.names import plain
from holo_app.hologram.avatars.schema import Vrm

Skeleton = Mapping["Bone", int]


class Bone(StrEnum):
    """What a pose turns, by VRM's name."""

    BODY = "chest"
    NECK = "neck"
    HEAD = "head"
    JAW = "jaw"
    LEFT_EYE = "leftEye"
    RIGHT_EYE = "rightEye"
    LEFT_SHOULDER = "leftShoulder"
    RIGHT_SHOULDER = "rightShoulder"
    LEFT_UPPER_ARM = "leftUpperArm"
    RIGHT_UPPER_ARM = "rightUpperArm"
    LEFT_LOWER_ARM = "leftLowerArm"
    RIGHT_LOWER_ARM = "rightLowerArm"


_CENTRAL: Final[Mapping[Bone, tuple[str, ...]]] = {
    Bone.BODY: ("upperchest", "chest", "spine2", "spine02", "spine03", "spine1", "spine01", "spine"),
    Bone.NECK: ("neck", "neck1", "neck01"),
    Bone.HEAD: ("head", "headbone", "headjoint"),
    Bone.JAW: ("jaw", "jawbone", "jawroot", "lowerjaw", "jawjoint"),
}
_SIDED: Final[Mapping[tuple[Bone, Bone], tuple[str, ...]]] = {
    (Bone.LEFT_EYE, Bone.RIGHT_EYE): ("eye", "eyeball", "faceeye"),
    (Bone.LEFT_SHOULDER, Bone.RIGHT_SHOULDER): ("shoulder", "clavicle", "collar"),
    (Bone.LEFT_UPPER_ARM, Bone.RIGHT_UPPER_ARM): ("arm", "upperarm", "uparm"),
    (Bone.LEFT_LOWER_ARM, Bone.RIGHT_LOWER_ARM): ("forearm", "lowerarm", "loarm"),
}
_PREFIXES: Final = (
    "mixamorig",
    "ccbase",
    "bip001",
    "bip01",
    "jbipc",
    "jbip",
    "jadj",
    "valvebiped",
    "def",
    "org",
    "rig",
)
_SPREAD: Final = 0.62  # sine of the angle from which an arm is held away: 38 degrees
_HANGING: Final = 0.26


def find_skeleton(hierarchy: Hierarchy, body: Body, vrm: Vrm | None) -> dict[Bone, int]:
    """The node of each bone that is there and moves something."""
    moving: set[int] = set()
    for row in body.bones:
        node = row.node
        while node != -1 and node not in moving:
            moving.add(node)
            node = hierarchy.parent[node]
    if vrm is not None:
        return _of_vrm(vrm, moving)
    joints = {row.node for row in body.bones}
    by_name: dict[str, int] = {}
    for node in reversed(hierarchy.order):
        for name in _readings(hierarchy.names[node]):
            if node in moving and (node in joints or by_name.get(name) not in joints):
                by_name[name] = node
    found = {}
    for bone, names in _spelled().items():
        node = next((by_name[name] for name in names if name in by_name), -1)
        if node != -1:
            found[bone] = node
    return found


def _of_vrm(vrm: Vrm, moving: set[int]) -> dict[Bone, int]:
    bones = {name: bone.node for name, bone in vrm.humanoid.human_bones.items() if bone.node in moving}
    found = {bone: bones[bone.value] for bone in Bone if bone.value in bones}
    body = next((bones[name] for name in ("upperChest", "chest", "spine") if name in bones), None)
    return found if body is None else {**found, Bone.BODY: body}


def _readings(name: str) -> tuple[str, ...]:
    read = plain(name)
    return (read, *(read.removeprefix(prefix) for prefix in _PREFIXES if read.startswith(prefix)))


def _spelled() -> dict[Bone, tuple[str, ...]]:
    spelled = dict(_CENTRAL)
    for (left, right), names in _SIDED.items():
        for bone, side in ((left, "left"), (right, "right")):
            short = side[0]
            spelled[bone] = tuple(
                form
                for name in names
                for form in (f"{side}{name}", f"{name}{side}", f"{short}{name}", f"{name}{short}")
            )
    return spelled


def arms_down(hierarchy: Hierarchy, skeleton: Skeleton) -> Hierarchy:
    """The hierarchy with its arms hanging: most tools hold them out, out of the picture."""
    world = hierarchy.world.copy()
    for upper, lower in (
        (Bone.LEFT_UPPER_ARM, Bone.LEFT_LOWER_ARM),
        (Bone.RIGHT_UPPER_ARM, Bone.RIGHT_LOWER_ARM),
    ):
        if upper not in skeleton or lower not in skeleton:
            continue
        shoulder, elbow = hierarchy.at(skeleton[upper]), hierarchy.at(skeleton[lower])
        length = float(np.linalg.norm(elbow - shoulder))
        if length < 1e-9:  # noqa: PLR2004 - no arm
            continue
        held = (elbow - shoulder) / length
        aside = np.array([held[0], 0, held[2]])
        if np.linalg.norm(aside) < _SPREAD:
            continue
        aside /= np.linalg.norm(aside)
        wanted = _HANGING * aside + np.array([0, -np.sqrt(1 - _HANGING**2), 0])
        turned = about(shoulder, rotation_between(held, wanted))
        under = [node for node in hierarchy.order if node in hierarchy.under(skeleton[upper])]
        world[under] = turned @ world[under]
    return replace(hierarchy, world=world)


def rotation_between(start: NDArray[np.float64], end: NDArray[np.float64]) -> Matrices:
    """The shortest turn (3, 3) from one unit vector to another. Source: Rodrigues' formula."""
    axis, cos = np.cross(start, end), float(start @ end)
    x, y, z = axis
    skew = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    return np.asarray(np.eye(3) + skew + skew @ skew / max(1 + cos, 1e-6))


def about(pivot: NDArray[np.float64], turn: NDArray[np.floating]) -> Matrices:
    """A turn (3, 3) about a point, as (4, 4)."""
    made = np.eye(4)
    made[:3, :3] = turn
    made[:3, 3] = pivot - turn @ pivot
    return made
