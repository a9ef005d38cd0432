"""One scripted conversation, held by our voice loop, by Pipecat and by LiveKit Agents: who takes the turn how well?

    python -m tests.benchmarks.turn_taking [--stacks ours,pipecat,livekit] [--rounds 6] [--clips DIR] [--together] [--short]

All stacks hear the same clips at the same pace, in real time and one after the other (or `--together`, which is quicker, and
slows all of them alike), and use the same stubs with fixed latencies (see `stubs`): what differs is how they take turns.
Each detects speech with its own models. DIR holds 16 kHz WAV files named as in `clips`, or as its `script.toml` says
(`more_clips` makes such a folder); the clips of the repository's demo have no backchannel and no sentence with a pause.

Each streams the sound into a recogniser that has the text 150 ms after the end of a clip. In the variants `ours:segmented`,
`pipecat:segmented` and `livekit:segmented` recognition is asked when the stack thinks that the customer may have ended, and
answers 150 ms after that, as an engine on the device does. Other variants: see the adapters.

`--short`: our loop alone, one scenario per round, two rounds.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.benchmarks.turn_taking.clips import DEMO_CLIPS
from tests.benchmarks.turn_taking.environments import STACKS, interpreter, known_names
from tests.benchmarks.turn_taking.table import table, told
from tests.benchmarks.turn_taking.timeline import Exchange, from_json

_SHORT_ROUNDS = 2
_LONGEST_ROUND_S, _LONGEST_START_S = 180.0, 120.0
_LONGEST_END_S = 20.0
_LOG_TAIL = 2000


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.turn_taking")
    parser.add_argument("--stacks", default="ours,pipecat,livekit")
    parser.add_argument("--rounds", type=int, default=6)
    parser.add_argument("--clips", type=Path, default=DEMO_CLIPS)
    parser.add_argument("--together", action="store_true")
    parser.add_argument("--short", action="store_true")
    arguments = parser.parse_args()
    names = ["ours"] if arguments.short else arguments.stacks.split(",")
    if unknown := set(names) - set(known_names()):
        parser.error(f"no such stack: {', '.join(sorted(unknown))}; there are {', '.join(known_names())}")
    rounds = _SHORT_ROUNDS if arguments.short else arguments.rounds
    results: dict[str, list[Exchange]] = {name: [] for name in names}
    loads: dict[str, float] = {}

    def converse(name: str) -> bool:
        done = _converse(name, results[name], arguments.clips, rounds, short=arguments.short)
        loads[name] = os.getloadavg()[1] if hasattr(os, "getloadavg") else float("nan")
        return done

    for stack in {name.partition(":")[0] for name in names}:
        interpreter(stack)  # made before anything is measured
    with ThreadPoolExecutor(len(names) if arguments.together else 1) as pool:
        failed = [name for name, done in zip(names, pool.map(converse, names), strict=True) if not done]
    print(table(results))
    # figures taken on a machine that does other work beside it are worth little
    told_loads = ", ".join(f"{name} {loads[name]:.1f}" for name in names)
    print(f"\nmachine load, mean of the last 5 minutes at each end ({os.cpu_count()} cores): {told_loads}")
    return 1 if failed else 0


def _converse(name: str, exchanges: list[Exchange], clips: Path, rounds: int, *, short: bool) -> bool:
    """Hold the conversation with one stack and add what came of it. False: it was cut short by a failure."""
    stack, _, variant = name.partition(":")
    options = ["--clips", str(clips.resolve()), "--rounds", str(rounds), "--variant", variant]
    command = [str(interpreter(stack)), "-m", STACKS[stack].module, *options, *(["--short"] if short else [])]
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as log:
        with _process(command, log.fileno(), _LONGEST_START_S + rounds * _LONGEST_ROUND_S) as process:
            for line in process.stdout or ():
                exchanges.append(from_json(json.loads(line)))
                print(f"{name}: {told(exchanges[-1])}", file=sys.stderr, flush=True)
        if process.returncode:
            log.seek(0)
            print(f"{name} failed ({process.returncode}):\n{log.read()[-_LOG_TAIL:]}", file=sys.stderr)
    return process.returncode == 0


@contextmanager
def _process(command: list[str], log: int, longest_s: float) -> Iterator[subprocess.Popen[str]]:
    """A stack's process; it is killed when it takes too long, because nothing else would end a framework that hangs."""
    root = Path(__file__).parents[3]
    environment = {**os.environ, "PYTHONPATH": str(root)}
    with subprocess.Popen(
        command, cwd=root, env=environment, stdout=subprocess.PIPE, stderr=log, text=True, encoding="utf-8"
    ) as process:
        timer = threading.Timer(longest_s, process.kill)
        timer.start()
        try:
            yield process
        except BaseException:
            process.kill()
            raise
        finally:
            # not before it has ended: one that closed its pipe may still hang
            with suppress(subprocess.TimeoutExpired):
                process.wait(_LONGEST_END_S)
            process.kill()
            timer.cancel()


if __name__ == "__main__":
    sys.exit(main())
