"""From the start of the process to the window on the screen, and to a kiosk that listens; the first, cold start apart.

    xvfb-run -s '-screen 0 1080x1920x24' python -m tests.benchmarks.voice.start_time [--starts 3]

Starts share one data folder and a private sound server. Times are from the moment the process was asked for to the moment
in the kiosk's own log.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

from tests.audio.pulse import PulseServer
from tests.benchmarks.voice.voice_to_voice import Kiosk

EVENTS = ("window_shown", "loop_ready", "everything_loaded")


def one_start(server: PulseServer, folder: Path) -> dict[str, float]:
    """Seconds to each of EVENTS."""
    (folder / "logs" / "holo.jsonl").unlink(missing_ok=True)
    began = time.time()
    kiosk = Kiosk(server, folder, window=True)
    try:
        kiosk.await_ready()
        return {event: at - began for event, at in kiosk.moments().items() if event in EVENTS}
    finally:
        kiosk.process.terminate()
        kiosk.process.wait(30)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--starts", type=int, default=3)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="holo-") as name:
        server = PulseServer(Path(name))
        server.start()
        try:
            for number in range(arguments.starts + 1):
                times = one_start(server, Path(name))
                told = "  ".join(f"{event} {seconds:.2f} s" for event, seconds in times.items())
                print(f"{'warm' if number else 'cold'}:  {told}", flush=True)
        finally:
            server.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
