"""`avatar check` and what `render` draws with files of other tools."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.command_line import holo
from tests.hologram.avatars.writing import Figure, face_morphs, person, write


@pytest.fixture(scope="module")
def avatar(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = person()
    return write(
        tmp_path_factory.mktemp("avatar") / "ann.glb", Figure(made, face_morphs(made, ["jawOpen"]), skinned=True)
    )


def test_a_check_says_what_is_in_a_file_and_what_is_wrong(avatar: Path, tmp_path: Path) -> None:
    done = holo("avatar", "check", avatar, "--json", "--data-dir", tmp_path, home=tmp_path)
    assert (done.code, done.err) == (0, "")
    report = done.object
    assert report["accepted"] is True
    assert (report["head"], report["eyes"], report["blink"], report["mouth"]) == (True, True, False, "one opening")
    assert {fault["code"] for fault in report["faults"]} == {"rough_mouth", "no_blink"}
    assert all(fault["fix"] for fault in report["faults"])


def test_a_file_that_is_refused_ends_with_one(tmp_path: Path) -> None:
    (tmp_path / "x.glb").write_bytes(b"glTF")
    done = holo("avatar", "check", tmp_path / "x.glb", "--data-dir", tmp_path, home=tmp_path)
    assert (done.code, done.err) == (1, "")
    assert "x.glb (unknown) cannot be used" in done.out
    assert "[not_gltf]" in done.out
    assert "→ Give a .glb" in done.out


def test_a_picture_of_an_avatar(avatar: Path, tmp_path: Path) -> None:
    arguments = ("--avatar", avatar, "--product", avatar, "--size", "48x80", "--data-dir", tmp_path)
    done = holo("render", "--out", tmp_path / "a.png", *arguments, home=tmp_path)
    assert (done.code, done.err) == (0, "")
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")
