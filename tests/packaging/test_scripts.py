"""The shell scripts and the wheel: what an installer touches first."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("command", [[], ["dance"]], ids=["none", "unknown"])
def test_bootstrap_without_a_known_command_says_what_there_is(command: list[str]) -> None:
    answer = subprocess.run(
        ["bash", "packaging/bootstrap.sh", *command], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert answer.returncode == 2
    for known in ("run", "test", "check", "models"):
        assert f"\n  {known} " in answer.stderr


@pytest.mark.parametrize("script", ["packaging/bootstrap.sh", "packaging/lock.sh", ".ci/run"])
def test_scripts_parse(script: str) -> None:
    assert subprocess.run(["bash", "-n", script], cwd=ROOT, check=False).returncode == 0


def test_the_merge_queue_can_start_its_script() -> None:
    assert os.access(ROOT / ".ci" / "run", os.X_OK)


def test_the_wheel_carries_the_resources_but_no_weights(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        manifest = tomllib.loads(archive.read("holo_app/bundled/models/manifest.toml").decode())
    weights = {f"holo_app/bundled/models/{m['name']}/{f['name']}" for m in manifest["model"] for f in m["file"]}
    assert weights
    assert not weights & names
    assert {f"holo_app/bundled/{path.name}" for path in (ROOT / "resources").iterdir() if path.is_dir()} <= {
        "/".join(name.split("/")[:3]) for name in names
    }
