"""The QML holds up against the types that Python gives it, and the check would notice if it did not."""

from __future__ import annotations

from pathlib import Path

import pytest

import lint_qml


@pytest.fixture(scope="module")
def types(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("types")
    lint_qml.write_types(folder)
    return folder


def test_the_qml_of_the_product_is_clean(types: Path) -> None:
    files = lint_qml.qml_files()
    assert files
    answer = lint_qml.lint(types, files)
    assert answer.returncode == 0, answer.stdout


@pytest.mark.parametrize(
    ("expression", "complaint"),
    [("kiosk.maxQuestion + 1", ""), ("kiosk.nonsense", "nonsense"), ("kiosk.texts.nonsense", "nonsense")],
)
def test_a_property_that_python_does_not_offer_is_noticed(
    types: Path, tmp_path: Path, expression: str, complaint: str
) -> None:
    file = tmp_path / "Probe.qml"
    file.write_text(
        "import QtQuick\nimport Holo\n"
        "Item {\n    id: probe\n    required property HoloKiosk kiosk\n"
        f"    property var seen: probe.{expression}\n}}\n",
        encoding="utf-8",
    )
    answer = lint_qml.lint(types, [file])
    assert bool(answer.returncode) == bool(complaint), answer.stdout
    assert complaint in answer.stdout
