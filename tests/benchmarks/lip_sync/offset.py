"""Lip sync, measured from outside: how far the mouth is open in the pixels that were drawn, against the sound of the same run.

    python -m tests.benchmarks.lip_sync.offset [film] [window] [kiosk] [--short] [--fps 30 60] [--load 0 2]

film: made by the product, decoded back from its file, and judged at the times that the file gives. window: the kiosk's window
on a private screen, at which a process beside it looks every 3 ms, and a loudspeaker that exists on the clock only. kiosk:
all of it on that screen and a private sound server, where another process records what would be heard; it needs a machine with
nothing else to do. Each at every rate, alone and beside busy processes.

Sign, as in ATSC IS-191: above 0 the SOUND IS EARLY, below 0 it is late. Allowed: -45 to +15 ms. People open their mouths
before they are heard, and so does the figure: exact timing shows a few milliseconds below 0.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import logging
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import structlog

from holo_app.config import load_settings
from tests.benchmarks.lip_sync.films import Line, decoded, filmed, spoken_lines, tracks
from tests.benchmarks.lip_sync.live import Seen, watch_kiosk
from tests.benchmarks.lip_sync.sentences import SENTENCES
from tests.benchmarks.lip_sync.tracks import EARLIEST_MS, LATEST_MS, Pair, offset, pooled
from tests.benchmarks.lip_sync.window import watch_window

_KINDS = ("film", "window", "kiosk")
_BUSY = 2
_QUESTIONS = 12  # live: their answers hold at least twenty sentences
_COLUMNS = f"{'':24} {'sentences':>9} {'together':>9} {'median':>8} {'spread':>8} {'least':>8} {'most':>8}  within"


@dataclass
class Result:
    """Offsets of one case in ms. lost: sentences in which lips and sound had nothing in common."""

    together: float
    each: list[float] = field(default_factory=list)
    lost: int = 0

    @property
    def allowed(self) -> bool:
        return LATEST_MS <= self.together <= EARLIEST_MS

    def row(self, name: str) -> str:
        within = sum(LATEST_MS <= value <= EARLIEST_MS for value in self.each)
        return (
            f"{name:24} {len(self.each):9} {self.together:9.1f} {statistics.median(self.each):8.1f} "
            f"{statistics.pstdev(self.each):8.1f} {min(self.each):8.1f} {max(self.each):8.1f}  {within}/{len(self.each)}"
            f"{f', {self.lost} lost' if self.lost else ''}"
        )


def judged(pairs: Sequence[Pair]) -> Result:
    """Each sentence alone, and all of them together."""
    result = Result(pooled(pairs).sound_early_ms)
    for pair in pairs:
        try:
            result.each.append(offset(*pair).sound_early_ms)
        except ValueError:
            result.lost += 1
    return result


def films(lines: Sequence[Line], folder: Path, fps: int) -> Result:
    """Every line as a film, in both kinds of file by turns."""
    settings = load_settings(data_dir=folder, config_file=None, overrides={})
    pairs = []
    for line, container in zip(lines, itertools.cycle(("mp4", "webm")), strict=False):
        path = filmed(settings, line, folder / f"line.{container}", fps)
        pairs.append(tracks(decoded(path)))
    return judged(pairs)


def window(lines: Sequence[Line], fps: int) -> Result:
    """The lines, said in the kiosk's window."""
    return _live(watch_window(lines, fps))


def kiosk(questions: int, fps: int) -> Result:
    """The kiosk, asked so many questions."""
    clips = [Path("resources/demo") / f"{name}.wav" for name in ("price", "weight", "kettle", "thanks")]
    return _live(watch_kiosk(list(itertools.islice(itertools.cycle(clips), questions)), fps))


def _live(run: Seen) -> Result:
    print(f"  its frames: {run.frames}", flush=True)
    return judged([(run.mouth, run.sound, span) for span in run.spans])


def _measured(kind: str, fps: int, lines: Sequence[Line], folder: Path, *, short: bool) -> Result:
    if kind == "film":
        return films(lines, folder, fps)
    if kind == "window":
        return window(lines, fps)
    return kiosk(2 if short else _QUESTIONS, fps)


@contextmanager
def busy(processes: int) -> Iterator[None]:
    """So many processes that want all of the processor."""
    running = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(processes)]
    try:
        yield
    finally:
        for process in running:
            process.kill()
            process.wait()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kinds", nargs="*", help=f"of {', '.join(_KINDS)}; default: all")
    parser.add_argument("--short", action="store_true", help="three sentences or two questions each")
    parser.add_argument("--fps", type=int, nargs="+", default=[30, 60])
    parser.add_argument("--load", type=int, nargs="+", default=[0, _BUSY], help="busy processes beside it")
    arguments = parser.parse_args()
    kinds = arguments.kinds or list(_KINDS)
    if unknown := set(kinds) - set(_KINDS):
        parser.error(f"{', '.join(unknown)}: choose from {', '.join(_KINDS)}")
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    allowed = True
    with tempfile.TemporaryDirectory(prefix="holo-") as name:
        folder = Path(name)
        settings = load_settings(data_dir=folder, config_file=None, overrides={})
        lines = asyncio.run(spoken_lines(settings, SENTENCES[: 3 if arguments.short else None]))
        print(f"ms; above 0: sound early. Allowed: {LATEST_MS:g} to +{EARLIEST_MS:g}\n{_COLUMNS}", flush=True)
        for kind, fps, load in itertools.product(kinds, arguments.fps, arguments.load):
            case = f"{kind} {fps} fps{f', {load} busy' if load else ''}"
            try:
                with busy(load):
                    result = _measured(kind, fps, lines, folder, short=arguments.short)
            except ValueError as error:
                print(f"{case:24} {error}: was the machine too busy?", flush=True)
                allowed = False
                continue
            print(result.row(case), flush=True)
            allowed = allowed and result.allowed
    return 0 if allowed else 1


if __name__ == "__main__":
    sys.exit(main())
