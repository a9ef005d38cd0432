"""Lint the QML with the types that Python gives it: `python packaging/lint_qml.py`; 0 means nothing to say.

qmllint cannot read Python. The classes that QML sees are therefore imported, and their Qt meta-objects written down in
the form that qmllint knows (`build/qml/<module>/`): the types are the real ones, not a second description of them.
"""

from __future__ import annotations

import importlib
import inspect
import os
import pkgutil
import shutil
import subprocess
import sys
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QByteArray, QMetaMethod, QMetaObject, QMetaProperty, QObject

import holo_app.ui

ROOT = Path(__file__).resolve().parent.parent
TYPES = ROOT / "build" / "qml"
_HEAD = "import QtQuick.tooling 1.2\nModule {\n"


def visible_classes() -> dict[str, list[type[QObject]]]:
    """The classes that each QML module offers, found in every module that says QML_IMPORT_NAME."""
    found: dict[str, list[type[QObject]]] = defaultdict(list)
    for info in pkgutil.iter_modules(holo_app.ui.__path__, "holo_app.ui."):
        module = importlib.import_module(info.name)
        name = getattr(module, "QML_IMPORT_NAME", None)
        if name is None:
            continue
        for _, member in inspect.getmembers(module, inspect.isclass):
            if issubclass(member, QObject) and member.__module__ == info.name and not member.__name__.startswith("_"):
                found[name].append(member)
    return dict(found)


def describe(module: str, cls: type[QObject]) -> str:
    """One class as a Component of a qmltypes file."""
    meta: QMetaObject = getattr(cls, "staticMetaObject")  # noqa: B009 - PySide's stubs leave it out
    parent = meta.superClass()
    lines = [
        f'name: "{meta.className()}"',
        'accessSemantics: "reference"',
        f'prototype: "{parent.className() if parent else "QObject"}"',
        f'exports: ["{module}/{meta.className()} 1.0"]',
        "exportMetaObjectRevisions: [256]",
        *(_property(meta.property(at)) for at in range(meta.propertyOffset(), meta.propertyCount())),
        *(_method(meta.method(at)) for at in range(meta.methodOffset(), meta.methodCount())),
    ]
    return "    Component {\n" + "".join(f"        {line}\n" for line in lines) + "    }\n"


def _property(item: QMetaProperty) -> str:
    parts = [f'name: "{_text(item.name())}"', _type(_text(item.typeName()))]
    if item.hasNotifySignal():
        parts.append(f'notify: "{_text(item.notifySignal().name())}"')
    parts += [f"isReadonly: {str(not item.isWritable()).lower()}", f"isConstant: {str(item.isConstant()).lower()}"]
    return f"Property {{ {'; '.join(parts)} }}"


def _method(item: QMetaMethod) -> str:
    kind = "Signal" if item.methodType() == QMetaMethod.MethodType.Signal else "Method"
    returned = _text(item.typeName())
    parts = [f'name: "{_text(item.name())}"', *([] if returned == "void" else [_type(returned)])]
    parts += [f'Parameter {{ name: "a{at}"; {_type(_text(of))} }}' for at, of in enumerate(item.parameterTypes())]
    return f"{kind} {{ {'; '.join(parts)} }}"


def _type(name: str) -> str:
    return f'type: "{name.removesuffix("*")}"' + ("; isPointer: true" if name.endswith("*") else "")


def _text(name: str | bytes | bytearray | memoryview | QByteArray) -> str:
    """A name as text: Qt gives some as `str`, some as `QByteArray`, and the stubs say otherwise."""
    if isinstance(name, str):
        return name
    return bytes(name.data() if isinstance(name, QByteArray) else name).decode()


def write_types(folder: Path) -> None:
    """Write what qmllint needs to know of the Python classes, afresh, to `<folder>/<QML module>/`."""
    shutil.rmtree(folder, ignore_errors=True)
    for module, classes in visible_classes().items():
        home = folder / module
        home.mkdir(parents=True)
        (home / "qmldir").write_text(f"module {module}\ntypeinfo types.qmltypes\ndepends QtQuick\n", encoding="utf-8")
        components = "".join(describe(module, cls) for cls in classes)
        (home / "types.qmltypes").write_text(f"{_HEAD}{components}}}\n", encoding="utf-8")


def lint(types: Path, files: Sequence[Path]) -> subprocess.CompletedProcess[str]:
    """What qmllint says to the files; a warning is a failure."""
    command: list[str | Path] = [
        Path(sys.executable).with_name("pyside6-qmllint"),
        "-I",
        types,
        "--max-warnings",
        "0",
        *files,
    ]
    return subprocess.run(command, cwd=ROOT, check=False, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


def qml_files() -> list[Path]:
    """Every QML file of the product."""
    return sorted((ROOT / "holo_app").rglob("*.qml"))


def main() -> int:
    """Write the types and lint; the exit code."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    write_types(TYPES)
    answer = lint(TYPES, qml_files())
    sys.stdout.write(answer.stdout)
    return 1 if answer.returncode else 0


if __name__ == "__main__":
    raise SystemExit(main())
