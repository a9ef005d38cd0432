"""Files that cannot be used are refused by name, with what to do: never a traceback, never more memory than allowed."""

from __future__ import annotations

import base64
import json
import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pygltflib
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from holo_app.errors import InputError
from holo_app.hologram.avatars.check import AvatarReport, check_avatar
from holo_app.hologram.avatars.faults import Fault, FaultCode, Severity
from holo_app.hologram.avatars.load import load_avatar
from tests.hologram.avatars.writing import Figure, Person, Writer, face_morphs, write

Document = dict[str, Any]


def parts(writer: Writer, folder: Path) -> tuple[Document, bytes]:
    """The file's document and its binary chunk."""
    return split(writer.save(folder / "parts.glb").read_bytes())


def split(content: bytes) -> tuple[Document, bytes]:
    size = struct.unpack_from("<I", content, 12)[0]
    return json.loads(content[20 : 20 + size]), content[28 + size :]


def glb(document: Document, binary: bytes) -> bytes:
    text = json.dumps(document).encode()
    text += b" " * (-len(text) % 4)
    body = struct.pack("<II", len(text), 0x4E4F534A) + text + struct.pack("<II", len(binary), 0x004E4942) + binary
    return struct.pack("<4sII", b"glTF", 2, 12 + len(body)) + body


def check_changed(writer: Writer, folder: Path, change: Callable[[Document], None]) -> AvatarReport:
    document, binary = parts(writer, folder)
    change(document)
    path = folder / "changed.glb"
    path.write_bytes(glb(document, binary))
    return check_avatar(path)


def errors(report: AvatarReport) -> set[FaultCode]:
    return {fault.code for fault in report.faults if fault.severity is Severity.ERROR}


def test_the_least_avatar_is_accepted(tiny: Writer, tmp_path: Path) -> None:
    report = check_changed(tiny, tmp_path, lambda _: None)
    assert report.accepted
    assert (report.vertices, report.triangles, report.joints, report.morphs) == (3, 1, 1, 1)


def test_broken_morphs_are_refused_each_by_name(made: Person, folder: Path) -> None:
    morphs = face_morphs(made, ["jawOpen", "mouthFunnel", "eyeBlinkLeft", "eyeBlinkRight"])
    morphs["mouthFunnel"][3] = np.nan
    morphs["eyeBlinkLeft"] = morphs["eyeBlinkLeft"][:-7]
    path = write(folder / "broken.glb", Figure(made, morphs))
    report = check_avatar(path)
    assert not report.accepted
    texts = [fault.text for fault in report.faults if fault.code is FaultCode.BAD_MORPH]
    assert len(texts) == 2
    assert "mouthFunnel" in texts[0]
    assert "nowhere" in texts[0]
    assert "eyeBlinkLeft" in texts[1]
    assert "1833 of 1840" in texts[1]
    with pytest.raises(InputError) as caught:
        load_avatar(path)
    assert len(caught.value.problems) == 2
    assert "Repair or remove that morph" in str(caught.value)


def set_in(*path: Any, to: Any) -> Callable[[Document], None]:
    def change(document: Any) -> None:
        for step in path[:-1]:
            document = document[step]
        document[path[-1]] = to

    return change


