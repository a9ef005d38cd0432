"""kill -9 in the middle of writing: what was said to be kept is kept."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from uuid import UUID

from holo_app.domain.conversation import Role
from holo_app.storage.opening import open_store
from tests.storage.samples import NOW, ROOT, SetClock

KILLS = int(os.environ.get("KILLS", "8"))
"""A longer run: KILLS=50."""


def kill_after(path: Path, turns: int) -> tuple[UUID, int]:
    """Let a child write, and kill it after `turns` acknowledged turns. Returns its conversation and the turns it claimed."""
    command = [sys.executable, "-m", "tests.faults.talk_until_killed", str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as child:
        assert child.stdout is not None
        conversation = UUID(child.stdout.readline().removeprefix("open ").strip())
        for _ in range(turns):
            child.stdout.readline()
        child.kill()
        # it may have got further before the signal came
        rest = [line for line in child.stdout.read().splitlines(keepends=True) if line.endswith("\n")]
    return conversation, turns + len(rest)


def test_every_acknowledged_turn_survives_and_the_next_start_is_clean(tmp_path: Path) -> None:
    path = tmp_path / "holo.db"
    dice = random.Random(9)  # noqa: S311 - when to kill, nothing secret
    claimed = [kill_after(path, dice.randrange(1, 60)) for _ in range(KILLS)]

    opened = open_store(path, clock=SetClock())
    assert (opened.created, opened.set_aside) == (False, None)
    with closing(opened.store) as store, store.transaction() as work:
        for conversation, turns in claimed:
            said = work.conversations.last_messages(conversation, limit=10_000)
            kept = [int(message.heard.split()[1]) for message in said if message.role is Role.CHARACTER]
            # the turn whose commit the kill fell into may be there too, but whole or not at all
            assert kept in ([*range(1, turns + 1)], [*range(1, turns + 2)])
            assert len(said) == 2 * len(kept)
        assert work.conversations.end_unfinished(at=NOW) == KILLS
