"""The whole kiosk under a screen for two minutes of conversation: frame times, stalls, memory, and the voice beside them.

    xvfb-run -s '-screen 0 1080x1920x24' python -m tests.benchmarks.voice.two_minutes [--seconds 120] [--picture FILE]

Prints the frame statistics of the kiosk itself (`--frames-json`) and the latencies of `voice_to_voice`.
"""

from __future__ import annotations

import argparse
import itertools
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.audio.pulse import PulseServer
from tests.benchmarks.voice.virtual_shop import Recorder
from tests.benchmarks.voice.voice_to_voice import Kiosk, measure


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=120.0)
    parser.add_argument(
        "--picture", type=Path, help="a picture of the whole screen while it tells a price (needs `import`)"
    )
    arguments = parser.parse_args()
    clips = sorted(Path("resources/demo").glob("*.wav"))
    latencies: list[float] = []
    taken: list[Path] = []

    def take_picture(clip: Path) -> None:
        if arguments.picture is not None and clip.stem == "price" and not taken:
            time.sleep(1.5)  # into the sentence, with the card on the screen
            subprocess.run(["import", "-window", "root", str(arguments.picture)], check=False)
            taken.append(clip)

    with tempfile.TemporaryDirectory(prefix="holo-") as name:
        server = PulseServer(Path(name))
        server.start()
        kiosk = Kiosk(server, Path(name), window=True)
        try:
            kiosk.await_ready()
            ends = time.monotonic() + arguments.seconds
            with Recorder(server).running() as recorder:
                for clip in itertools.cycle(clips):
                    if time.monotonic() > ends:
                        break
                    latencies += measure(server, kiosk, [clip], recorder, take_picture)
            memory = kiosk.memory_mb()
        finally:
            kiosk.process.terminate()
            kiosk.process.wait(30)
            server.stop()
        print(json.dumps(json.loads(kiosk.frames.read_text()), indent=1))
    print(f"turns={len(latencies)} median={statistics.median(latencies):.0f} ms RSS={memory:.0f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