PRIMITIVE = ("meshes", 0, "primitives", 0)
CASES: dict[str, tuple[Callable[[Document], None], FaultCode]] = {
    "a morph that changes a vertex that is not there": (
        set_in("accessors", 5, "sparse", "indices", to={"bufferView": 3, "byteOffset": 2, "componentType": 5123}),
        FaultCode.BAD_MORPH,
    ),
    "fewer morphs than names": (set_in("meshes", 0, "extras", "targetNames", to=["a", "b"]), FaultCode.BAD_MORPH),
    "no morph": (set_in(*PRIMITIVE, "targets", to=[]), FaultCode.BAD_MORPH),
    "no mouth": (set_in("meshes", 0, "extras", "targetNames", to=["hat"]), FaultCode.NO_MOUTH),
    "an accessor without end": (set_in("accessors", 0, "count", to=2**30), FaultCode.TOO_MANY_VERTICES),
    "indices without end": (set_in("accessors", 4, "count", to=2**30), FaultCode.TOO_BIG),
    "more vertices than bytes": (set_in("accessors", 0, "count", to=4), FaultCode.BAD_DATA),
    "positions that are pairs": (set_in("accessors", 0, "type", to="VEC2"), FaultCode.BAD_DATA),
    "an accessor that is not there": (set_in(*PRIMITIVE, "attributes", "POSITION", to=99), FaultCode.BAD_DOCUMENT),
    "a view outside its buffer": (set_in("bufferViews", 0, "byteLength", to=2**28), FaultCode.BAD_DATA),
    "a buffer that is too short": (set_in("buffers", 0, "byteLength", to=10**6), FaultCode.MISSING_BUFFER),
    "a missing file": (set_in("buffers", 0, "uri", to="body.bin"), FaultCode.MISSING_BUFFER),
    "a file of somebody else": (set_in("buffers", 0, "uri", to="../../secret.bin"), FaultCode.OUTSIDE_FOLDER),
    "a file of the system": (set_in("buffers", 0, "uri", to="/etc/hostname"), FaultCode.OUTSIDE_FOLDER),
    "a file of the network": (set_in("buffers", 0, "uri", to="https://example.com/a.bin"), FaultCode.OUTSIDE_FOLDER),
    "an escaped way out": (set_in("buffers", 0, "uri", to="%2e%2e/%2e%2e/secret.bin"), FaultCode.OUTSIDE_FOLDER),
    "a spoiled data URI": (set_in("buffers", 0, "uri", to="data:;base64,@@@"), FaultCode.BAD_DATA),
    "nodes in a circle": (set_in("nodes", 0, "children", to=[0]), FaultCode.BAD_HIERARCHY),
    "a node that is not there": (set_in("nodes", 0, "children", to=[7]), FaultCode.BAD_HIERARCHY),
    "a node at infinity": (set_in("nodes", 0, "scale", to=[1e30, 1, 1]), FaultCode.BAD_HIERARCHY),
    "a joint that is not there": (set_in("skins", 0, "joints", to=[9]), FaultCode.BAD_SKIN),
    "a skin that is not there": (set_in("nodes", 1, "skin", to=4), FaultCode.BAD_SKIN),
    "Draco": (set_in("extensionsRequired", to=["KHR_draco_mesh_compression"]), FaultCode.NEEDS_EXTENSION),
    "meshopt": (set_in("extensionsRequired", to=["EXT_meshopt_compression"]), FaultCode.NEEDS_EXTENSION),
    "KTX2": (set_in("extensionsRequired", to=["KHR_texture_basisu"]), FaultCode.NEEDS_EXTENSION),
    "glTF 1": (set_in("asset", "version", to="1.0"), FaultCode.OLD_VERSION),
    "no mesh": (set_in("nodes", 1, "mesh", to=None), FaultCode.EMPTY),
    "lines only": (set_in(*PRIMITIVE, "mode", to=1), FaultCode.EMPTY),
    "VRM that does not hold": (set_in("extensions", to={"VRMC_vrm": {"humanoid": 3}}), FaultCode.BAD_DOCUMENT),
    "VRM 0 that does not hold": (
        set_in("extensions", to={"VRM": {"humanoid": {"humanBones": [4]}}}), FaultCode.BAD_DOCUMENT,
    ),
    "a material that is not there": (set_in(*PRIMITIVE, "material", to=3), FaultCode.BAD_DOCUMENT),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_a_fault_is_named(tiny: Writer, tmp_path: Path, case: str) -> None:
    change, code = CASES[case]
    report = check_changed(tiny, tmp_path, change)
    assert code in errors(report)
    assert all(fault.text and fault.fix for fault in report.faults)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", FaultCode.NOT_GLTF),
        (b"glTF", FaultCode.NOT_GLTF),
        (b"glTF\x02\0\0\0\xff\0\0\0", FaultCode.NOT_GLTF),
        (struct.pack("<4sII", b"glTF", 1, 12), FaultCode.OLD_VERSION),
        (struct.pack("<4sII", b"glTF", 2, 12), FaultCode.NOT_GLTF),
        (b"\x89PNG\r\n", FaultCode.NOT_GLTF),
        (b"{}", FaultCode.BAD_DOCUMENT),
        (b"[" * 100_000, FaultCode.NOT_GLTF),
        (b'{"asset":' + b"[" * 100_000, FaultCode.BAD_DOCUMENT),
        (b'{"asset":{"version":"2.0"},"nodes":[{"scale":[NaN,1,1]}]}', FaultCode.BAD_DOCUMENT),
        (b'{"asset":{"version":"2.0"}}', FaultCode.EMPTY),
    ],
)
def test_what_is_no_avatar_is_refused(tmp_path: Path, content: bytes, code: FaultCode) -> None:
    path = tmp_path / "x.glb"
    path.write_bytes(content)
    assert errors(check_avatar(path)) == {code}


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    assert errors(check_avatar(tmp_path / "gone.glb")) == {FaultCode.UNREADABLE}
    assert errors(check_avatar(tmp_path)) == {FaultCode.UNREADABLE}
    with pytest.raises(InputError, match=r"gone\.glb is missing\. See that the file is there"):
        load_avatar(tmp_path / "gone.glb")


