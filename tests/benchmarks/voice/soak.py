"""Does the kiosk grow? A long conversation through a private sound server: memory, threads and handles after each turn.

    python -m tests.benchmarks.voice.soak [--short] [--minutes 30] [--csv FILE] [CLIP.wav …]

The first third is left out: models and caches fill up. The slope is a least-squares fit over the rest; the bound is 1 MB an
hour for the kiosk with its voice process. Exit status 1: it grows, holds more threads or handles than before, or left more
than one question in ten without a turn, which says nothing about a conversation.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields
from itertools import cycle
from pathlib import Path
from statistics import median

import numpy as np
import psutil

from tests.audio.pulse import PulseServer
from tests.benchmarks.voice.virtual_shop import Recorder, play
from tests.benchmarks.voice.voice_to_voice import Kiosk, await_quiet

LIMIT_MB_PER_HOUR = 1.0
_ANSWER_COMES_S = 1.0
_BETWEEN_S = 0.5
_FEWEST = 6
_LEAST_ANSWERED = 0.9


@dataclass(frozen=True, slots=True)
class Sample:
    """What the kiosk holds. at_s: since the start; kiosk_mb, voice_mb: resident memory of it and of all its children."""

    at_s: float
    kiosk_mb: float
    voice_mb: float
    threads: int
    handles: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """What samples say. *_per_hour: slopes in MB. threads, handles: how many more in the last third than in the second one."""

    kiosk_per_hour: float
    voice_per_hour: float
    threads: int
    handles: int

    @property
    def passed(self) -> bool:
        """Whether it stays as it is."""
        grows = self.kiosk_per_hour + self.voice_per_hour > LIMIT_MB_PER_HOUR
        return not grows and self.threads <= 0 and self.handles <= 0


def judged(samples: Sequence[Sample]) -> Verdict:
    """The verdict on at least six samples. Raises: ValueError: there are fewer."""
    if len(samples) < _FEWEST:
        raise ValueError("six samples at least: there is no slope in fewer")
    third = len(samples) // 3
    warm, last = samples[third:], samples[2 * third :]
    middle = samples[third : 2 * third]
    hours = np.array([sample.at_s for sample in warm]) / 3600

    def slope(values: list[float]) -> float:
        return float(np.polyfit(hours, values, 1)[0])

    return Verdict(
        slope([sample.kiosk_mb for sample in warm]),
        slope([sample.voice_mb for sample in warm]),
        # medians: a connection may just be open while a sample is taken
        round(median(sample.threads for sample in last) - median(sample.threads for sample in middle)),
        round(median(sample.handles for sample in last) - median(sample.handles for sample in middle)),
    )


def converse(kiosk: Kiosk, server: PulseServer, clips: Sequence[Path], *, minutes: float, least: int) -> list[Sample]:
    """Ask one clip after the other until the time is over, but `least` of them; a sample after each answer."""
    process, samples, began = psutil.Process(kiosk.process.pid), [], time.monotonic()
    with Recorder(server).running() as recorder:
        for clip in cycle(clips):
            play(server, clip)
            time.sleep(_ANSWER_COMES_S)
            await_quiet(recorder)
            time.sleep(_BETWEEN_S)
            samples.append(_sample(process, time.monotonic() - began))
            if len(samples) >= least and time.monotonic() - began > 60 * minutes:
                return samples
    return samples


def _sample(process: psutil.Process, at_s: float) -> Sample:
    children = process.children(recursive=True)
    return Sample(
        at_s,
        process.memory_info().rss / 1e6,
        sum(child.memory_info().rss for child in children) / 1e6,
        process.num_threads() + sum(child.num_threads() for child in children),
        process.num_fds() + sum(child.num_fds() for child in children),
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("clips", nargs="*", type=Path, help="questions; without any, those of the demo")
    parser.add_argument("--minutes", type=float, default=30.0, help="%(default)s")
    parser.add_argument("--short", action="store_true", help="two questions: shows that it works, and no slope")
    parser.add_argument("--csv", type=Path, help="write every sample to this file")
    arguments = parser.parse_args()
    clips = arguments.clips or sorted(Path("resources/demo").glob("*.wav"))
    with tempfile.TemporaryDirectory(prefix="holo-") as name:
        server = PulseServer(Path(name))
        server.start()
        kiosk = Kiosk(server, Path(name), window=False)
        try:
            kiosk.await_ready()
            minutes, least = (0.0, 2) if arguments.short else (arguments.minutes, _FEWEST)
            samples = converse(kiosk, server, clips, minutes=minutes, least=least)
            turns = len(kiosk.turns())
        finally:
            kiosk.process.terminate()
            kiosk.process.wait()
            server.stop()
    if arguments.csv is not None:
        rows = [[field.name for field in fields(Sample)], *(astuple(sample) for sample in samples)]
        arguments.csv.write_text("".join(f"{','.join(map(str, row))}\n" for row in rows), encoding="utf-8")
    return report(samples, turns, short=arguments.short)


def report(samples: Sequence[Sample], turns: int, *, short: bool) -> int:
    """Print the verdict. Returns the exit status."""
    last = samples[-1]
    print(f"{len(samples)} questions, {turns} turns in {last.at_s / 60:.1f} min")
    print(f"kiosk {last.kiosk_mb:.1f} MB, voice {last.voice_mb:.1f} MB, threads {last.threads}, handles {last.handles}")
    if short:
        return 0
    if turns < _LEAST_ANSWERED * len(samples):
        print(f"FAILED: {turns} of {len(samples)} questions became turns; is the machine too busy?")
        return 1
    verdict = judged(samples)
    print(f"kiosk {verdict.kiosk_per_hour:+.2f} MB/h, voice {verdict.voice_per_hour:+.2f} MB/h, "
          f"threads {verdict.threads:+d}, handles {verdict.handles:+d}")  # fmt: skip
    print("passed" if verdict.passed else f"FAILED: the bound is {LIMIT_MB_PER_HOUR:g} MB/h, threads and handles flat")
    return 0 if verdict.passed else 1


if __name__ == "__main__":
    sys.exit(main())
