"""Brings a figure of any size and origin to where ours stands: its head in the middle, its shoulders in the picture."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from holo_app.hologram.avatars.body import Body
from holo_app.hologram.avatars.controls import Controls
from holo_app.hologram.avatars.faults import FaultCode, Findings, RefusedError
from holo_app.hologram.avatars.hierarchy import Hierarchy, Matrices
from holo_app.hologram.avatars.skeleton import Bone, Skeleton
from holo_app.hologram.camera import FADE

_HEAD_HEIGHT: Final = 15.5
"""From the chin to the top of the hair, in our units: that of our own figure."""
_LEAST_HEAD: Final = 11.5
_HEAD_MIDDLE: Final = 1.4
_HALF_HEAD: Final = 10.8
_HALF_SHOULDERS: Final = 11.3
_CHIN_UNDER_JOINT: Final = 0.08
_FURTHEST: Final = 1e9
_TURNED: Final = 20.0  # degrees: less is a pose
_TALL: Final = 12.0  # metres: more is another unit
_EYES_TO_MOUTH: Final = 0.29  # of the head's height
_LIPS_OVER_CHIN: Final = 0.21
_MOUTH: Final = ("viseme_aa", "jawOpen", "aa", "mouthOpen", "viseme_O")
_EYES: Final = ("eyeBlinkLeft", "eyeBlinkRight", "blink", "eyesClosed")

Points = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Frame:
    """place: (4, 4) from the scene to our units. In these: chin: its height. fade: heights between which the body dissolves."""

    place: Matrices
    chin: float
    fade: tuple[float, float]


def rest_points(body: Body, matrices: NDArray[np.floating]) -> Points:
    """Where the vertices stand (N, 3) under their bones' matrices (K, 4, 4)."""
    points = np.zeros((len(body.positions), 3))
    for k in range(body.rows.shape[1]):
        chosen = matrices[body.rows[:, k]]
        moved = np.einsum("nij,nj->ni", chosen[:, :3, :3], body.positions) + chosen[:, :3, 3]
        points += body.weights[:, k, None] * moved
    return points


def bone_matrices(body: Body, world: Matrices) -> Matrices:
    """The bones' matrices (K, 4, 4) at rest."""
    return np.stack([world[bone.node] @ bone.bind for bone in body.bones])


def frame_figure(body: Body, hierarchy: Hierarchy, skeleton: Skeleton, controls: Controls, findings: Findings) -> Frame:
    """How to bring the figure before our cameras; says what was strange about how it stood.

    Raises: RefusedError: it stands nowhere.
    """
    points = rest_points(body, bone_matrices(body, hierarchy.world))
    drawn = np.unique(np.concatenate([part.ravel() for part in body.triangles.values()]))
    if not np.abs(points).max() < _FURTHEST:
        raise RefusedError(FaultCode.BAD_SKIN, "its bones bring vertices to infinity or nowhere")
    _check_stance(points[drawn], hierarchy, skeleton, findings)
    turn = _towards_us(points, drawn, hierarchy, skeleton, _moved(body, controls, (*_MOUTH, *_EYES)), findings)
    points = points @ turn.T
    chin, top, middle = _head(points, drawn, hierarchy, turn, skeleton, body, controls)
    height = max(top - chin, 1e-9)
    aside = np.abs(points[drawn] - middle)[:, 0]
    level = points[drawn, 1]
    half_head = _widest(aside[(level > chin + 0.25 * height) & (level <= top)])
    half_shoulders = _widest(aside[(level > chin - 0.8 * height) & (level < chin - 0.1 * height)])
    scale = min(_HEAD_HEIGHT / height, _HALF_HEAD / max(half_head, 1e-9), _HALF_SHOULDERS / max(half_shoulders, 1e-9))
    scale = max(scale, min(_LEAST_HEAD / height, _HALF_HEAD / max(half_head, 1e-9)))
    place = np.eye(4)
    place[:3, :3] = scale * turn
    place[:3, 3] = -scale * np.array([middle[0], (chin + top) / 2, middle[2]]) + np.array([0, _HEAD_MIDDLE, 0])
    lowest = float(scale * level.min() + place[1, 3])
    chin = float(scale * chin + place[1, 3])
    return Frame(place, chin, _dissolving(lowest, chin))