def test_a_file_cut_short_is_refused(oculus: Path, tmp_path: Path) -> None:
    path = tmp_path / "short.glb"
    path.write_bytes(oculus.read_bytes()[:5000])
    [fault] = check_avatar(path).faults
    assert fault.code is FaultCode.NOT_GLTF
    assert "not copied completely" in fault.text


@pytest.mark.parametrize(
    ("number", "code"),
    [(np.nan, FaultCode.NOT_FINITE), (np.inf, FaultCode.NOT_FINITE), (1e20, FaultCode.NOT_FINITE)],
)
def test_a_vertex_nowhere_is_refused(tiny: Writer, tmp_path: Path, number: float, code: FaultCode) -> None:
    tiny.binary[0:4] = struct.pack("<f", number)
    assert code in errors(check_avatar(tiny.save(tmp_path / "x.glb")))


def test_an_index_outside_is_refused(tiny: Writer, tmp_path: Path) -> None:
    place = tiny.gltf.bufferViews[tiny.gltf.accessors[4].bufferView].byteOffset
    tiny.binary[place : place + 2] = struct.pack("<H", 3)
    assert FaultCode.BAD_TRIANGLES in errors(check_avatar(tiny.save(tmp_path / "x.glb")))


def test_a_joint_outside_is_refused_only_where_it_holds(tiny: Writer, tmp_path: Path) -> None:
    place = tiny.gltf.bufferViews[tiny.gltf.accessors[2].bufferView].byteOffset
    tiny.binary[place + 1] = 200
    assert check_avatar(tiny.save(tmp_path / "x.glb")).accepted, "its weight is nothing"
    tiny.binary[place] = 200
    assert errors(check_avatar(tiny.save(tmp_path / "x.glb"))) == {FaultCode.BAD_SKIN, FaultCode.EMPTY}


def png_that_says(width: int, height: int) -> bytes:
    """A PNG whose pixels are not there."""
    head = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    content = b"\x89PNG\r\n\x1a\n"
    for kind, data in ((b"IHDR", head), (b"IDAT", zlib.compress(b"\0" * 9)), (b"IEND", b"")):
        content += struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    return content


@pytest.mark.parametrize(
    ("picture", "code"),
    [
        (png_that_says(60_000, 60_000), FaultCode.TOO_MUCH_TEXTURE),
        (png_that_says(64, 64), FaultCode.BAD_PICTURE),
        (b"GIF89a", FaultCode.BAD_PICTURE),
        (b"", FaultCode.BAD_PICTURE),
    ],
)
def test_a_picture_that_cannot_be_used_is_refused(
    tiny: Writer, tmp_path: Path, picture: bytes, code: FaultCode
) -> None:
    tiny.gltf.meshes[0].primitives[0].material = tiny.material(picture=picture)
    report = check_avatar(tiny.save(tmp_path / "x.glb"))
    assert code in errors(report) or (picture == b"" and errors(report))


