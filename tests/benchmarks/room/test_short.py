"""The benchmarks that hold conversations still run: in real time, so only a glimpse of each. No figure is judged here."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from tests.audio.pulse import MISSING
from tests.house.checkout import ROOT


def figures(benchmark: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", f"tests.benchmarks.{benchmark}", "--short"],
        cwd=ROOT, capture_output=True, text=True, encoding="utf-8", timeout=110, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.models
def test_a_conversation_with_echo() -> None:
    found = figures("echo.conversation")

    assert re.search(r"^shop \+0 dB +\d+ s +answered \d/2 +self-answers \d+ +false stops \d+", found, re.MULTILINE), (
        found
    )
    assert re.search(r"^total \d\.\d min: self-answers \d+", found, re.MULTILINE), found


@pytest.mark.models
def test_the_din_of_a_shop() -> None:
    found = figures("noise")

    for line in (r"cough x 1: turns \d", r"customers in silence: right", r"customers over babble at 10 dB: right",
                 r"nobody, music at -25 dBFS, \d s: turns \d", r"nobody, 0.05 min: turns \d"):  # fmt: skip
        assert re.search(f"^{line}", found, re.MULTILINE), found


@pytest.mark.models
def test_a_backchannel_and_a_barge_in() -> None:
    found = figures("backchannel")

    assert re.search(r"^backchannel: \d/1 went on", found, re.MULTILINE), found
    assert re.search(r"^heard-text ledger: \d+ words off in \d barge-ins", found, re.MULTILINE), found


@pytest.mark.models
@pytest.mark.audio_server
@pytest.mark.skipif(bool(MISSING), reason=f"not installed: {', '.join(MISSING)}")
def test_a_soak() -> None:
    assert re.search(r"^kiosk \d+\.\d MB, voice \d+\.\d MB, threads \d+", figures("voice.soak"), re.MULTILINE)
