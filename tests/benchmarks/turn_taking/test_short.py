"""The benchmark itself, on our own loop: it runs in real time, so only two exchanges."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


@pytest.mark.models
def test_our_loop_answers_and_can_be_interrupted() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.turn_taking", "--short"],
        cwd=ROOT, capture_output=True, text=True, encoding="utf-8", timeout=90, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    rows = {cells[1].strip(): cells[2].strip() for line in done.stdout.splitlines() if (cells := line.split("|"))[1:3]}
    # how fast is for the benchmark to say: here it matters that every part was measured, on a machine that may be busy
    for figure in (
        "end of question → first audio, ms",
        "interruption: onset → silence, ms",
        "in the first second: onset → silence, ms",
        "both: end → their own answer, ms",
    ):
        assert "n=" in rows[figure], done.stdout
        assert "never" not in rows[figure], done.stdout
