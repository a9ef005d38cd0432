"""Writes the avatars of other tools: shapes by trimesh, files by pygltflib."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pygltflib
import trimesh
from numpy.typing import NDArray
from PIL import Image

Floats = NDArray[np.float32]

_TYPES = {1: "SCALAR", 2: "VEC2", 3: "VEC3", 4: "VEC4", 16: "MAT4"}
_COMPONENTS = {"b": 5120, "B": 5121, "h": 5122, "H": 5123, "I": 5125, "f": 5126}

MOUTH = np.array([0.0, 1.52, 0.10])
HEAD = np.array([0.0, 1.60, 0.0])
NECK = np.array([0.0, 1.46, -0.01])
CHEST = np.array([0.0, 1.25, 0.0])


class Writer:
    """A glTF file that grows."""

    def __init__(self) -> None:
        self.gltf = pygltflib.GLTF2(
            asset=pygltflib.Asset(version="2.0", generator="tests"), scene=0, scenes=[pygltflib.Scene(nodes=[])]
        )
        self.binary = bytearray()

    def view(self, content: bytes, stride: int | None = None) -> int:
        self.binary += b"\0" * (-len(self.binary) % 4)
        self.gltf.bufferViews.append(
            pygltflib.BufferView(buffer=0, byteOffset=len(self.binary), byteLength=len(content), byteStride=stride)
        )
        self.binary += content
        return len(self.gltf.bufferViews) - 1

    def array(self, values: NDArray[Any], *, normalized: bool = False) -> int:
        flat = np.ascontiguousarray(values.reshape(len(values), -1))
        accessor = pygltflib.Accessor(
            bufferView=self.view(flat.tobytes()),
            componentType=_COMPONENTS[flat.dtype.char if flat.dtype.char != "L" else "I"],
            count=len(flat),
            type=_TYPES[flat.shape[1]],
            normalized=normalized,
        )
        if flat.shape[1] == 3 and flat.dtype == np.float32 and np.isfinite(flat).all():
            accessor.min, accessor.max = flat.min(axis=0).tolist(), flat.max(axis=0).tolist()
        self.gltf.accessors.append(accessor)
        return len(self.gltf.accessors) - 1

    def sparse(self, count: int, places: NDArray[Any], changes: Floats) -> int:
        self.gltf.accessors.append(
            pygltflib.Accessor(
                componentType=5126,
                count=count,
                type="VEC3",
                sparse=pygltflib.Sparse(
                    count=len(places),
                    indices=pygltflib.AccessorSparseIndices(
                        bufferView=self.view(places.astype(np.uint16).tobytes()), componentType=5123
                    ),
                    values=pygltflib.AccessorSparseValues(bufferView=self.view(changes.astype("<f4").tobytes())),
                ),
            )
        )
        return len(self.gltf.accessors) - 1

    def node(self, *, root: bool = False, **values: Any) -> int:
        self.gltf.nodes.append(pygltflib.Node(**values))
        number = len(self.gltf.nodes) - 1
        if root:
            self.gltf.scenes[0].nodes.append(number)
        return number

    def material(self, *, picture: bytes | None = None, **values: Any) -> int:
        base = pygltflib.PbrMetallicRoughness(baseColorFactor=values.pop("colour", [1.0, 1.0, 1.0, 1.0]))
        if picture is not None:
            self.gltf.images.append(pygltflib.Image(bufferView=self.view(picture), mimeType="image/png"))
            self.gltf.textures.append(pygltflib.Texture(source=len(self.gltf.images) - 1))
            base.baseColorTexture = pygltflib.TextureInfo(index=len(self.gltf.textures) - 1)
        self.gltf.materials.append(pygltflib.Material(pbrMetallicRoughness=base, **values))
        return len(self.gltf.materials) - 1

    def save(self, path: Path) -> Path:
        self.gltf.buffers = [pygltflib.Buffer(byteLength=len(self.binary))]
        self.gltf.set_binary_blob(bytes(self.binary))
        self.gltf.save_binary(str(path))
        return path


def png(pixels: NDArray[np.uint8]) -> bytes:
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "PNG", compress_level=1)
    return stream.getvalue()


@dataclass
class Person:
    """A simple person: head, body and a dark mouth that shows where it is open. Metres, facing +Z."""

    positions: Floats
    normals: Floats
    triangles: NDArray[np.uint32]
    colours: Floats

    @property
    def count(self) -> int:
        return len(self.positions)


def person() -> Person:
    """About 1,500 vertices: a head with a lip patch before a dark mouth, a neck, a chest and two held out arms."""
    parts: list[tuple[trimesh.Trimesh, tuple[float, float, float]]] = []
    head = trimesh.creation.icosphere(subdivisions=3, radius=0.105)
    head.apply_scale((0.85, 1.15, 0.95))
    head.apply_translation((0, 1.60, 0.01))
    parts.append((head, (0.9, 0.7, 0.6)))
    lips = trimesh.creation.icosphere(subdivisions=2, radius=0.03)
    lips.apply_scale((1.0, 0.35, 0.4))
    lips.apply_translation(MOUTH)
    parts.append((lips, (0.6, 0.1, 0.1)))
    for side in (-1, 1):
        eye = trimesh.creation.icosphere(subdivisions=2, radius=0.016)
        eye.apply_translation((side * 0.035, 1.625, 0.098))
        parts.append((eye, (0.05, 0.05, 0.3)))
        arm = trimesh.creation.cylinder(0.04, segment=[(side * 0.17, 1.36, 0), (side * 0.65, 1.36, 0)], sections=10)
        parts.append((arm, (0.2, 0.4, 0.8)))
    neck = trimesh.creation.cylinder(0.045, segment=[(0, 1.38, -0.01), (0, 1.52, -0.01)], sections=12)
    chest = trimesh.creation.icosphere(subdivisions=3, radius=0.2)
    chest.apply_scale((0.95, 0.85, 0.5))
    chest.apply_translation((0, 1.24, 0))
    parts += [(neck, (0.9, 0.7, 0.6)), (chest, (0.2, 0.4, 0.8))]
    first, triangles = 0, []
    for mesh, _ in parts:
        triangles.append(mesh.faces + first)
        first += len(mesh.vertices)
    return Person(
        np.concatenate([mesh.vertices for mesh, _ in parts]).astype("f4"),
        np.concatenate([mesh.vertex_normals for mesh, _ in parts]).astype("f4"),
        np.concatenate(triangles).astype("u4"),
        np.concatenate([np.tile((*colour, 1.0), (len(mesh.vertices), 1)) for mesh, colour in parts]).astype("f4"),
    )


def around(made: Person, centre: NDArray[np.float64], radius: float) -> NDArray[np.float32]:
    """How near (N,) each vertex is to a point, 0..1."""
    distance = np.linalg.norm(made.positions - centre, axis=1)
    return np.asarray(np.clip(1 - distance / radius, 0, 1), "f4")


def shift(made: Person, centre: NDArray[np.float64], radius: float, by: tuple[float, float, float]) -> Floats:
    """A morph: what is near a point moves."""
    return np.asarray(around(made, centre, radius)[:, None] * np.array(by, "f4"), "f4")


def face_morphs(made: Person, names: Sequence[str]) -> dict[str, Floats]:
    """A morph for each name, by what the name says: mouths open by different amounts, lids and brows move."""
    morphs = {}
    for number, name in enumerate(names):
        low = name.lower()
        if "blink" in low:
            side = 1 if "left" in low else -1
            morphs[name] = shift(made, np.array([side * 0.035, 1.625, 0.1]), 0.03, (0, -0.01, -0.03))
        elif "brow" in low:
            morphs[name] = shift(made, np.array([0, 1.67, 0.09]), 0.06, (0, 0.01, 0.01))
        elif "eye" in low:
            morphs[name] = shift(made, np.array([0.035, 1.625, 0.1]), 0.03, (0.006, 0.0, 0.0))
        else:
            morphs[name] = shift(made, MOUTH, 0.05, (0.0, -0.012 - 0.001 * (number % 15), 0.012))
    return morphs


@dataclass
class Figure:
    """What becomes of a person in a file."""

    made: Person = field(default_factory=person)
    morphs: Mapping[str, Floats] = field(default_factory=dict)
    skinned: bool = False
    jaw: bool = False
    scale: float = 1.0
    picture: bytes | None = None
    material: Mapping[str, Any] = field(default_factory=dict)


BONES = {
    "Hips": (-1, (0.0, 1.0, 0.0)),
    "Spine2": (0, tuple(CHEST)),
    "Neck": (1, tuple(NECK)),
    "Head": (2, (0.0, 1.50, 0.0)),
    "LeftEye": (3, (0.035, 1.625, 0.08)),
    "RightEye": (3, (-0.035, 1.625, 0.08)),
    "LeftArm": (11, (0.17, 1.36, 0.0)),
    "LeftForeArm": (6, (0.42, 1.36, 0.0)),
    "RightArm": (12, (-0.17, 1.36, 0.0)),
    "RightForeArm": (8, (-0.42, 1.36, 0.0)),
    "Jaw": (3, (0.0, 1.55, 0.02)),
    "LeftShoulder": (1, (0.05, 1.38, 0.0)),
    "RightShoulder": (1, (-0.05, 1.38, 0.0)),
}


def write(path: Path, figure: Figure, writer: Writer | None = None) -> Path:
    """The figure as a GLB file."""
    writer = writer or Writer()
    mesh = add_mesh(writer, figure)
    if figure.skinned:
        skin = add_skin(writer, figure)
        writer.node(root=True, name="Body", mesh=mesh, skin=skin)
    else:
        writer.node(root=True, name="Body", mesh=mesh, scale=[figure.scale] * 3)
    return writer.save(path)


def add_mesh(writer: Writer, figure: Figure) -> int:
    made = figure.made
    attributes = pygltflib.Attributes(
        POSITION=writer.array(made.positions), NORMAL=writer.array(made.normals), COLOR_0=writer.array(made.colours)
    )
    if figure.picture is not None:
        uv = np.stack([made.positions[:, 0] + 0.5, (made.positions[:, 1] - 1) / 0.8], axis=1).astype("f4")
        attributes.TEXCOORD_0 = writer.array(uv)
    if figure.skinned:
        rows, weights = _influences(figure)
        attributes.JOINTS_0, attributes.WEIGHTS_0 = writer.array(rows), writer.array(weights)
    targets = [{"POSITION": writer.array(moves)} for moves in figure.morphs.values()]
    primitive = pygltflib.Primitive(
        attributes=attributes,
        indices=writer.array(made.triangles.ravel()),
        material=writer.material(picture=figure.picture, **figure.material),
        targets=targets or None,
    )
    writer.gltf.meshes.append(
        pygltflib.Mesh(name="Body", primitives=[primitive], extras={"targetNames": list(figure.morphs)})
    )
    return len(writer.gltf.meshes) - 1


def _influences(figure: Figure) -> tuple[NDArray[np.uint8], Floats]:
    """Each vertex held by the bone that it belongs to."""
    made, names = figure.made, list(BONES)
    y, x = made.positions[:, 1], made.positions[:, 0]
    rows = np.full((made.count, 4), names.index("Spine2"), np.uint8)
    rows[y > 1.42, 0] = names.index("Neck")
    rows[(y > 1.475), 0] = names.index("Head")
    rows[(x > 0.165) & (y < 1.45), 0] = names.index("LeftArm")
    rows[(x < -0.165) & (y < 1.45), 0] = names.index("RightArm")
    for side, name in ((1, "LeftEye"), (-1, "RightEye")):
        rows[np.linalg.norm(made.positions - (side * 0.035, 1.625, 0.098), axis=1) < 0.0165, 0] = names.index(name)
    if figure.jaw:
        rows[(np.abs(made.positions[:, 1] - MOUTH[1]) < 0.02) & (made.positions[:, 2] > 0.08), 0] = names.index("Jaw")
    weights = np.zeros((made.count, 4), "f4")
    weights[:, 0] = 1
    return rows, weights


def add_skin(writer: Writer, figure: Figure) -> int:
    names = list(BONES)
    first = len(writer.gltf.nodes)
    for name, (above, place) in BONES.items():
        origin = BONES[names[above]][1] if above >= 0 else (0, 0, 0)
        shown = name if name != "Jaw" or figure.jaw else "Unused"
        local = (np.array(place) - np.array(origin)) * figure.scale
        writer.node(root=above < 0, name=f"mixamorig:{shown}", translation=local.tolist())
    for number, name in enumerate(names):
        writer.gltf.nodes[first + number].children = [
            first + k for k, other in enumerate(names) if BONES[other][0] == number
        ]
        assert writer.gltf.nodes[first + number].name.endswith(name if name != "Jaw" or figure.jaw else "Unused")
    binds = np.tile(np.eye(4, dtype="f4"), (len(names), 1, 1))
    for number, (_, place) in enumerate(BONES.values()):
        binds[number, :3, :3] *= figure.scale
        binds[number, :3, 3] = -np.array(place) * figure.scale
    columns = np.ascontiguousarray(binds.transpose(0, 2, 1)).reshape(-1, 16)
    writer.gltf.skins.append(
        pygltflib.Skin(
            joints=[first + number for number in range(len(names))], inverseBindMatrices=writer.array(columns)
        )
    )
    return len(writer.gltf.skins) - 1
