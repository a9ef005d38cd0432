"""Frame times beside Qt Quick 3D: the same mesh, poses, cameras and shaders, in turns, so that both have the same machine.

    xvfb-run -a python -m tests.benchmarks.hologram.against_qt_quick_3d [--rounds 5] [--case flat] [--pictures FOLDER]
    python -m tests.benchmarks.hologram.against_qt_quick_3d --short        (only ours, a few frames)

A frame is: morphs, hand-over, drawing, waiting for the last pixel; into a picture, no window. Qt Quick 3D (GPL or commercial)
is put into an environment of its own in the user's cache folder at the first run (some 250 MB from the package index).
The ratio is the median over the rounds of ours / theirs. Both work the light out per vertex, as ours does without a graphics
card; `--their-light pixel` leaves Qt at what its materials do by themselves.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from platformdirs import user_cache_path

from tests.benchmarks.environment import environment
from tests.benchmarks.hologram.sides.cases import CASES, MESHES

REQUIREMENTS = (
    "PySide6-Essentials==6.11.3",
    "PySide6-Addons==6.11.3",
    "moderngl>=5.12",
    "numpy>=1.26",
    "structlog>=24.4",
)
OURS, THEIRS = "tests.benchmarks.hologram.sides.ours", "tests.benchmarks.hologram.sides.qt_quick_3d"
WARM_UP = 4


class Side:
    """One side's process."""

    def __init__(self, python: Path, module: str, arguments: list[str]) -> None:
        self._module = module
        environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])}
        self._process: subprocess.Popen[Any] = subprocess.Popen(
            [str(python), "-m", module, *arguments],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment,
        )  # fmt: skip

    def draw(self, frames: int) -> tuple[float, float]:
        """What so many frames took, see `asked`. Raises: RuntimeError: the process has ended."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{frames}\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self._module} ended with {self._process.wait()}")
        wall, processor = json.loads(line)
        return wall, processor

    def close(self) -> None:
        self._process.communicate()


def compare(pythons: tuple[Path, Path], cache: Path, case: str, mesh: str, given: argparse.Namespace) -> str:
    """One row of the table."""
    sides = []
    for python, module in zip(pythons, (OURS, THEIRS), strict=True):
        kept = (
            ["--picture", f"{given.pictures / module.rpartition('.')[2]} {case} {mesh}.png"] if given.pictures else []
        )
        light = "vertex" if module == OURS else given.their_light
        sides.append(Side(python, module, [str(cache), case, mesh, "--light", light, *kept]))
    frames = 3 if case.startswith("quilt") else 12
    for side in sides:
        side.draw(WARM_UP)
    rounds = [tuple(side.draw(frames) for side in sides) for _ in range(given.rounds)]
    for side in sides:
        side.close()
    cells = []
    for which in range(2):
        pairs = [(mine[which], other[which]) for mine, other in rounds]
        ours, theirs = (statistics.median(times) for times in zip(*pairs, strict=True))
        cells.append(f"{ours:8.1f} {theirs:8.1f} {statistics.median(mine / other for mine, other in pairs):6.2f}")
    return f"{case:20} {mesh:>5} {cells[0]}   {cells[1]}  {CASES[case].most:6.2f}"


def short(cache: Path) -> str:
    """Only ours, and of that a little: for the suite."""
    case = "pyramid 1080x1080"
    side = Side(Path(sys.executable), OURS, [str(cache), case, MESHES[0]])
    wall, processor = side.draw(3)
    side.close()
    return f"{case:20} {MESHES[0]:>5} {wall:8.1f} {'':15}   {processor:8.1f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--case", default="", help="only cases whose name begins so")
    parser.add_argument("--mesh", choices=MESHES, action="append")
    parser.add_argument(
        "--their-light", choices=["vertex", "pixel"], default="vertex", help="as ours, or Qt's usual way"
    )
    parser.add_argument("--pictures", type=Path, help="keep each side's last frame in this folder")
    given = parser.parse_args()
    columns = f"{'ours':>8} {'Quick 3D':>8} {'ratio':>6}"
    print(
        f"{'':26} {'p50 of frames, ms':24}   {'processor time, ms':24}\n{'':26} {columns}   {columns}  {'limit':>6}",
        flush=True,
    )
    with tempfile.TemporaryDirectory() as folder:
        if given.short:
            print(short(Path(folder)))
            return
        pythons = Path(sys.executable), environment(user_cache_path("holo-app") / "qt-quick-3d", REQUIREMENTS)
        for mesh in given.mesh or MESHES:
            for case in (name for name in CASES if name.startswith(given.case)):
                print(compare(pythons, Path(folder), case, mesh, given), flush=True)


if __name__ == "__main__":
    main()
