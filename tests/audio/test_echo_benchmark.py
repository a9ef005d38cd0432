"""The measurement that chose the echo canceller still runs."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.house.checkout import ROOT


@pytest.mark.models
def test_the_short_measurement_prints_each_canceller() -> None:
    command = [sys.executable, "-m", "tests.benchmarks.echo", "--short"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    means = {line.split()[1] for line in done.stdout.splitlines() if line.startswith("mean")}
    assert {"no", "none"} <= means
