"""One side of the comparison as a process: draws so many frames of one case whenever it is asked to.

A line in: how many frames. A line out, as JSON: the median of their times, and the mean of the processor's time on all its
cores, both in milliseconds: the latter tells the truth on a busy machine too.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from pathlib import Path
from typing import Protocol


class Stand(Protocol):
    """One case, ready to be drawn."""

    def frame(self, number: int) -> float:
        """Draw the frame of that number; how long it took, in milliseconds, until the last pixel was there."""

    def save(self, path: Path) -> None:
        """Write what was drawn as a picture."""


class Maker(Protocol):
    """Makes a stand. per_vertex: the light is worked out at the vertices, not at each pixel."""

    def __call__(self, cache_dir: Path, case: str, mesh: str, *, per_vertex: bool) -> Stand: ...


def answer(make: Maker) -> None:
    """Serve until the input ends."""
    parser = argparse.ArgumentParser()
    for name in ("cache", "case", "mesh"):
        parser.add_argument(name)
    parser.add_argument("--picture", type=Path, help="keep the last frame in this file")
    parser.add_argument("--light", choices=["vertex", "pixel"], default="vertex")
    given = parser.parse_args()
    stand = make(Path(given.cache), given.case, given.mesh, per_vertex=given.light == "vertex")
    drawn = 0
    for line in sys.stdin:
        frames = int(line)
        began = time.process_time()
        times = [stand.frame(drawn + k) for k in range(frames)]
        spent = (time.process_time() - began) * 1e3 / frames
        drawn += frames
        sys.stdout.write(json.dumps([statistics.median(times), spent]) + "\n")
        sys.stdout.flush()
    if given.picture:
        stand.save(given.picture)
