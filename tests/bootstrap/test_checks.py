"""Each check of the doctor, on real files, sockets and databases."""

import os
import shutil
import socket
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from holo_app.bootstrap.catalogue import list_products
from holo_app.bootstrap.checks.database import check_database
from holo_app.bootstrap.checks.display import check_display
from holo_app.bootstrap.checks.machine import check_clock, check_disk, check_versions
from holo_app.bootstrap.checks.models import check_models
from holo_app.bootstrap.checks.sound import level_dbfs
from holo_app.bootstrap.doctor import kiosk_checks
from holo_app.bootstrap.shop import DATABASE
from holo_app.config import Settings
from holo_app.ops.doctor import Finding
from holo_app.resources import MODELS_DIR_VARIABLE, models_dir, models_in_use

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


def codes(findings: list[Finding]) -> list[str]:
    return [found.diagnosis.code for found in findings]


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """A database with the sample shop."""
    list_products(Settings().replaced("general", data_dir=tmp_path))
    return tmp_path / DATABASE


def change(database: Path, statement: str) -> None:
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute(statement)


def test_a_sound_database(database: Path) -> None:
    [found] = check_database(database)
    assert found.diagnosis.code == "database_ok"
    assert "24 products, 0 conversations" in found.text


def test_no_database_yet(tmp_path: Path) -> None:
    assert codes(check_database(tmp_path / DATABASE)) == ["database_new"]
    assert list(tmp_path.iterdir()) == []


def test_an_empty_catalogue(database: Path) -> None:
    change(database, "DELETE FROM products")
    assert codes(check_database(database)) == ["database_ok", "catalogue_empty"]


def test_a_schema_of_the_future(database: Path) -> None:
    change(database, "UPDATE alembic_version SET version_num = '9999'")
    assert codes(check_database(database)) == ["database_too_new"]


def test_a_damaged_database_is_left_as_it_is(database: Path) -> None:
    content = bytearray(database.read_bytes())
    content[4096:12288] = os.urandom(8192)
    database.write_bytes(content)
    before = sorted(file.name for file in database.parent.iterdir())
    assert codes(check_database(database)) == ["database_damaged"]
    assert (database.read_bytes(), sorted(file.name for file in database.parent.iterdir())) == (bytes(content), before)


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    (tmp_path / DATABASE).write_bytes(b"hello" * 1000)
    assert codes(check_database(tmp_path / DATABASE)) == ["database_damaged"]


def test_a_folder_in_the_place_of_the_database(tmp_path: Path) -> None:
    (tmp_path / DATABASE).mkdir()
    assert codes(check_database(tmp_path / DATABASE)) == ["database_unreadable"]


@pytest.mark.parametrize(
    ("total", "free", "code"), [(64, 40, "disk_ok"), (64, 0.5, "disk_low"), (64, 0.05, "disk_full")]
)
def test_the_room_on_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, total: float, free: float, code: str
) -> None:
    usage = shutil.disk_usage(tmp_path)
    told = type(usage)(int(total * 1e9), int((total - free) * 1e9), int(free * 1e9))
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: told)
    assert codes(check_disk(tmp_path / "not" / "yet" / "there")) == [code]


def test_the_clock(tmp_path: Path) -> None:
    assert codes(check_clock(tmp_path, NOW)) == ["clock_ok"]
    assert codes(check_clock(tmp_path, datetime(1970, 1, 1, tzinfo=UTC))) == ["clock_wrong"]
    (tmp_path / "holo.db").write_text("")
    os.utime(tmp_path / "holo.db", ((NOW + timedelta(days=2)).timestamp(),) * 2)
    assert codes(check_clock(tmp_path, NOW)) == ["clock_wrong"]


def test_the_versions_of_this_installation() -> None:
    [found] = check_versions()
    assert found.diagnosis.code == "versions_ok"


@pytest.mark.models
def test_models_are_named_one_by_one() -> None:
    found = check_models()
    assert codes(found) == ["model_ok"] * len(models_in_use())
    assert all(model.name in text.text for model, text in zip(models_in_use(), found, strict=True))


@pytest.mark.models
def test_a_missing_and_an_altered_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept, altered, *missing = (model for model in models_in_use() if not model.optional)
    for model in (kept, altered):
        shutil.copytree(models_dir() / model.name, tmp_path / model.name)
    file = tmp_path / altered.name / altered.files[0].name
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    monkeypatch.setenv(MODELS_DIR_VARIABLE, str(tmp_path))
    found = check_models()
    assert codes(found) == ["model_ok", "model_broken"] + ["model_broken"] * len(missing)
    assert altered.name in found[1].text
    assert "altered" in found[1].text
    assert all("missing" in finding.text for finding in found[2:])


@pytest.fixture
def short_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Socket paths are limited to about a hundred letters."""
    return tmp_path_factory.mktemp("w")


def test_a_screen_that_answers(short_folder: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as server:
        server.bind(str(short_folder / "wayland-7"))
        server.listen()
        screen, _graphics = check_display({"WAYLAND_DISPLAY": "wayland-7", "XDG_RUNTIME_DIR": str(short_folder)})
    assert screen.diagnosis.code == "display_ok"


def test_an_x_display_over_the_network() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        number = server.getsockname()[1] - 6000
        [screen, _graphics] = check_display({"DISPLAY": f"127.0.0.1:{number}.0"})
    assert screen.diagnosis.code == "display_ok"


@pytest.mark.parametrize(
    ("environment", "code"),
    [
        ({}, "display_missing"),
        ({"DISPLAY": ":54321"}, "display_unreachable"),
        ({"DISPLAY": "nonsense"}, "display_unreachable"),
        ({"WAYLAND_DISPLAY": "wayland-9", "XDG_RUNTIME_DIR": "/nowhere"}, "display_unreachable"),
    ],
)
def test_no_screen(environment: dict[str, str], code: str) -> None:
    screen, graphics = check_display(environment)
    assert screen.diagnosis.code == code
    assert graphics.diagnosis.code in {"graphics_ok", "graphics_software"}
    assert "OpenGL" in graphics.text


def test_the_level_of_sound() -> None:
    loud = np.full(1600, 16_384, np.int16)
    assert level_dbfs(loud) == pytest.approx(-6.02, abs=0.01)
    assert level_dbfs(np.zeros(1600, np.int16)) == -100.0
    assert level_dbfs(np.zeros(0, np.int16)) == -100.0


def test_there_is_a_check_for_each_part() -> None:
    names = [check.name for check in kiosk_checks(Settings())]
    assert names == [
        "models", "microphone", "speaker", "camera", "display", "avatar", "database", "disk", "clock", "versions",
    ]  # fmt: skip
