"""The emulated service in a process of its own, whose pictures cost the kiosk nothing.

    python -m tests.benchmarks.avatar.server FPS WIDTH HEIGHT

prints its address, puts its clients out when it reads a line, and ends with its standard input.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tests.emulators.avatar_act import Act
from tests.emulators.liveavatar import LiveAvatarEmulator


@dataclass(frozen=True)
class Service:
    """base_url: its address."""

    base_url: str
    process: subprocess.Popen[str]

    async def kick(self) -> None:
        """Have it put its clients out."""
        if self.process.stdin is not None:
            self.process.stdin.write("kick\n")
            self.process.stdin.flush()


@contextmanager
def serving(fps: float, size: tuple[int, int]) -> Iterator[Service]:
    """One that ends with the block."""
    command = [sys.executable, "-m", "tests.benchmarks.avatar.server", f"{fps:g}", *map(str, size)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        if process.stdout is None or not (address := process.stdout.readline().strip()):
            raise RuntimeError("the emulated service did not start")
        yield Service(address, process)
    finally:
        process.communicate()


async def _serve(fps: float, size: tuple[int, int]) -> None:
    async with LiveAvatarEmulator(lambda: Act(size=size, fps=fps)) as emulator:
        print(emulator.base_url, flush=True)
        loop = asyncio.get_running_loop()
        while await loop.run_in_executor(None, sys.stdin.readline):
            for room in tuple(emulator.rooms.values()):
                await room.kick()


if __name__ == "__main__":
    asyncio.run(_serve(float(sys.argv[1]), (int(sys.argv[2]), int(sys.argv[3]))))
