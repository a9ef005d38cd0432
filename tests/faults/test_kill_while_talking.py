"""kill -9 in mid-sentence: every finished turn is in the database, and the next start is clean.

`KILLS=50 pytest tests/faults/test_kill_while_talking.py` is the long run.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import numpy as np
import psutil
import pytest

from holo_app.audio.resample import samples_of
from holo_app.audio.wav import WavWriter, read_wav
from holo_app.bootstrap.clock import SystemClock
from holo_app.resources import resource
from holo_app.storage.opening import open_store

KILLS = int(os.environ.get("KILLS", "2"))
_GAP_S = 5.5
_RATE_HZ = 16_000


@pytest.fixture(scope="module")
def visit(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A customer who asks four things, with time for the answers."""
    path = tmp_path_factory.mktemp("visit") / "visit.wav"
    gap = np.zeros(round(_GAP_S * _RATE_HZ), np.int16)
    wav = WavWriter(path, _RATE_HZ)
    for name in ("price", "weight", "kettle", "weight"):
        wav.write(samples_of(read_wav(resource("demo", f"{name}.wav"))).tobytes())
        wav.write(gap.tobytes())
    wav.close()
    return path


def stored_turns(data_dir: Path) -> list[tuple[str, str]]:
    """(question, what was heard of the answer) of every turn in the database, oldest first."""
    opened = open_store(data_dir / "holo.db", clock=SystemClock())
    assert opened.set_aside is None
    with closing(opened.store) as store, store.transaction() as work:
        messages = [
            message
            for conversation in reversed(work.conversations.recent(limit=500))
            for message in work.conversations.last_messages(conversation.id, limit=50)
        ]
    return [(q.text, a.heard) for q, a in zip(messages[::2], messages[1::2], strict=True)]


def talk_and_kill(visit: Path, data_dir: Path, rng: random.Random) -> list[tuple[str, str]]:
    """One kiosk, killed while it says the answer after some finished ones. Returns the finished turns that it told of."""
    kiosk = subprocess.Popen(
        [sys.executable, "-m", "holo_app", "converse", "--mic", str(visit), "--json", "--data-dir", str(data_dir)],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert kiosk.stdout is not None
    turns = []
    for _ in range(rng.choice((1, 1, 2))):
        turn = json.loads(kiosk.stdout.readline())
        turns.append((turn["heard"], turn["spoken"]))
    children = psutil.Process(kiosk.pid).children(recursive=True)
    # the next question and its answer begin within the pause: most kills hit while it hears, thinks or speaks
    try:
        kiosk.wait(rng.uniform(0.0, _GAP_S + 3))
    except subprocess.TimeoutExpired:
        kiosk.send_signal(signal.SIGKILL)
    kiosk.wait()
    turns += [(turn["heard"], turn["spoken"]) for turn in map(json.loads, kiosk.stdout.read().splitlines())]
    kiosk.stdout.close()
    _, alive = psutil.wait_procs(children, timeout=5)
    assert not alive, "the voice outlived the kiosk"
    return turns


@pytest.mark.models
@pytest.mark.timeout(60 + 40 * KILLS)
def test_every_finished_turn_survives_a_kill(visit: Path, tmp_path: Path) -> None:
    rng = random.Random(7)  # noqa: S311 - where to kill, not a secret
    told: list[tuple[str, str]] = []
    for _ in range(KILLS):
        told += talk_and_kill(visit, tmp_path, rng)
        stored = stored_turns(tmp_path)
        assert [turn for turn in told if turn not in stored] == []
    assert len(told) >= KILLS
