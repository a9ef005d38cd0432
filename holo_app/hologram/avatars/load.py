"""Loads a file: read, checked, framed and ready to be drawn, or refused with every fault by name."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import structlog

from holo_app.hologram.avatars import limits
from holo_app.hologram.avatars.body import Body, read_body
from holo_app.hologram.avatars.controls import Controls, read_controls
from holo_app.hologram.avatars.document import Document, open_document
from holo_app.hologram.avatars.faults import Fault, FaultCode, Findings, RefusedError
from holo_app.hologram.avatars.framing import bone_matrices, frame_figure, frame_solid, held_by, rest_points
from holo_app.hologram.avatars.hierarchy import read_hierarchy
from holo_app.hologram.avatars.model import Shape, make_shape
from holo_app.hologram.avatars.rig import Rig, make_rig, split_by_head, used_targets, with_head
from holo_app.hologram.avatars.schema import Vrm
from holo_app.hologram.avatars.skeleton import Bone, Skeleton, arms_down, find_skeleton
from holo_app.hologram.avatars.surfaces import PictureShelf, Surface
from holo_app.hologram.avatars.vrm import read_vrm
from holo_app.hologram.camera import FADE

log = structlog.get_logger(__name__)

_UNSEEN = FADE[0] - 3.0  # units: leaning and breath lift little above it
_ASIDE = 14.5  # units: what is further aside is beyond any upright picture


@dataclass(frozen=True, slots=True)
class Avatar:
    """A figure that can take a pose and be drawn.

    fade: heights between which its body dissolves. faults: what was odd about its file, without errors.
    """

    name: str
    shape: Shape
    rig: Rig
    fade: tuple[float, float]
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True)
class Solid:
    """A thing without a face, within a ball of radius 1 around the origin. matrices: (K, 4, 4) of its bones, in rest."""

    name: str
    shape: Shape
    matrices: np.ndarray[tuple[int, ...], np.dtype[np.float32]]


@dataclass(slots=True)
class Reading:
    """What was read of a file; what is None was not come to."""

    findings: Findings = field(default_factory=Findings)
    document: Document | None = None
    vrm: Vrm | None = None
    body: Body | None = None
    skeleton: Skeleton = field(default_factory=dict)
    controls: Controls | None = None
    pictures: int = 0
    avatar: Avatar | None = None


def load_avatar(path: Path) -> Avatar:
    """A figure from a .glb, .gltf or .vrm file. May take a second; needs no graphics.

    Raises: InputError: it cannot be used; one line per fault, with what to do.
    """
    reading = read_avatar(path)
    reading.findings.raise_errors(f"the avatar {path.name}")
    if reading.avatar is None:
        raise AssertionError("a file without an error is an avatar")
    log.info(
        "avatar_loaded",
        triangles=reading.avatar.shape.triangles,
        vertices=len(reading.avatar.shape.positions),
        morphs=len(reading.avatar.shape.morphs),
        faults=[fault.code.value for fault in reading.avatar.faults],
    )
    return reading.avatar


def load_solid(path: Path) -> Solid:
    """A thing from a .glb or .gltf file. Raises: InputError: as `load_avatar`."""
    findings = Findings()
    solid = None
    try:
        document = open_document(path)
        hierarchy = read_hierarchy(document.gltf)
        body = read_body(document, hierarchy, findings, frozenset())
        shelf = PictureShelf(document, findings)
        if body is not None:
            surfaces = {material: shelf.surface(material) for material in body.triangles}
            matrices = bone_matrices(body, hierarchy.world)
            everything = np.ones(len(body.positions), np.bool_)
            shape = make_shape(body, surfaces, tuple(shelf.pictures), everything, frozenset())
            drawn = np.unique(np.concatenate([part.ravel() for part in body.triangles.values()]))
            place = frame_solid(rest_points(body, matrices)[drawn], 1.0)
            solid = Solid(path.name, shape, (place @ matrices).astype(np.float32))
    except RefusedError as refused:
        findings.add(refused.fault.code, refused.fault.text)
    findings.raise_errors(f"the product's model {path.name}")
    if solid is None:
        raise AssertionError("a file without an error is a thing")
    return solid


def read_avatar(path: Path) -> Reading:
    """Read a file as far as it goes. Raises nothing that its content could cause: see `findings`."""
    reading = Reading()
    try:
        _read(path, reading)
    except RefusedError as refused:
        reading.findings.add(refused.fault.code, refused.fault.text)
    return reading


def _read(path: Path, reading: Reading) -> None:
    findings = reading.findings
    document = reading.document = open_document(path)
    vrm = reading.vrm = read_vrm(document.gltf, findings)
    hierarchy = read_hierarchy(document.gltf)
    reading.body = body = read_body(document, hierarchy, findings, _worn(vrm))
    shelf = PictureShelf(document, findings)
    surfaces: dict[int | None, Surface] = {}
    for material in body.triangles if body is not None else ():
        try:
            surfaces[material] = shelf.surface(material)
        except RefusedError as refused:
            findings.add(refused.fault.code, refused.fault.text)
    reading.pictures = len(shelf.pictures)
    if body is None:
        return
    skeleton = reading.skeleton = find_skeleton(hierarchy, body, vrm)
    controls = reading.controls = read_controls(body, vrm)
    if Bone.HEAD in skeleton and not (held_by(body, hierarchy, skeleton[Bone.HEAD]) > 0.5).any():  # noqa: PLR2004 - mostly
        skeleton = {bone: node for bone, node in skeleton.items() if bone is not Bone.HEAD}
    hierarchy = arms_down(hierarchy, skeleton)
    frame = frame_figure(body, hierarchy, skeleton, controls, findings)
    rig = make_rig(body, hierarchy, skeleton, controls, frame, vrm.look_at if vrm else None)
    points = rest_points(body, rig.rest)
    if Bone.HEAD not in skeleton:
        rows, weights = split_by_head(body.rows, body.weights, points[:, 1], frame.chin, len(body.bones))
        body = replace(body, rows=rows, weights=weights)
        rig = with_head(rig, frame.chin, 0.0)
    _judge(reading, rig, has_head=Bone.HEAD in skeleton)
    if not findings.errors:
        seen = (points[:, 1] > _UNSEEN) & (np.abs(points[:, 0]) < _ASIDE)
        shape = make_shape(body, surfaces, tuple(shelf.pictures), seen, used_targets(controls))
        if len(shape.positions) > limits.SMOOTH_VERTICES:
            findings.add(FaultCode.HEAVY, f"{len(shape.positions)} of its vertices are seen")
        reading.avatar = Avatar(path.name, shape, rig, frame.fade, tuple(findings.faults))


def _worn(vrm: Vrm | None) -> frozenset[int]:
    """Nodes that only the wearer of a VRM sees."""
    notes = vrm.first_person.mesh_annotations if vrm is not None else []
    return frozenset(note.node for note in notes if note.type == "firstPersonOnly")


def _judge(reading: Reading, rig: Rig, *, has_head: bool) -> None:
    """What the figure cannot do."""
    controls, findings = rig.controls, reading.findings
    if not controls.mouth and Bone.JAW not in rig.bones:
        findings.add(FaultCode.NO_MOUTH, "it has no morph or jaw bone for the mouth: it could not speak")
    elif not controls.mouth or controls.rough:
        findings.add(FaultCode.ROUGH_MOUTH, "its mouth can only open and shut")
    if not controls.made.get("eyeBlinkLeft"):
        findings.add(FaultCode.NO_BLINK, "it has no morph to blink")
    if not has_head:
        findings.add(FaultCode.NO_HEAD, "it has no head bone")
    if not rig.looks:
        findings.add(FaultCode.NO_EYES, "its eyes cannot turn")
