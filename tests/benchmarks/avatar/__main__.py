"""A cloud avatar as a viewer has it, against an emulated LiveKit room whose mouth opens with its sound.

    python -m tests.benchmarks.avatar [window] [headless] [--fps 30] [--size 640x360] [--settling 5]

window: the kiosk's own window on a private screen, at which a process beside it looks every 3 ms. headless: the same without
a window. The room is joined by the makers' own client, and is in a process of its own; there is no network in between, and no
real media server: what congestion, loss and distance do is not shown.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import sys

import structlog

from tests.benchmarks.avatar.headless import watched
from tests.benchmarks.avatar.measures import LEAST_FPS, LONGEST_LOCAL_MS, LONGEST_STILL_MS, Figures, figures
from tests.benchmarks.avatar.server import serving
from tests.benchmarks.lip_sync.tracks import EARLIEST_MS, LATEST_MS


def _good(found: Figures) -> bool:
    return (
        found.fps >= LEAST_FPS
        and LATEST_MS <= found.sound_early_ms <= EARLIEST_MS
        and found.still_ms <= LONGEST_STILL_MS
        and found.local_ms <= LONGEST_LOCAL_MS
    )


def main() -> int:
    """Print what was measured; 1 where something misses its limit."""
    parser = argparse.ArgumentParser(description="A cloud avatar, as seen and heard.")
    parser.add_argument("ways", nargs="*", choices=["window", "headless", []], help="how; both by default")
    parser.add_argument("--fps", type=float, default=30.0, help="of the avatar's video")
    parser.add_argument("--size", default="640x360", help="of the avatar's video")
    parser.add_argument("--settling", type=float, default=5.0, help="seconds before anything is said")
    options = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    width, height = map(int, options.size.split("x"))
    good = True
    for way in options.ways or ["headless", "window"]:
        with serving(options.fps, (width, height)) as service:
            if way == "window":
                from tests.benchmarks.avatar.window import watch_window  # noqa: PLC0415 - Qt, only where it is asked for

                seen, marks = watch_window(service, settling_s=options.settling)
            else:
                seen, marks = asyncio.run(watched(service.base_url, service.kick, settling_s=options.settling))
        found = figures(seen, marks)
        print(f"{way}, {options.size} at {options.fps:g} a second")
        print("\n".join(f"  {line}" for line in found.lines()))
        good = good and _good(found)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
