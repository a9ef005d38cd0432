"""End of speech → first audio through a real sound server, for the whole embedded stack.

    python -m tests.benchmarks.voice.voice_to_voice [--window] [--short] [CLIP.wav …]

Both times are taken from recordings of the two lines, outside the kiosk: the last audible 10 ms of the customer, and the
first audible 10 ms of the kiosk after it. With --window the kiosk runs with its screen, else only its voice does.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import psutil

from tests.audio.pulse import PulseServer
from tests.benchmarks.voice.virtual_shop import Recorder, play

_ANSWER_LIMIT_S = 20.0
_QUIET_S = 1.2
_LOUDEST_TAIL_S = 0.05


class Kiosk:
    """A kiosk process on a private sound server."""

    def __init__(self, server: PulseServer, folder: Path, *, window: bool) -> None:
        self.frames = folder / "frames.json"
        entry = (
            ["-m", "holo_app", "run", "--frames-json", str(self.frames), "--data-dir", str(folder)]
            if window
            else ["-m", "tests.benchmarks.voice.voice_only", str(folder)]
        )
        self._log = folder / "logs" / "holo.jsonl"
        self.process = subprocess.Popen(
            [sys.executable, *entry], env={**os.environ, **server.environment}, stdout=subprocess.DEVNULL
        )

    def await_ready(self) -> None:
        """Return when the kiosk listens and has everything loaded."""
        deadline = time.monotonic() + 60
        while not all(
            e in (self._log.read_text() if self._log.exists() else "") for e in ("loop_ready", "everything_loaded")
        ):
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("the kiosk did not become ready; see its log")
            time.sleep(0.1)

    def moments(self) -> dict[str, float]:
        """When each kind of event was last logged, in seconds since 1970."""
        events = (json.loads(line) for line in self._log.read_text().splitlines())
        return {event["event"]: datetime.fromisoformat(event["timestamp"]).timestamp() for event in events}

    def memory_mb(self) -> float:
        """Resident memory of the kiosk and its children."""
        process = psutil.Process(self.process.pid)
        return float(sum(p.memory_info().rss for p in [process, *process.children(recursive=True)])) / 1e6

    def turns(self) -> list[dict[str, float]]:
        """The kiosk's own stage times of each turn, for the breakdown."""
        events = [json.loads(line) for line in self._log.read_text().splitlines()]
        return [event["timings_ms"] for event in events if event["event"] == "turn_finished"]


def measure(
    server: PulseServer,
    kiosk: Kiosk,
    clips: list[Path],
    recorder: Recorder,
    while_it_speaks: Callable[[Path], None] = lambda _: None,
) -> list[float]:
    """Milliseconds from the end of each clip to the first sound of its answer; infinite where none came."""
    latencies = []
    for clip in clips:
        began = time.monotonic()
        play(server, clip)
        answer = _first_sound(recorder, _end_of_speech(recorder, began))
        # asked again, because the recording of the clip's end may arrive after the clip is over
        ended = _end_of_speech(recorder, began)
        latencies.append((answer - ended) * 1000)
        print(f"{clip.name:36} {latencies[-1]:7.0f} ms   {kiosk.memory_mb():6.0f} MB", flush=True)
        while_it_speaks(clip)
        await_quiet(recorder)
    return latencies


def _end_of_speech(recorder: Recorder, after: float) -> float:
    spoken = recorder.microphone.loud()
    return float(spoken[spoken > after].max()) + 0.01


def _first_sound(recorder: Recorder, after: float) -> float:
    deadline = time.monotonic() + _ANSWER_LIMIT_S
    while time.monotonic() < deadline:
        sounds = recorder.speaker.loud()
        sounds = sounds[sounds > after - _LOUDEST_TAIL_S]
        if len(sounds):
            return float(sounds[0])
        time.sleep(0.05)
    return float("inf")


def await_quiet(recorder: Recorder) -> None:
    """Return when the kiosk has said nothing for a while."""
    while True:
        sounds = recorder.speaker.loud()
        if not len(sounds) or time.monotonic() - sounds[-1] > _QUIET_S:
            return
        time.sleep(0.1)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("clips", nargs="*", type=Path)
    parser.add_argument("--window", action="store_true")
    parser.add_argument("--short", action="store_true", help="two questions only")
    arguments = parser.parse_args()
    own = sorted(Path("resources/demo").glob("*.wav"))
    clips = (arguments.clips or own)[: 2 if arguments.short else None]
    with tempfile.TemporaryDirectory(prefix="holo-") as name:
        folder = Path(name)
        server = PulseServer(folder)
        server.start()
        kiosk = Kiosk(server, folder, window=arguments.window)
        try:
            kiosk.await_ready()
            with Recorder(server).running() as recorder:
                latencies = sorted(measure(server, kiosk, clips, recorder))
            turns = kiosk.turns()
            memory = kiosk.memory_mb()
        finally:
            kiosk.process.terminate()
            kiosk.process.wait()
            server.stop()
    for stage in turns[0] if turns else ():
        values = [turn[stage] for turn in turns if stage in turn]
        print(f"  {stage:32} median {statistics.median(values):6.0f} ms")
    # nearest rank: the least figure that 95 % of them do not exceed
    p95 = latencies[math.ceil(0.95 * len(latencies)) - 1]
    print(f"n={len(latencies)} median={statistics.median(latencies):.0f} ms p95={p95:.0f} ms RSS={memory:.0f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
