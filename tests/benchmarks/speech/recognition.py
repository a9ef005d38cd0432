"""Word error rate and latency of the recogniser over a folder of recordings.

    python -m tests.benchmarks.speech.recognition FOLDER

FOLDER holds WAV files and `manifest.tsv` with the columns file, transcript and kind (real or synthetic).
"""

from __future__ import annotations

import argparse
import asyncio
import csv
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path

import psutil

from holo_app.audio.wav import read_wav
from holo_app.domain.audio import AudioChunk
from holo_app.providers.moonshine.stt import MoonshineStt
from holo_app.resources import model_folder
from tests.benchmarks.speech.word_errors import plain_words, word_error_rate

SHORT_S = 4.0


def group_of(file: str, kind: str) -> str:
    """The group that a recording is reported under: who made it."""
    for maker in ("asterisk", "piper", "kokoro", "flite"):
        if maker in file:
            return maker
    return f"{kind} other"


async def once(audio: AudioChunk) -> AsyncIterator[AudioChunk]:
    yield audio


async def measure(folder: Path, *, show: bool) -> None:
    """Print one line per group, and the latency of short clips."""
    before_mb = psutil.Process().memory_info().rss / 1e6
    stt = await asyncio.to_thread(MoonshineStt, model_folder("moonshine-tiny-en"))
    await stt.warm_up()
    pairs: dict[str, list[tuple[str, str]]] = defaultdict(list)
    latencies: list[float] = []
    with (folder / "manifest.tsv").open(encoding="utf-8") as manifest:
        rows = list(csv.DictReader(manifest, delimiter="\t"))
    for row in rows:
        audio = read_wav(folder / row["file"])
        began = time.perf_counter()
        async with aclosing(stt.transcribe(once(audio), language="en")) as transcripts:
            heard = [transcript.text async for transcript in transcripts][-1]
        if audio.seconds < SHORT_S:
            latencies.append(time.perf_counter() - began)
        pairs[group_of(row["file"], row["kind"])].append((row["transcript"], heard))
        if show and plain_words(row["transcript"]) != plain_words(heard):
            sys.stdout.write(f"  {row['file']}\n    - {row['transcript']}\n    + {heard}\n")
    await stt.aclose()
    for group, texts in sorted(pairs.items()):
        said, heard_texts = zip(*texts, strict=True)
        sys.stdout.write(f"{group:12} n={len(texts):3} WER {100 * word_error_rate(said, heard_texts):.1f} %\n")
    slowest = statistics.quantiles(latencies, n=20)[-1]
    sys.stdout.write(
        f"clips under {SHORT_S:g} s: median {statistics.median(latencies):.3f} s, p95 {slowest:.3f} s; "
        f"RSS +{psutil.Process().memory_info().rss / 1e6 - before_mb:.0f} MB\n"
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--show", action="store_true", help="print what was misheard")
    options = parser.parse_args()
    asyncio.run(measure(options.folder, show=options.show))
