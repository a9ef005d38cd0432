"""A folder of clips with more voices, and with sentences that pause after "for my", "and" and "the".

    python -m tests.benchmarks.turn_taking.more_clips OUT --clips FOLDER --speech FOLDER

--clips: as for the benchmark; they are copied. --speech: recordings of shop questions with `manifest.tsv`; some of each voice
are taken. The pausing sentences are said by the kiosk's own voice, raised.
"""

from __future__ import annotations

import argparse
import asyncio
import csv
import json
import shutil
import sys
import wave
from pathlib import Path

import numpy as np

from tests.benchmarks.room.customers import Clip, piper, synthesised
from tests.benchmarks.turn_taking.clips import RATE_HZ, known_clips
from tests.fakes.rooms import Floats

_HALVES = (
    ("I would like a kettle and", "a lamp for the kitchen."),
    ("Can you tell me the price of the", "blue jacket with the hood?"),
)
_VOICES = ("shop_kokoro_", "shop_piperjoe_")
_OF_EACH = 4
_RAISED = 1.2


def gather(out: Path, clips: Path, speech: Path) -> None:
    """Fill the folder."""
    out.mkdir(parents=True, exist_ok=True)
    lines = []
    for role, text, path in known_clips(clips):
        if path.exists():
            shutil.copy(path, out)
            lines.append({"clip": path.name, "role": role, "text": text})
    lines += _questions(out, speech)
    for number, (first, second) in enumerate(asyncio.run(_halves())):
        for role, clip in (("first half", first), ("second half", second)):
            name = f"{role.replace(' ', '_')}_{number}.wav"
            _write(out / name, clip.sound)
            lines.append({"clip": name, "role": role, "text": clip.text})
    tables = ["[[line]]\n" + "".join(f"{key} = {json.dumps(value)}\n" for key, value in line.items()) for line in lines]
    (out / "script.toml").write_text("\n".join(tables), encoding="utf-8")


def _questions(out: Path, speech: Path) -> list[dict[str, str]]:
    with (speech / "manifest.tsv").open(encoding="utf-8") as file:
        texts = {row["file"]: row["transcript"] for row in csv.DictReader(file, delimiter="\t")}
    lines = []
    for name, text in texts.items():
        if any(name.startswith(voice) and int(name.removeprefix(voice)[:2]) < _OF_EACH for voice in _VOICES):
            shutil.copy(speech / name, out)
            lines.append({"clip": name, "role": "question", "text": text})
    return lines


async def _halves() -> list[tuple[Clip, Clip]]:
    tts = piper()
    try:
        clips = await synthesised(tts, [text for halves in _HALVES for text in halves], (_RAISED,))
    finally:
        await tts.aclose()
    return list(zip(clips[::2], clips[1::2], strict=True))


def _write(path: Path, sound: Floats) -> None:
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, RATE_HZ, 0, "NONE", ""))
        file.writeframes(np.clip(np.rint(sound * 32767), -32768, 32767).astype("<i2").tobytes())


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--clips", type=Path, required=True)
    parser.add_argument("--speech", type=Path, required=True)
    options = parser.parse_args()
    gather(options.out, options.clips, options.speech)
    sys.stdout.write(f"{len(list(options.out.glob('*.wav')))} clips in {options.out}\n")
