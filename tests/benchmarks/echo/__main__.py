"""What each echo canceller leaves of the kiosk's voice, and of the customer's, in simulated rooms.

    python -m tests.benchmarks.echo [--short] [--clips FOLDER] [--limit N]

The alignment is measured with it: delays and drift are not told to anybody. FOLDER holds recordings of customers and
`manifest.tsv`. Simulated rooms flatter every canceller: loudspeakers bend sound in more ways, and people move.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Callable
from pathlib import Path

from holo_app.bootstrap.substitutes import NoEcho
from holo_app.errors import ProviderError
from holo_app.ports.echo import EchoCanceller
from holo_app.providers.moonshine.stt import MoonshineStt
from holo_app.providers.silero.vad import SileroVad
from holo_app.providers.speex.echo import SpeexEcho
from holo_app.providers.webrtc.echo import WebrtcEcho
from holo_app.resources import model_file, model_folder
from tests.benchmarks.echo.clips import ANSWERS, customer_clips, kiosk_voice
from tests.benchmarks.echo.scenes import recorded, scenes
from tests.benchmarks.echo.scores import Judge, Score, mean

CANCELLERS: dict[str, Callable[[], EchoCanceller]] = {
    "none": NoEcho,
    "webrtc": WebrtcEcho,
    "speex": SpeexEcho,
    "speex filter": lambda: SpeexEcho(residual_db=0, residual_active_db=0),
}
_SHORT = ("none", "webrtc", "speex")
_COLUMNS = ("removed", "false voice", "kept voice", "WER", "core", "delay")
_TITLES = f"{'scene':11} {'canceller':13} " + " ".join(f"{column:>{max(7, len(column))}}" for column in _COLUMNS)


async def measure(folder: Path | None, *, limit: int, short: bool) -> None:
    """Print a line for each scene and canceller, and the means."""
    kiosk = await kiosk_voice(ANSWERS[:2] if short else ANSWERS)
    clips = customer_clips(folder, limit)
    stt = await asyncio.to_thread(MoonshineStt, model_folder("moonshine-tiny-en"))
    judge = Judge(SileroVad(model_file("silero-vad", "silero_vad.onnx")), stt)
    results: dict[str, list[Score]] = {}
    sys.stdout.write(f"{_TITLES}\n")
    try:
        for scene in scenes(short=short):
            recording = recorded(scene, kiosk, clips)
            results.setdefault("no echo", []).append(await judge.without_echo(recording))
            for name, make in _installed(_SHORT if short else tuple(CANCELLERS)).items():
                results.setdefault(name, []).append(await judge.score(make, recording))
            for name, scores in results.items():
                _print(scene.name, name, scores[-1:])
    finally:
        await stt.aclose()
    for name, scores in results.items():
        _print("mean", name, scores)


def _installed(names: tuple[str, ...]) -> dict[str, Callable[[], EchoCanceller]]:
    found = {}
    for name in names:
        make = CANCELLERS[name]
        try:
            make()
        except ProviderError as error:
            sys.stderr.write(f"{name} is left out: {error}\n")
        else:
            found[name] = make
    return found


def _print(scene: str, name: str, scores: list[Score]) -> None:
    delays = [f"{1000 * score.found_delay_s:.0f} ms" for score in scores if score.found_delay_s is not None]
    sys.stdout.write(
        f"{scene:11} {name:13} {mean([score.removed_db for score in scores]):4.1f} dB "
        f"{100 * mean([score.false_voice for score in scores]):9.1f} % "
        f"{100 * mean([score.kept_voice for score in scores]):8.1f} % "
        f"{100 * mean([score.word_errors for score in scores]):5.0f} % "
        f"{100 * mean([score.core for score in scores]):5.1f} % "
        f"{delays[0] if len(delays) == len(scores) == 1 else '':>8}\n"
    )
    sys.stdout.flush()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--short", action="store_true", help="one scene, under 40 s")
    parser.add_argument("--clips", type=Path, help="a folder of recorded customers")
    parser.add_argument("--limit", type=int, default=16, help="so many of them; %(default)s")
    options = parser.parse_args()
    asyncio.run(measure(options.clips, limit=options.limit, short=options.short))
