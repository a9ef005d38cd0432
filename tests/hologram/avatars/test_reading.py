"""How tools differ: names, axes, units, VRM versions, surfaces, strips; each is read as it is meant."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pygltflib
import pytest

from holo_app.domain.avatar import FacePose
from holo_app.domain.speech import Viseme
from holo_app.errors import InputError
from holo_app.hologram.arkit import ARKIT_NAMES
from holo_app.hologram.avatars.body import Body
from holo_app.hologram.avatars.check import check_avatar
from holo_app.hologram.avatars.controls import Controls, combined, read_controls
from holo_app.hologram.avatars.faults import FaultCode, Findings
from holo_app.hologram.avatars.load import Avatar, load_avatar
from holo_app.hologram.avatars.names import FROM_ARKIT, FROM_VOWELS, INSTEAD, OPENING, SPELLINGS, VISEMES, plain
from holo_app.hologram.avatars.schema import Gltf
from holo_app.hologram.avatars.skeleton import Bone
from holo_app.hologram.avatars.vrm import read_vrm
from holo_app.hologram.camera import FADE
from holo_app.hologram.character import Morph
from tests.hologram.avatars.writing import Figure, Person, Writer, add_mesh, add_skin, face_morphs, png, write

NOTHING = np.zeros((1, 4), "f4")


def controls_of(*names: str) -> Controls:
    """Of an avatar that has morphs of these names."""
    named = {name: ((0, k),) for k, name in enumerate(names)}
    morph = Morph(np.zeros(1, np.int32), np.ones((1, 3), "f4"), np.zeros((1, 3), "f4"))
    morphs = {target: morph for [target] in named.values()}
    rows = np.zeros((1, 4), np.uint16)
    body = Body(NOTHING, NOTHING, NOTHING, NOTHING, rows, NOTHING, (), {}, morphs, named)
    return read_controls(body, None)


def test_the_table_of_arkit_is_whole() -> None:
    assert len(set(ARKIT_NAMES)) == 52
    assert {name.removesuffix("Left") + "Right" for name in ARKIT_NAMES if name.endswith("Left")} <= set(ARKIT_NAMES)
    for recipe in FROM_ARKIT.values():
        assert set(recipe) <= set(ARKIT_NAMES)
    assert set(FROM_ARKIT) == set(FROM_VOWELS) == set(OPENING) == set(VISEMES.values())
    assert set(INSTEAD) <= {*ARKIT_NAMES, *VISEMES.values()}


def test_arkit_names_are_found_however_they_are_dressed() -> None:
    for name in ARKIT_NAMES:
        short = name.replace("Left", "_L").replace("Right", "_R")
        for written in (name, name.upper(), f"blendShape1.{name}", f"Head|{name}", short):
            assert SPELLINGS[plain(written)] == name


@pytest.mark.parametrize(
    ("written", "control"),
    [
        ("viseme_aa", "viseme_aa"), ("VISEME_PP", "viseme_PP"), ("Viseme_E", "viseme_E"), ("viseme_ih", "viseme_I"),
        ("vrc.v_ou", "viseme_U"), ("vrc.v_sil", "viseme_sil"), ("Body.viseme_kk", "viseme_kk"), ("Fcl_MTH_A", "aa"),
        ("Fcl_EYE_Close", "blink"), ("mouthOpen", "mouthOpen"), ("eyesClosed", "eyesClosed"),
    ],
)  # fmt: skip
def test_names_of_other_tools(written: str, control: str) -> None:
    assert SPELLINGS[plain(written)] == control


@pytest.mark.parametrize(
    ("own", "mouth", "rough"),
    [
        (VISEMES.values(), "15 visemes", False),
        (ARKIT_NAMES, "52 ARKit morphs", False),
        (("viseme_aa", "viseme_O"), "one opening", True),
        (("mouthOpen", "mouthSmile"), "one opening", True),
        (("browInnerUp",), "", False),
    ],
)
def test_what_moves_the_mouth(own: tuple[str, ...], mouth: str, *, rough: bool) -> None:
    controls = controls_of(*own)
    assert (controls.mouth, controls.rough) == (mouth, rough)


def test_an_avatar_of_visemes_follows_arkit_too() -> None:
    controls = controls_of(*VISEMES.values())
    names = list(VISEMES.values())
    weights = combined({"jawOpen": 1.0, "mouthPucker": 0.5, "noseSneerLeft": 1.0, "nonsense": 1.0}, controls.made)
    assert weights == pytest.approx({(0, names.index("viseme_aa")): 0.9, (0, names.index("viseme_U")): 0.45})
    own = controls_of(*ARKIT_NAMES)
    assert combined(dict.fromkeys(ARKIT_NAMES, 0.5), own.made) == {(0, k): 0.5 for k in range(52)}


def test_an_arkit_mouth_is_round_for_o_and_wide_for_e() -> None:
    controls = controls_of(*ARKIT_NAMES)
    rounded, wide = (
        {ARKIT_NAMES[k]: w for (_, k), w in controls.made[name].items()} for name in ("viseme_O", "viseme_E")
    )
    assert rounded["mouthFunnel"] > 0.5 > rounded.get("mouthStretchLeft", 0)
    assert wide["mouthStretchLeft"] > 0.2 > wide.get("mouthFunnel", 0)


def turned(made: Person, path: Path, degrees: float) -> Avatar:
    """A skinned figure turned about the vertical."""
    writer = Writer()
    figure = Figure(made, face_morphs(made, ["viseme_aa"]), skinned=True)
    mesh = add_mesh(writer, figure)
    first = len(writer.gltf.nodes)
    skin = add_skin(writer, figure)
    half = math.radians(degrees) / 2
    writer.gltf.nodes[first].rotation = [0.0, math.sin(half), 0.0, math.cos(half)]
    writer.node(root=True, mesh=mesh, skin=skin)
    return load_avatar(writer.save(path))


@pytest.mark.parametrize("degrees", [180.0, -90.0, 60.0])
def test_a_figure_that_looks_elsewhere_is_turned(made: Person, tmp_path: Path, degrees: float) -> None:
    straight, other = (turned(made, tmp_path / f"{k}.glb", angle) for k, angle in enumerate((0.0, degrees)))
    assert FaultCode.TURNED_AWAY not in {fault.code for fault in straight.faults}
    [fault] = [fault for fault in other.faults if fault.code is FaultCode.TURNED_AWAY]
    assert f"{degrees:.0f}°" in fault.text or f"{-degrees:.0f}°" in fault.text
    assert other.rig.rest == pytest.approx(straight.rig.rest, abs=0.05)


def test_a_face_without_bones_tells_where_it_looks(made: Person, tmp_path: Path) -> None:
    back = Person(made.positions * (-1, 1, -1), made.normals * (-1, 1, -1), made.triangles, made.colours)
    back = Person(back.positions.astype("f4"), back.normals.astype("f4"), back.triangles, back.colours)
    morphs = {name: (moves * (-1, 1, -1)).astype("f4") for name, moves in face_morphs(made, ["jawOpen"]).items()}
    for name, moves in morphs.items():
        assert np.abs(moves).max() > 0, name
    avatar = load_avatar(write(tmp_path / "back.glb", Figure(back, morphs)))
    assert FaultCode.TURNED_AWAY in {fault.code for fault in avatar.faults}


def test_a_figure_that_lies_is_refused(made: Person, tmp_path: Path) -> None:
    writer = Writer()
    figure = Figure(made, face_morphs(made, ["viseme_aa"]), skinned=True)
    mesh = add_mesh(writer, figure)
    first = len(writer.gltf.nodes)
    skin = add_skin(writer, figure)
    writer.gltf.nodes[first].rotation = [math.sqrt(0.5), 0.0, 0.0, math.sqrt(0.5)]
    writer.node(root=True, mesh=mesh, skin=skin)
    with pytest.raises(InputError, match=r"it lies.*\[lying\]"):
        load_avatar(writer.save(tmp_path / "lying.glb"))


OLD_VRM: dict[str, Any] = {
    "humanoid": {"humanBones": [{"bone": "head", "node": 1}, {"bone": "chest", "node": 0}]},
    "blendShapeMaster": {
        "blendShapeGroups": [
            {"presetName": "a", "binds": [{"mesh": 0, "index": 3, "weight": 100}]},
            {"presetName": "Blink", "binds": [{"mesh": 0, "index": 4, "weight": 50}]},
            {"presetName": "unknown", "binds": []},
        ]
    },
}


def test_vrm_0_is_read_as_the_vrm_1_that_it_would_be() -> None:
    gltf = Gltf.model_validate(
        {"asset": {"version": "2.0"}, "nodes": [{}, {}, {"mesh": 0}], "extensions": {"VRM": OLD_VRM}}
    )
    vrm = read_vrm(gltf, Findings())
    assert vrm is not None
    assert vrm.humanoid.human_bones["head"].node == 1
    [a] = vrm.expressions.preset["aa"].morph_target_binds
    assert (a.node, a.index, a.weight) == (2, 3, 1.0)
    assert vrm.expressions.preset["blink"].morph_target_binds[0].weight == 0.5


def test_vrm_eyes_turn_as_far_as_the_file_says(vrm: Path) -> None:
    avatar = load_avatar(vrm)
    assert {Bone.HEAD, Bone.NECK, Bone.BODY, Bone.LEFT_EYE, Bone.RIGHT_EYE} <= avatar.rig.bones
    assert avatar.rig.controls.mouth == "the vowels of VRM"
    eye = next(k for k, joint in enumerate(avatar.rig.joints) if joint.bone is Bone.LEFT_EYE)
    row = int(np.nonzero(avatar.rig.owner == eye)[0][0])
    ahead, aside = (avatar.rig.matrices(FacePose(gaze=gaze))[row][:3, :3] for gaze in ((0, 0), (15, 0)))
    turn = aside @ np.linalg.inv(ahead)
    assert math.degrees(math.acos((np.trace(turn) - 1) / 2)) == pytest.approx(15, abs=0.1)
    smile = avatar.rig.weights(FacePose(smile=1.0))
    assert list(smile.values()) == pytest.approx([0.54]), "happy, by half: speech needs the lips"


def test_surfaces_keep_their_kind(made: Person, tmp_path: Path) -> None:
    white = png(np.full((4, 4, 4), 255, np.uint8))
    kinds: list[tuple[dict[str, Any], tuple[float, bool, bool, bool]]] = [
        ({}, (0.0, False, False, False)),
        ({"alphaMode": "MASK", "alphaCutoff": 0.3, "doubleSided": True}, (0.3, False, True, False)),
        ({"alphaMode": "BLEND"}, (0.0, True, False, False)),
        ({"extensions": {"KHR_materials_unlit": {}}}, (0.0, False, False, True)),
    ]
    for material, expected in kinds:
        figure = Figure(
            made, face_morphs(made, ["jawOpen"]), picture=white, material={"colour": [1, 0.2, 0, 1], **material}
        )
        [(surface, _)] = load_avatar(write(tmp_path / "x.glb", figure)).shape.parts
        assert (surface.cutoff, surface.blended, surface.double_sided, surface.unlit) == expected
        assert surface.colour == pytest.approx((1.0, 0.485, 0.0, 1.0), abs=0.01), "linear light, as it is displayed"


@pytest.mark.parametrize("mode", [5, 6])
def test_strips_and_fans_are_triangles(tiny: Writer, tmp_path: Path, mode: int) -> None:
    square = np.array([[0, 1, 0], [1, 1, 0], [0, 2, 0], [1, 2, 0]], "f4")
    order = [0, 1, 2, 3] if mode == 5 else [0, 1, 3, 2]
    tiny.gltf.meshes[0].primitives.append(
        pygltflib.Primitive(
            attributes=pygltflib.Attributes(POSITION=tiny.array(square)),
            indices=tiny.array(np.array(order, np.uint8)[:, None]),
            mode=mode,
            targets=[{"POSITION": tiny.array(np.zeros((4, 3), "f4"))}],
        )
    )
    avatar = load_avatar(tiny.save(tmp_path / "x.glb"))
    assert avatar.shape.triangles == 3
    _, triangles = avatar.shape.parts[0]
    flat = avatar.shape.positions[triangles[1:]]
    facing = np.cross(flat[:, 1] - flat[:, 0], flat[:, 2] - flat[:, 0])[:, 2]
    assert (facing > 0).all(), "all seen from the front"
    assert FaultCode.NORMALS_MADE in {fault.code for fault in avatar.faults}


def test_only_the_wearers_mesh_is_left_out(vrm: Path, tmp_path: Path) -> None:
    file = pygltflib.GLTF2().load_binary(str(vrm))
    node = next(k for k, node in enumerate(file.nodes) if node.mesh is not None)
    file.extensions["VRMC_vrm"]["firstPerson"] = {"meshAnnotations": [{"node": node, "type": "firstPersonOnly"}]}
    file.save_binary(str(tmp_path / "x.vrm"))
    assert FaultCode.EMPTY in {fault.code for fault in check_avatar(tmp_path / "x.vrm").faults}


def test_a_jaw_bone_speaks_where_no_morph_does(skinned: Path) -> None:
    rig = load_avatar(skinned).rig
    jaw = next(k for k, joint in enumerate(rig.joints) if joint.bone is Bone.JAW)
    rows = rig.owner == jaw
    rest, opened, closed = (
        rig.matrices(FacePose(visemes=visemes))[rows] for visemes in ({}, {Viseme.AA: 1.0}, {Viseme.PP: 1.0})
    )
    assert np.abs(opened - rest).max() > 0.05
    assert np.abs(closed - rest).max() == 0


def bust(made: Person, low: float) -> Person:
    """What is above a height, in metres."""
    kept = (made.positions[made.triangles][..., 1] > low).all(axis=1)
    return Person(made.positions, made.normals, made.triangles[kept], made.colours)


@pytest.mark.parametrize("low", [1.2, 1.45, 1.505, 1.56])
def test_a_bust_dissolves_at_its_own_end(made: Person, tmp_path: Path, low: float) -> None:
    figure = Figure(bust(made, low), face_morphs(made, ["jawOpen", "eyeBlinkLeft", "eyeBlinkRight"]))
    avatar = load_avatar(write(tmp_path / "bust.glb", figure))
    shape = avatar.shape
    heights = (avatar.rig.rest[0] @ np.c_[shape.positions, np.ones(len(shape.positions))].T)[1]
    assert avatar.fade[0] == pytest.approx(max(heights.min(), FADE[0]), abs=0.3)
    assert avatar.fade[0] < avatar.fade[1] < -4.0 + 6.0 * (low > 1.5)
    assert 6.0 < heights.max() < 11.5, "the head is as high, whatever hangs on it"