def test_too_many_joints_are_refused(tiny: Writer, tmp_path: Path) -> None:
    tiny.gltf.skins[0] = pygltflib.Skin(joints=[0] * 1100)
    assert FaultCode.TOO_MANY_JOINTS in errors(check_avatar(tiny.save(tmp_path / "x.glb")))


def test_a_text_file_with_its_bytes_in_it_or_beside_it(tiny: Writer, tmp_path: Path) -> None:
    document, binary = parts(tiny, tmp_path)
    size = document["buffers"][0]["byteLength"]
    inside = "data:application/octet-stream;base64," + base64.b64encode(binary[:size]).decode()
    for uri in (inside, "the%20body.bin"):
        document["buffers"][0]["uri"] = uri
        (tmp_path / "the body.bin").write_bytes(binary)
        path = tmp_path / "x.gltf"
        path.write_text(json.dumps(document))
        assert check_avatar(path).accepted


def test_a_link_out_of_the_folder_is_not_followed(tiny: Writer, tmp_path: Path) -> None:
    document, binary = parts(tiny, tmp_path)
    (tmp_path / "other").mkdir()
    (tmp_path / "body.bin").write_bytes(binary)
    (tmp_path / "other" / "body.bin").symlink_to(tmp_path / "body.bin")
    document["buffers"][0]["uri"] = "body.bin"
    path = tmp_path / "other" / "x.gltf"
    path.write_text(json.dumps(document))
    assert errors(check_avatar(path)) == {FaultCode.OUTSIDE_FOLDER}


JUNK = st.one_of(
    st.none(), st.booleans(), st.integers(-5, 70_000), st.integers(2**30, 2**70), st.floats(allow_nan=False),
    st.text(max_size=5), st.lists(st.integers(-1, 3), max_size=3), st.just({}), st.just([[]]),
)  # fmt: skip


def places(document: Any, above: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a document."""
    items = document.items() if isinstance(document, dict) else enumerate(document)
    found = []
    for key, value in items:
        found.append((*above, key))
        if isinstance(value, dict | list):
            found += places(value, (*above, key))
    return found


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_nonsense_in_a_document_is_a_traceback(tiny: Writer, tmp_path: Path, data: st.DataObject) -> None:
    if not (tmp_path / "parts.glb").exists():
        parts(tiny, tmp_path)
    document, binary = split((tmp_path / "parts.glb").read_bytes())
    for _ in range(data.draw(st.integers(1, 2))):
        place = data.draw(st.sampled_from(places(document)))
        try:
            set_in(*place, to=data.draw(JUNK))(document)
        except (KeyError, IndexError, TypeError):
            continue  # the first change took the place of the second away
    (tmp_path / "x.glb").write_bytes(glb(document, binary))
    report = check_avatar(tmp_path / "x.glb")
    assert all(fault.fix for fault in report.faults)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_spoiled_byte_is_a_traceback(tiny: Writer, tmp_path: Path, data: st.DataObject) -> None:
    if not (tmp_path / "sound.glb").exists():
        tiny.save(tmp_path / "sound.glb")
    content = bytearray((tmp_path / "sound.glb").read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    (tmp_path / "x.glb").write_bytes(content[: data.draw(st.integers(len(content) // 2, len(content)))])
    assert isinstance(check_avatar(tmp_path / "x.glb"), AvatarReport)


def test_every_fault_says_what_to_do() -> None:
    for code in FaultCode:
        assert Fault(code, "it").fix.endswith(".")


def test_one_large_file_named_often_does_not_eat_the_memory(tiny: Writer, tmp_path: Path) -> None:
    document, _ = parts(tiny, tmp_path)
    with (tmp_path / "large.bin").open("wb") as stream:
        stream.truncate(100 * 2**20)
    document["buffers"] = [{"uri": "large.bin", "byteLength": 100}] * 4
    for number, view in enumerate(document["bufferViews"]):
        view.update(buffer=number % 4, byteOffset=0, byteLength=100)
    (tmp_path / "x.gltf").write_text(json.dumps(document))
    [fault] = check_avatar(tmp_path / "x.gltf").faults
    assert (fault.code, fault.text) == (FaultCode.TOO_BIG, "its buffers take more than 256 MB")
