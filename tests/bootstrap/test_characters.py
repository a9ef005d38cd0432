"""The operator's avatar: loaded where it can be used, else our own character, and the doctor says why."""

from __future__ import annotations

from pathlib import Path

import pytest
from structlog.testing import capture_logs

from holo_app.bootstrap.characters import avatar_figure, chosen_figure
from holo_app.bootstrap.checks.avatar import check_character
from holo_app.bootstrap.kiosk import hologram
from holo_app.bootstrap.screens import Shown
from holo_app.config import Settings
from holo_app.errors import InputError
from holo_app.hologram.avatars.figure import AvatarMaker
from holo_app.hologram.avatars.names import VISEMES
from tests.hologram.avatars.writing import Figure, face_morphs, person, write


@pytest.fixture(scope="module")
def avatar(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = person()
    names = [*VISEMES.values(), "eyeBlinkLeft", "eyeBlinkRight"]
    return write(tmp_path_factory.mktemp("avatar") / "ann.glb", Figure(made, face_morphs(made, names), skinned=True))


@pytest.fixture
def spoiled(avatar: Path, tmp_path: Path) -> Path:
    path = tmp_path / "spoiled.glb"
    path.write_bytes(avatar.read_bytes()[:1000])
    return path


def test_without_a_choice_it_is_our_own() -> None:
    assert chosen_figure(Settings()) is None
    assert [found.diagnosis.code for found in check_character(None)] == ["avatar_ok"]


def test_the_chosen_avatar_stands_on_the_stage(avatar: Path, tmp_path: Path) -> None:
    settings = Settings().replaced("character", avatar=avatar).replaced("general", data_dir=tmp_path)
    assert isinstance(chosen_figure(settings), AvatarMaker)
    scene = hologram(Shown(settings, settings))()
    assert scene.software, "nothing is drawn yet"
    assert not list(tmp_path.rglob("*.npz")), "our own character is not sculpted for nothing"
    assert [found.diagnosis.code for found in check_character(avatar)] == ["avatar_ok"]


def test_a_file_that_cannot_be_used_is_named_and_replaced(spoiled: Path) -> None:
    with capture_logs() as logs:
        assert chosen_figure(Settings().replaced("character", avatar=spoiled)) is None
    [event] = [log for log in logs if log["event"] == "avatar_refused"]
    assert event["file"] == "spoiled.glb"
    assert "not copied completely" in event["problems"][0]
    with pytest.raises(InputError):
        avatar_figure(spoiled)
    [found] = check_character(spoiled)
    assert found.diagnosis.code == "avatar_refused"
    assert "not copied completely" in found.text


def test_an_avatar_that_could_be_better_is_a_warning(tmp_path: Path) -> None:
    made = person()
    path = write(tmp_path / "plain.glb", Figure(made, face_morphs(made, ["jawOpen"])))
    codes = {found.diagnosis.code for found in check_character(path)}
    assert codes == {"avatar_poor"}
