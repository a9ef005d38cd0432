"""Poses a figure from another tool: a face pose becomes morph weights and the matrices of its bones."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from holo_app.domain.avatar import FacePose
from holo_app.hologram.avatars.body import Body, Target
from holo_app.hologram.avatars.controls import Controls, combined, face_controls, opening
from holo_app.hologram.avatars.framing import Frame
from holo_app.hologram.avatars.hierarchy import Hierarchy
from holo_app.hologram.avatars.schema import LookAt, RangeMap
from holo_app.hologram.avatars.skeleton import Bone, Skeleton, about
from holo_app.hologram.camera import turn

_POSED: Final = (
    Bone.BODY, Bone.LEFT_SHOULDER, Bone.RIGHT_SHOULDER, Bone.NECK, Bone.HEAD, Bone.JAW, Bone.LEFT_EYE, Bone.RIGHT_EYE,
)  # fmt: skip
_NECKS_SHARE: Final = 0.35
_JAW_DEGREES: Final = 15.0
_SHOULDER_DEGREES: Final = 11.0
_BREATH_LIFT: Final = 0.11  # units
_BREATH_SHOULDERS: Final = 0.12  # of a raised shoulder
_ARKIT_EYE_DEGREES: Final = 32.0
_NECK_UNDER_CHIN: Final = 2.4  # units, for who has no bones
_NECK_BEHIND: Final = -1.5
_WAIST: Final = (0.0, -19.0, -1.0)

Turn = NDArray[np.float32]
_STILL: Final = np.eye(3, dtype=np.float32)


@dataclass(frozen=True, slots=True)
class Joint:
    """A posed bone. above: the posed bone that it hangs on, -1 for none. pivot: (3,) in our units."""

    bone: Bone | None
    above: int
    pivot: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Rig:
    """The bones' table, and who turns which row of it.

    rest: (K, 4, 4) each row's matrix at rest, from its mesh to our units. owner: (K,) the joint that turns each row. joints:
    parents first; the first is the whole figure.
    """

    rest: NDArray[np.float32]
    owner: NDArray[np.intp]
    joints: tuple[Joint, ...]
    controls: Controls
    look_at: LookAt | None

    def matrices(self, pose: FacePose) -> NDArray[np.float32]:
        """The table (K, 4, 4) in this pose."""
        moved: list[NDArray[np.float64]] = []
        for joint in self.joints:
            own = about(joint.pivot, self._turn(joint.bone, pose))
            if joint.bone is None:
                own[1, 3] += _BREATH_LIFT * pose.breath
            moved.append(own if joint.above == -1 else moved[joint.above] @ own)
        return np.asarray(np.stack(moved).astype(np.float32)[self.owner] @ self.rest, np.float32)

    def weights(self, pose: FacePose) -> dict[Target, float]:
        """The morphs' weights in this pose."""
        return combined({**face_controls(pose), **dict(self._gaze_controls(pose))}, self.controls.made)

    @property
    def bones(self) -> frozenset[Bone]:
        """What can be turned."""
        return frozenset(joint.bone for joint in self.joints if joint.bone is not None)

    @property
    def looks(self) -> bool:
        """Whether the eyes can turn."""
        by_morphs = {"lookLeft", "eyeLookInLeft"}.intersection(self.controls.own)
        return bool(by_morphs) or {Bone.LEFT_EYE, Bone.RIGHT_EYE} <= self.bones

    def _turn(self, bone: Bone | None, pose: FacePose) -> Turn:
        if bone is None or bone is Bone.BODY:
            # the whole figure leans only where nothing above its hips can
            return _lean(pose) if bone or Bone.BODY not in self.bones else _STILL
        if bone in (Bone.NECK, Bone.HEAD):
            neck = _NECKS_SHARE if Bone.NECK in self.bones else 0.0
            share = neck if bone is Bone.NECK else 1 - neck
            return turn(*(share * angle for angle in pose.head))
        if bone is Bone.JAW:
            return _STILL if self.controls.mouth else _about_x(_JAW_DEGREES * opening(pose))
        if bone in (Bone.LEFT_SHOULDER, Bone.RIGHT_SHOULDER):
            right, left = (_SHOULDER_DEGREES * (raised + _BREATH_SHOULDERS * pose.breath) for raised in pose.shoulders)
            return _about_z(left if bone is Bone.LEFT_SHOULDER else -right)
        return self._eye(bone, pose)

    def _eye(self, bone: Bone, pose: FacePose) -> Turn:
        yaw, pitch = pose.gaze
        if self.look_at is None:
            return turn(yaw, pitch, 0.0)
        if self.look_at.type == "expression":
            return _STILL
        inwards = (yaw > 0) == (bone is Bone.LEFT_EYE)
        across = self.look_at.range_map_horizontal_inner if inwards else self.look_at.range_map_horizontal_outer
        upright = self.look_at.range_map_vertical_up if pitch > 0 else self.look_at.range_map_vertical_down
        return turn(_ranged(yaw, across), _ranged(pitch, upright), 0.0)

    def _gaze_controls(self, pose: FacePose) -> Iterator[tuple[str, float]]:
        """The eyes' direction as morphs, where they have no bones for it."""
        yaw, pitch = pose.gaze
        if self.look_at is not None and self.look_at.type == "expression":
            yield "lookRight" if yaw > 0 else "lookLeft", abs(_ranged(yaw, self.look_at.range_map_horizontal_outer))
            upright = self.look_at.range_map_vertical_up if pitch > 0 else self.look_at.range_map_vertical_down
            yield "lookUp" if pitch > 0 else "lookDown", abs(_ranged(pitch, upright))
        elif not {Bone.LEFT_EYE, Bone.RIGHT_EYE} <= self.bones:
            across, upright_share = abs(yaw) / _ARKIT_EYE_DEGREES, abs(pitch) / _ARKIT_EYE_DEGREES
            yield f"eyeLook{'Out' if yaw > 0 else 'In'}Right", across
            yield f"eyeLook{'In' if yaw > 0 else 'Out'}Left", across
            for side in ("Left", "Right"):
                yield f"eyeLook{'Up' if pitch > 0 else 'Down'}{side}", upright_share