def frame_solid(points: Points, size: float) -> Matrices:
    """How to bring any thing into a ball of radius `size` around the origin (4, 4). Raises: RefusedError: as above."""
    if not np.abs(points).max() < _FURTHEST:
        raise RefusedError(FaultCode.NOT_FINITE, "vertices stand at infinity or nowhere")
    low, high = points.min(axis=0), points.max(axis=0)
    middle = (low + high) / 2
    scale = size / max(float(np.linalg.norm(points - middle, axis=1).max()), 1e-9)
    place = np.diag([scale, scale, scale, 1.0])
    place[:3, 3] = -scale * middle
    return place


def _dissolving(lowest: float, chin: float) -> tuple[float, float]:
    """Where the body dissolves: as ours does, or a bust at its own end, which is a cut."""
    if lowest <= FADE[0]:
        return FADE
    return (lowest, min(max(lowest + FADE[1] - FADE[0], FADE[1]), max(chin - 1.5, lowest + 1.5)))


def _widest(aside: NDArray[np.float64]) -> float:
    return float(np.percentile(aside, 99)) if len(aside) else 0.0


def _check_stance(points: Points, hierarchy: Hierarchy, skeleton: Skeleton, findings: Findings) -> None:
    height = float(np.ptp(points[:, 1]))
    if float(np.ptp(points, axis=0).max()) > _TALL:
        findings.add(FaultCode.CENTIMETRES, f"it is {height:.0f} metres high: it was made in centimetres or inches")
    if Bone.HEAD in skeleton and Bone.BODY in skeleton:
        up = hierarchy.at(skeleton[Bone.HEAD]) - hierarchy.at(skeleton[Bone.BODY])
        if up[1] < 0.6 * np.linalg.norm(up):
            findings.add(FaultCode.LYING, "its head is not above its chest: it lies, or hangs upside down")


def _towards_us(  # noqa: PLR0917 - one measurement each
    points: Points,
    drawn: NDArray[np.uint32],
    hierarchy: Hierarchy,
    skeleton: Skeleton,
    face: NDArray[np.int32],
    findings: Findings,
) -> Matrices:
    """The turn (3, 3) about the vertical that makes the figure look at +Z."""
    ahead = _ahead(points, drawn, hierarchy, skeleton, face)
    degrees = math.degrees(math.atan2(ahead[0], ahead[2])) if np.linalg.norm(ahead) > 0 else 0.0
    if abs(degrees) < _TURNED:
        return np.eye(3)
    findings.add(FaultCode.TURNED_AWAY, f"it does not face +Z: it is turned by {degrees:.0f}°")
    back = -math.radians(degrees)
    return np.array([[math.cos(back), 0, math.sin(back)], [0, 1, 0], [-math.sin(back), 0, math.cos(back)]])


def _ahead(
    points: Points, drawn: NDArray[np.uint32], hierarchy: Hierarchy, skeleton: Skeleton, face: NDArray[np.int32]
) -> NDArray[np.float64]:
    for left, right in (
        (Bone.LEFT_EYE, Bone.RIGHT_EYE),
        (Bone.LEFT_UPPER_ARM, Bone.RIGHT_UPPER_ARM),
        (Bone.LEFT_SHOULDER, Bone.RIGHT_SHOULDER),
    ):
        if left in skeleton and right in skeleton:
            to_left = hierarchy.at(skeleton[left]) - hierarchy.at(skeleton[right])
            to_left[1] = 0
            if np.linalg.norm(to_left) > 1e-9:  # noqa: PLR2004 - they stand apart
                return np.cross(to_left, (0.0, 1.0, 0.0))
    if len(face):
        # where the face moves is the front of whatever is at its height
        level = points[face, 1]
        band = drawn[(points[drawn, 1] >= level.min()) & (points[drawn, 1] <= level.max())]
        low, high = points[band].min(axis=0), points[band].max(axis=0)
        ahead = points[face].mean(axis=0) - (low + high) / 2
        ahead[1] = 0
        if np.linalg.norm(ahead) > 0.15 * np.linalg.norm(high - low):
            return np.asarray(ahead)
    return np.array([0.0, 0.0, 1.0])


