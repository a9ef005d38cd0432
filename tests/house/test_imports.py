"""Imports point down, and what is imported is declared."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from .checkout import ROOT, tracked_files

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
# parts of a declared package that it publishes under a name of their own
PARTS = {
    "pydantic-core": "pydantic",
    "annotated-types": "pydantic",
    "shiboken6": "pyside6-essentials",
    "grpcio": "google-cloud-speech",
    "cryptography": "pyjwt",
}
# who publishes what need not be installed here
OPTIONAL = {"grpc": ["grpcio"], "google": ["google-cloud-speech"]}

# what runs models that are fetched only on request; it is installed with them
ON_REQUEST = ("kokoro", "local-llm", "whisper")


def declared(*extras: str) -> list[Requirement]:
    optional = PROJECT["optional-dependencies"]
    return [Requirement(line) for line in [*PROJECT["dependencies"], *(one for e in extras for one in optional[e])]]


def imported_packages(path: Path) -> set[str]:
    """Top-level packages that a module imports, wherever in it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.split(".")[0])
    return found - set(sys.stdlib_module_names) - {"holo_app"}


def test_the_import_contracts_hold() -> None:
    command = Path(sys.executable).with_name("lint-imports")
    answer = subprocess.run([command, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stdout + answer.stderr


def test_each_package_that_the_product_imports_is_declared() -> None:
    names = {
        canonicalize_name(requirement.name)
        for requirement in declared("embedded", "film", "google", "companion", *ON_REQUEST)
    }
    names |= {canonicalize_name(part) for part, whole in PARTS.items() if canonicalize_name(whole) in names}
    owners = {**metadata.packages_distributions(), **OPTIONAL}
    undeclared = {
        f"{path.relative_to(ROOT)} imports {package}"
        for path in tracked_files()
        if path.suffix == ".py" and path.is_relative_to(ROOT / "holo_app")
        for package in imported_packages(path)
        # what is not installed here goes by the name that it is imported by
        if not names & {canonicalize_name(owner) for owner in owners.get(package, [package])}
    }
    assert undeclared == set()


def pins() -> dict[str, str]:
    lines = (ROOT / "packaging" / "constraints.txt").read_text(encoding="utf-8").splitlines()
    return dict(line.split("==") for line in lines if not line.startswith("#"))


def test_each_declared_package_is_locked_at_a_version_that_it_allows() -> None:
    locked = {canonicalize_name(name): version for name, version in pins().items()}
    wrong = [
        f"{requirement}: locked at {locked.get(canonicalize_name(requirement.name))}"
        for requirement in declared("embedded", "film", "companion", "dev")
        if not requirement.specifier.contains(locked.get(canonicalize_name(requirement.name), ""), prereleases=True)
    ]
    assert wrong == []


def test_the_lock_holds_versions_and_nothing_else() -> None:
    lines = (ROOT / "packaging" / "constraints.txt").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if not re.fullmatch(r"#.*|[A-Za-z0-9._-]+==[A-Za-z0-9.+!]+", line)] == []


@pytest.mark.parametrize("module", ["holo_app", "holo_app.errors", "holo_app.resources", "holo_app.ports.stt"])
def test_light_modules_load_nothing_heavy(module: str) -> None:
    script = f"import sys, {module}; print(*sorted(sys.modules))"
    answer = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    heavy = {"numpy", "onnxruntime", "cv2", "PySide6", "sounddevice", "sqlalchemy", "pydantic"}
    assert heavy & set(answer.stdout.split()) == set()