def make_rig(  # noqa: PLR0917 - what a figure is made of
    body: Body, hierarchy: Hierarchy, skeleton: Skeleton, controls: Controls, frame: Frame, look_at: LookAt | None
) -> Rig:
    """The rig of a body whose arms hang already. Where it has no head bone, see `with_head`."""
    world = frame.place @ hierarchy.world
    placed = [bone for bone in _POSED if bone in skeleton]
    joints = [Joint(None, -1, np.array(_WAIST))]
    numbers: dict[int, int] = {}
    for bone in sorted(placed, key=lambda bone: hierarchy.order.index(skeleton[bone])):
        node = skeleton[bone]
        above = hierarchy.nearest(hierarchy.parent[node], numbers)
        numbers[node] = len(joints)
        joints.append(Joint(bone, numbers.get(above, 0), world[node, :3, 3]))
    owner = [numbers.get(hierarchy.nearest(bone.node, numbers), 0) for bone in body.bones]
    rest = np.stack([world[bone.node] @ bone.bind for bone in body.bones])
    return Rig(rest.astype(np.float32), np.array(owner, np.intp), tuple(joints), controls, look_at)


def with_head(rig: Rig, chin: float, depth: float) -> Rig:
    """The rig with a head that has no bone: each row once more, the copies turning about the neck under the chin."""
    pivot = np.array([0.0, chin - 0.3, depth + _NECK_BEHIND])
    head = len(rig.joints)
    body = next((k for k, joint in enumerate(rig.joints) if joint.bone in (Bone.NECK, Bone.BODY)), 0)
    return Rig(
        np.concatenate([rig.rest, rig.rest]),
        np.concatenate([rig.owner, np.full_like(rig.owner, head)]),
        (*rig.joints, Joint(Bone.HEAD, body, pivot)),
        rig.controls,
        rig.look_at,
    )


def split_by_head(
    rows: NDArray[np.uint16], weights: NDArray[np.float32], heights: NDArray[np.float64], chin: float, count: int
) -> tuple[NDArray[np.uint16], NDArray[np.float32]]:
    """Rows and weights for `with_head`: each vertex's two strongest bones, shared out between body and head by its height.

    Args: heights: (N,) in our units at rest. count: rows of the table before it was doubled.
    """
    rise = np.clip((heights - (chin - _NECK_UNDER_CHIN)) / _NECK_UNDER_CHIN, 0, 1)
    head = (rise * rise * (3 - 2 * rise))[:, None]
    two = weights[:, :2] / np.maximum(weights[:, :2].sum(axis=1, keepdims=True), 1e-9)
    shared = np.concatenate([two * (1 - head), two * head], axis=1)
    return np.concatenate([rows[:, :2], rows[:, :2] + count], axis=1).astype(np.uint16), shared.astype(np.float32)


def used_targets(controls: Controls) -> frozenset[Target]:
    """Every morph that a pose can set."""
    return frozenset(target for binds in controls.made.values() for target in binds)


def _ranged(degrees: float, mapped: RangeMap) -> float:
    share = min(abs(degrees) / mapped.input_max_value, 1.0) if mapped.input_max_value else 1.0
    return math.copysign(share * mapped.output_scale, degrees)


def _lean(pose: FacePose) -> Turn:
    forward, right = pose.lean
    return _about_z(right) @ _about_x(forward)


def _about_x(degrees: float) -> Turn:
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    return np.array([[1, 0, 0], [0, cos, -sin], [0, sin, cos]], np.float32)


def _about_z(degrees: float) -> Turn:
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    return np.array([[cos, -sin, 0], [sin, cos, 0], [0, 0, 1]], np.float32)
