"""The QML is checked against the view-models' own types, as qmllint sees them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

import holo_app.ui

UI = Path(holo_app.ui.__file__).parent
TOOLS = Path(sys.executable).parent
# what the dumper writes for Python's own types, and what QML calls them
QML_TYPES = {"dict": "QVariantMap", "list": "QVariantList", "float": "double"}


def describe(model: Path, out: Path) -> Path:
    """The types of one module, as qmltyperegistrar reads them."""
    target = out / f"{model.stem}.json"
    subprocess.run([TOOLS / "pyside6-metaobjectdump", "-q", "-s", model, "-o", target], check=True)
    described = json.loads(target.read_text(encoding="utf-8"))
    for kind in described[0]["classes"]:
        for prop in kind.get("properties", []):
            prop["type"] = QML_TYPES.get(prop["type"], prop["type"])
            # the dumper forgets `constant=True`; a property that never tells of changes is one
            prop.setdefault("constant", "notify" not in prop)
    target.write_text(json.dumps(described), encoding="utf-8")
    return target


@pytest.fixture(scope="module")
def types_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("types")
    module = folder / "Holo"
    module.mkdir()
    described = [describe(model, module) for model in sorted(UI.glob("*_model.py"))]
    registrar = [str(TOOLS / "pyside6-qmltyperegistrar"), f"--generate-qmltypes={module / 'holo.qmltypes'}"]
    subprocess.run(
        [
            *registrar,
            "--import-name",
            "Holo",
            "--major-version",
            "1",
            *map(str, described),
            "-o",
            str(module / "unused.cpp"),
        ],
        check=True,
        capture_output=True,
    )
    (module / "qmldir").write_text("module Holo\nimport QtQuick\ntypeinfo holo.qmltypes\n", encoding="utf-8")
    return folder


def lint(types_dir: Path, *files: Path) -> subprocess.CompletedProcess[str]:
    command = [str(TOOLS / "pyside6-qmllint"), "-I", str(types_dir), "--max-warnings", "0", *map(str, files)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_qml_is_clean(types_dir: Path) -> None:
    result = lint(types_dir, *sorted((UI / "qml").glob("*.qml")))
    assert result.returncode == 0, result.stdout + result.stderr


def test_the_check_knows_the_view_models(types_dir: Path, tmp_path: Path) -> None:
    wrong = tmp_path / "Wrong.qml"
    wrong.write_text(
        "import QtQuick\nimport Holo\nItem { required property HoloKiosk kiosk; visible: kiosk.caption.nonsense }\n",
        encoding="utf-8",
    )
    assert lint(types_dir, wrong).returncode != 0


def test_nothing_repaints_by_itself_and_no_model_text_is_markup() -> None:
    for path in (UI / "qml").glob("*.qml"):
        source = path.read_text(encoding="utf-8")
        for costly in (
            "Animation",
            "Behavior on",
            "ShaderEffect ",
            "Timer {",
            "StyledText",
            "RichText",
            "MarkdownText",
        ):
            assert costly not in source, f"{path.name}: {costly}"
