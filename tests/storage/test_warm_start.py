"""A kiosk that starts again must not wait for what it does not need."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.storage.samples import ROOT

_START = """
import sys
from pathlib import Path
from holo_app.storage.opening import open_store
from tests.storage.samples import SetClock
open_store(Path(sys.argv[1]), clock=SetClock()).store.close()
print("alembic" in sys.modules)
"""


def test_alembic_is_loaded_for_upgrades_only(tmp_path: Path) -> None:
    path = tmp_path / "holo.db"

    def start() -> str:
        command = [sys.executable, "-c", _START, str(path)]
        return subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT).stdout.strip()

    assert start() == "True"
    assert start() == "False"