def _head(  # noqa: PLR0917 - as above
    points: Points,
    drawn: NDArray[np.uint32],
    hierarchy: Hierarchy,
    turn: Matrices,
    skeleton: Skeleton,
    body: Body,
    controls: Controls,
) -> tuple[float, float, Points]:
    """The heights of chin and top, and the head's middle (3,), in the scene's own unit."""
    if Bone.HEAD in skeleton:
        held = held_by(body, hierarchy, skeleton[Bone.HEAD])[drawn] > 0.5  # noqa: PLR2004 - more than half
        joint = turn @ hierarchy.at(skeleton[Bone.HEAD])
        above = points[drawn[held]]
        if len(above) and above[:, 1].max() > joint[1]:
            top = float(np.percentile(above[:, 1], 99.8))
            chin = joint[1] - _CHIN_UNDER_JOINT * (top - joint[1])
            skull = above[above[:, 1] > chin]
            return chin, top, np.array([joint[0], 0, float(np.percentile(skull[:, 2], (3, 97)).mean())])
    low, high = points[drawn].min(axis=0), points[drawn].max(axis=0)
    chin, top = _by_face(points, low, high, _moved(body, controls, _MOUTH), _moved(body, controls, _EYES))
    near = points[drawn][(points[drawn, 1] >= chin) & (points[drawn, 1] <= top)]
    middle = (near.min(axis=0) + near.max(axis=0)) / 2 if len(near) else (low + high) / 2
    return chin, top, np.asarray(middle)


def _by_face(
    points: Points, low: Points, high: Points, mouth: NDArray[np.int32], eyes: NDArray[np.int32]
) -> tuple[float, float]:
    """Heights of chin and top, by where mouth and eyes move, else by the figure's proportions."""
    tall = float(high[1] - low[1])
    if len(mouth) and len(eyes):
        level, lips = float(points[eyes, 1].mean()), _lips(points, mouth)
        height = (level - lips) / _EYES_TO_MOUTH
        if height > 0:
            return max(level - height / 2, float(low[1])), min(level + height / 2, float(high[1]))
    if len(mouth) or len(eyes):
        # the head is what stands highest
        below = float(high[1]) - (_lips(points, mouth) if len(mouth) else float(points[eyes, 1].mean()))
        height = below / (1 - _LIPS_OVER_CHIN if len(mouth) else 0.5)
        return max(float(high[1]) - height, float(low[1])), float(high[1])
    wide = float(max(high[0] - low[0], 1e-9))
    height = tall if tall < 1.8 * wide else tall / 6.5
    return float(high[1]) - height, float(high[1])


def _lips(points: Points, mouth: NDArray[np.int32]) -> float:
    """The height of the lips: a mouth opens downwards, the chin with it."""
    return float(np.percentile(points[mouth, 1], 95))


def _moved(body: Body, controls: Controls, names: Iterable[str]) -> NDArray[np.int32]:
    """The vertices that are drawn and that the first of these controls moves much."""
    drawn = np.zeros(len(body.positions), np.bool_)
    for part in body.triangles.values():
        drawn[part] = True
    for name in names:
        found = []
        for target in controls.own.get(name, {}):
            morph = body.morphs[target]
            size = np.linalg.norm(morph.move, axis=1)
            found.append(morph.index[(size > 0.3 * size.max(initial=0.0)) & drawn[morph.index]])
        if sum(map(len, found)):
            return np.concatenate(found)
    return np.zeros(0, np.int32)


def held_by(body: Body, hierarchy: Hierarchy, node: int) -> NDArray[np.float32]:
    """How much of each vertex (N,) a node and what hangs on it hold, 0..1."""
    under = hierarchy.under(node)
    held = np.array([bone.node in under for bone in body.bones])
    return np.asarray((body.weights * held[body.rows]).sum(axis=1))
