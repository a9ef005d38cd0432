"""Which bones hold each vertex: skins, and meshes that hang on one node as a whole."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from holo_app.hologram.avatars import limits
from holo_app.hologram.avatars.accessors import floats, integers
from holo_app.hologram.avatars.document import Document
from holo_app.hologram.avatars.faults import FaultCode, Findings, RefusedError
from holo_app.hologram.avatars.pieces import attribute
from holo_app.hologram.avatars.schema import Primitive

INFLUENCES = 4
_HEAVIEST = 1e3
_FURTHEST = 1e9


@dataclass(frozen=True, slots=True)
class Bone:
    """A row of the table of matrices. bind: (4, 4) from the mesh to the bone's own space."""

    node: int
    bind: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Grip:
    """Who holds the vertices. rows: (N, 4) rows of the table. weights: (N, 4), each row summing to 1."""

    rows: NDArray[np.uint16]
    weights: NDArray[np.float32]


@dataclass(slots=True)
class BoneTable:
    """Hands out rows, each skin's joints once."""

    document: Document
    findings: Findings
    bones: list[Bone] = field(default_factory=list)
    _skins: dict[int, int] = field(default_factory=dict)
    _nodes: dict[int, int] = field(default_factory=dict)

    def grip(self, node: int, primitive: Primitive, count: int, name: str) -> Grip | None:
        """Who holds the `count` vertices of a piece at a node; None where its skin is broken, which the findings say.

        Raises: RefusedError: bytes that are not there, too many joints.
        """
        skin = self.document.gltf.nodes[node].skin
        if skin is None or "JOINTS_0" not in primitive.attributes or "WEIGHTS_0" not in primitive.attributes:
            return self._whole(node, count)
        joints, weights = self._influences(primitive, count)
        first, length = self._skin(skin)
        if joints.min() < 0 or (joints[weights > 0].max(initial=0)) >= length:
            self.findings.add(FaultCode.BAD_SKIN, f"{name} is held by joints that its skin does not have")
            return None
        if not ((weights >= 0) & (weights < _HEAVIEST)).all():
            self.findings.add(FaultCode.BAD_SKIN, f"{name} has weights that are no weights")
            return None
        return self._normalised(np.where(weights > 0, joints, 0) + first, weights, name)

    def _influences(self, primitive: Primitive, count: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        joints, weights = [], []
        for k in range(2):
            if f"JOINTS_{k}" not in primitive.attributes:
                break
            held = integers(self.document, primitive.attributes[f"JOINTS_{k}"], 4)
            strength = attribute(self.document, primitive, f"WEIGHTS_{k}", 4, count)
            if strength is None or len(held) != count:
                raise RefusedError(FaultCode.BAD_SKIN, "joints and weights do not fit the vertices")
            joints.append(held)
            weights.append(strength)
        all_joints, all_weights = np.concatenate(joints, axis=1), np.concatenate(weights, axis=1)
        strongest = np.argsort(-all_weights, axis=1, kind="stable")[:, :INFLUENCES]
        return np.take_along_axis(all_joints, strongest, 1), np.take_along_axis(all_weights, strongest, 1)

    def _normalised(self, rows: NDArray[np.int64], weights: NDArray[np.float32], name: str) -> Grip:
        sums = weights.sum(axis=1, keepdims=True)
        loose = sums[:, 0] < 1e-6  # noqa: PLR2004 - held by nobody
        if loose.any():
            self.findings.add(FaultCode.WEIGHTS_MENDED, f"{int(loose.sum())} vertices of {name} were held by no joint")
        even = np.where(loose[:, None], np.array([1, 0, 0, 0], np.float32), weights / np.maximum(sums, 1e-6))
        return Grip(rows.astype(np.uint16), even.astype(np.float32))

    def _whole(self, node: int, count: int) -> Grip:
        if node not in self._nodes:
            self._nodes[node] = self._room(1)
            self.bones.append(Bone(node, np.eye(4)))
        weights = np.zeros((count, INFLUENCES), np.float32)
        weights[:, 0] = 1
        return Grip(np.full((count, INFLUENCES), self._nodes[node], np.uint16), weights)

    def _skin(self, index: int) -> tuple[int, int]:
        """The first row of a skin, and how many."""
        skins = self.document.gltf.skins
        if index >= len(skins):
            raise RefusedError(FaultCode.BAD_SKIN, f"there is no skin {index}")
        skin = skins[index]
        if index not in self._skins:
            first = self._room(len(skin.joints))
            if max(skin.joints) >= len(self.document.gltf.nodes):
                raise RefusedError(FaultCode.BAD_SKIN, f"skin {index} names a node that is not there")
            for joint, bind in zip(skin.joints, self._binds(index), strict=True):
                self.bones.append(Bone(joint, bind))
            self._skins[index] = first
        return self._skins[index], len(skin.joints)

    def _binds(self, index: int) -> NDArray[np.float64]:
        skin = self.document.gltf.skins[index]
        count = len(skin.joints)
        if skin.inverse_bind_matrices is None:
            return np.tile(np.eye(4), (count, 1, 1))
        columns = floats(self.document, skin.inverse_bind_matrices, 16)
        if len(columns) < count or not (np.abs(columns) < _FURTHEST).all():
            raise RefusedError(FaultCode.BAD_SKIN, f"skin {index} has no good bind matrix for each joint")
        return columns[:count].reshape(-1, 4, 4).transpose(0, 2, 1).astype(np.float64)

    def _room(self, count: int) -> int:
        first = len(self.bones)
        if first + count > limits.JOINTS:
            said = f"it has {first + count} joints or more; {limits.JOINTS} are allowed"
            raise RefusedError(FaultCode.TOO_MANY_JOINTS, said)
        return first
