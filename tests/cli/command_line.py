"""Runs the real program."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_OURS = "HOLO_"


@dataclass(frozen=True)
class Finished:
    code: int
    out: str
    err: str

    @property
    def objects(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def object(self) -> dict[str, Any]:
        [only] = self.objects
        return only


def holo(*arguments: str | Path, home: Path, given: str = "", **environment: str) -> Finished:
    """Run `holo-app` as a user whose home is `home`, without a screen. `given`: its standard input."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "XDG_DATA_HOME"):
        clean.pop(name, None)
    done = subprocess.run(
        [sys.executable, "-m", "holo_app", *map(str, arguments)],
        check=False,
        capture_output=True,
        timeout=100,
        input=given.encode(),
        env=clean | {"HOME": str(home)} | environment,
    )
    return Finished(done.returncode, done.stdout.decode(), done.stderr.decode())
