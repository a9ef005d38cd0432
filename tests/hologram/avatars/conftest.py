from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import moderngl
import numpy as np
import pygltflib
import pytest

from holo_app.hologram.arkit import ARKIT_NAMES
from holo_app.hologram.avatars.names import VISEMES
from holo_app.hologram.gl_context import release, standalone_context
from tests.hologram.avatars.writing import (
    BONES,
    MOUTH,
    Figure,
    Person,
    Writer,
    add_mesh,
    add_skin,
    face_morphs,
    person,
    png,
    shift,
    write,
)


@pytest.fixture(scope="session")
def made() -> Person:
    return person()


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("avatars")


@pytest.fixture(scope="session")
def arkit(folder: Path, made: Person) -> Path:
    """The 52 ARKit morphs, no skin, a texture with its own alpha."""
    return write(folder / "arkit.glb", Figure(made, face_morphs(made, ARKIT_NAMES)))


@pytest.fixture(scope="session")
def oculus(folder: Path, made: Person) -> Path:
    """The 15 visemes and a skin, as Ready Player Me names them."""
    names = [*VISEMES.values(), "eyeBlinkLeft", "eyeBlinkRight", "mouthSmile"]
    return write(folder / "oculus.glb", Figure(made, face_morphs(made, names), skinned=True))


@pytest.fixture(scope="session")
def skinned(folder: Path, made: Person) -> Path:
    """No morph at all: a jaw bone opens the mouth. In centimetres."""
    return write(folder / "skinned.glb", Figure(made, skinned=True, jaw=True, scale=100.0))


@pytest.fixture(scope="session")
def huge(folder: Path, made: Person) -> Path:
    """A texture of 4500 × 60 pixels: red above, green below."""
    pixels = np.zeros((60, 4500, 3), np.uint8)
    pixels[:30, :, 0] = pixels[30:, :, 1] = 220
    return write(folder / "huge.glb", Figure(made, face_morphs(made, ["jawOpen"]), picture=png(pixels)))


@pytest.fixture(scope="session")
def vrm(folder: Path, made: Person) -> Path:
    """VRM 1.0: expressions over morphs without names, humanoid bones without names, eyes that turn by bones."""
    writer = Writer()
    vowels = {
        name: shift(made, MOUTH, 0.05, (0, -0.014 - k * 0.001, 0.012)) for k, name in enumerate(("aa", "ih", "ou"))
    }
    morphs = {**vowels, "blink": face_morphs(made, ["eyeBlinkLeft"])["eyeBlinkLeft"], "happy": vowels["ih"]}
    figure = Figure(made, morphs, skinned=True)
    mesh = add_mesh(writer, figure)
    writer.gltf.meshes[mesh].extras = {}
    first = len(writer.gltf.nodes)
    skin = add_skin(writer, figure)
    for node in writer.gltf.nodes[first:]:
        node.name = ""
    shown = writer.node(root=True, mesh=mesh, skin=skin)
    vrm_bones = ("hips", "chest", "neck", "head", "leftEye", "rightEye", "leftUpperArm", "leftLowerArm", "rightUpperArm",
                 "rightLowerArm")  # fmt: skip
    writer.gltf.extensionsUsed = ["VRMC_vrm", "VRMC_springBone"]
    writer.gltf.extensions = {
        "VRMC_springBone": {"specVersion": "1.0"},
        "VRMC_vrm": {
            "specVersion": "1.0",
            "humanoid": {
                "humanBones": {name: {"node": first + k} for k, name in enumerate(vrm_bones)},
            },
            "expressions": {
                "preset": {
                    name: {"morphTargetBinds": [{"node": shown, "index": k, "weight": 1.0}]}
                    for k, name in enumerate(morphs)
                }
            },
            "lookAt": {
                "type": "bone",
                "rangeMapHorizontalInner": {"inputMaxValue": 30, "outputScale": 30},
                "rangeMapHorizontalOuter": {"inputMaxValue": 30, "outputScale": 30},
            },
        },
    }
    assert len(vrm_bones) <= len(BONES)
    return writer.save(folder / "person.vrm")


@pytest.fixture
def tiny() -> Writer:
    """The least that is an avatar: a triangle with a mouth's morph, held by a bone. For faults of all kinds."""
    writer = Writer()
    corners = np.array([[0, 1, 0], [1, 1, 0], [0, 2, 0]], "f4")
    primitive = pygltflib.Primitive(
        attributes=pygltflib.Attributes(
            POSITION=writer.array(corners),
            NORMAL=writer.array(np.tile(np.array([[0, 0, 1]], "f4"), (3, 1))),
            JOINTS_0=writer.array(np.zeros((3, 4), np.uint8)),
            WEIGHTS_0=writer.array(np.tile(np.array([[1, 0, 0, 0]], "f4"), (3, 1))),
        ),
        indices=writer.array(np.arange(3, dtype=np.uint16)[:, None]),
        targets=[{"POSITION": writer.sparse(3, np.array([1]), np.array([[0, -0.1, 0]], "f4"))}],
    )
    writer.gltf.meshes.append(pygltflib.Mesh(name="T", primitives=[primitive], extras={"targetNames": ["jawOpen"]}))
    head = writer.node(root=True, name="Head", translation=[0.0, 1.2, 0.0])
    bind = np.eye(4, dtype="f4")
    bind[:3, 3] = (0, -1.2, 0)
    writer.gltf.skins.append(
        pygltflib.Skin(joints=[head], inverseBindMatrices=writer.array(np.ascontiguousarray(bind.T).reshape(1, 16)))
    )
    writer.node(root=True, name="Face", mesh=0, skin=0)
    return writer


@pytest.fixture(scope="module")
def ctx() -> Iterator[moderngl.Context]:
    ctx = standalone_context()
    yield ctx
    release(ctx)
