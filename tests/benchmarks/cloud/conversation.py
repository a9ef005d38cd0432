"""End of speech → first audio with every role in an emulated cloud, whole and with each role failing in its turn.

    python -m tests.benchmarks.cloud.conversation [--rounds 10] [--short]

Both times are taken outside the kiosk, as in `tests.benchmarks.voice.voice_to_voice`. A gap is the longest silence inside of an
answer, from which that of the same answer without a fault is taken off. The emulators are as slow as the stand-ins with which
other voice stacks were measured; how slow a live provider is, `holo-app providers bench` tells.
"""

from __future__ import annotations

import argparse
import itertools
import os
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from tests.audio.pulse import PulseServer
from tests.benchmarks.cloud.services import Services
from tests.benchmarks.voice.virtual_shop import Recorder
from tests.benchmarks.voice.voice_to_voice import Kiosk, await_quiet, measure
from tests.emulators.faults import Fault

CLIPS = {"price": "How much does the Eagle GPS Watch cost?", "weight": "How heavy is it?"}
FACTS = {"price": "the Eagle GPS Watch costs £179", "weight": "the Eagle GPS Watch weighs 48 grams"}
# no answer is the same as another: neither its text nor its sound may be one that was kept
OPENINGS = ("Well", "Sure", "Of course", "Good question", "Gladly", "Right", "Certainly", "As I see here", "Yes", "So")
TAILS = (
    "Shall I tell you more about it?",
    "Would you like to see it?",
    "It is a fine watch.",
    "What else may I show you?",
)
BREAKS = {
    "recogniser": ("deepgram", Fault.CUT),
    "language model": ("openai", Fault.CUT),
    "language model stalls": ("openai", Fault.STALL),
    "voice": ("elevenlabs", Fault.CUT),
    "voice stalls": ("elevenlabs", Fault.STALL),
}


@dataclass(frozen=True)
class Heard:
    """latency_ms: voice to voice. gap_ms: longest silence inside of the answer."""

    latency_ms: float
    gap_ms: float


class Shop:
    """A kiosk in its cloud."""

    def __init__(self, services: Services, server: PulseServer, kiosk: Kiosk, recorder: Recorder) -> None:
        self._services, self._server, self._kiosk, self._recorder = services, server, kiosk, recorder
        self._words = itertools.product(TAILS, OPENINGS)

    def ask(self, name: str) -> Heard:
        """One question."""
        tail, opening = next(self._words)
        self._services.expect(CLIPS[name], f"{opening}, {FACTS[name]}. {tail}")
        began = time.monotonic()
        [latency_ms] = measure(self._server, self._kiosk, [Path(f"resources/demo/{name}.wav")], self._recorder)
        await_quiet(self._recorder)
        sounds = self._recorder.speaker.loud()
        sounds = sounds[sounds > began]
        gap_s = float((sounds[1:] - sounds[:-1]).max()) if len(sounds) > 1 else 0.0
        return Heard(latency_ms, 1000 * gap_s)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--short", action="store_true", help="one question each")
    arguments = parser.parse_args()
    rounds = 1 if arguments.short else arguments.rounds
    with tempfile.TemporaryDirectory(prefix="holo-") as name, Services() as services:
        folder = Path(name)
        services.settings(folder)
        os.environ["CREDENTIALS_DIRECTORY"] = str(folder / "credentials")
        server = PulseServer(folder)
        server.start()
        kiosk = Kiosk(server, folder, window=False)
        try:
            kiosk.await_ready()
            with Recorder(server).running() as recorder:
                shop = Shop(services, server, kiosk, recorder)
                whole = [shop.ask(clip) for _ in range(rounds) for clip in CLIPS]
                latencies = sorted(one.latency_ms for one in whole)
                usual_gap_ms = statistics.median(one.gap_ms for one in whole)
                print(f"whole: n={len(whole)} p50={statistics.median(latencies):.0f} ms worst={latencies[-1]:.0f} ms")
                for case, (provider, fault) in BREAKS.items():
                    services.fail_next(provider, fault)
                    broken = shop.ask("price")
                    services.mended()
                    gap_ms = max(0.0, broken.gap_ms - usual_gap_ms)
                    print(f"{case:24} voice to voice {broken.latency_ms:6.0f} ms, gap {gap_ms:5.0f} ms", flush=True)
                    shop.ask("weight")
            print(f"turns: {len(kiosk.turns())} of {len(whole) + 2 * len(BREAKS)}; calls: {services.calls()}")
        finally:
            kiosk.process.terminate()
            kiosk.process.wait()
            server.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
