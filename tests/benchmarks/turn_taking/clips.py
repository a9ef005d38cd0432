"""The customer's clips: a folder of 16 kHz WAV files, and what is said in them."""

from __future__ import annotations

import tomllib
import wave
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tests.benchmarks.turn_taking.voice import Samples

RATE_HZ = 16_000
DEMO_CLIPS = Path(__file__).parents[3] / "resources" / "demo"

# what is said in clips that bring no `script.toml`, by file name
_TEXTS = {
    "u1": "Do you have these running shoes in a size ten?",
    "u2": "How much does it cost?",
    "barge": "Wait, stop, I actually meant the blue jacket.",
    "barge2": "Actually, can you show me the blue jacket instead?",
    "mhm": "Mhm.",
    "part1": "I am looking for something for my",
    "part2": "daughter's birthday, she is eleven.",
}
_ROLES = {
    "question": ("u1", "u2", "price", "kettle"),
    "barge-in": ("barge", "barge2", "interrupt"),
    "backchannel": ("mhm",),
    "first half": ("part1",),
    "second half": ("part2",),
}

_AUDIBLE = 0.01 * 32768
_AUDIBLE_SHARE_OF_PEAK = 0.1


@dataclass(frozen=True, slots=True)
class Clip:
    """A recording and its text. first, last: indices of its first and last audible sample."""

    text: str
    samples: Samples
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Clips:
    """What a folder offers; scenarios whose clips are missing are left out."""

    questions: tuple[Clip, ...]
    barge_ins: tuple[Clip, ...]
    backchannel: Clip | None
    halves: tuple[tuple[Clip, Clip], ...]
    """Sentences in two recordings each; the first ends in a word that no sentence ends with."""


def clip_of(text: str, samples: Samples) -> Clip:
    """A clip with its audible part found."""
    loud = np.abs(samples.astype(np.int32))
    above = np.flatnonzero(loud > min(_AUDIBLE, _AUDIBLE_SHARE_OF_PEAK * loud.max(initial=0)))
    first, last = (int(above[0]), int(above[-1])) if len(above) else (0, len(samples) - 1)
    return Clip(text, samples, first, last)


def load_clips(folder: Path) -> Clips:
    """Read the clips that are there. Raises: ValueError: no question, or a file of another kind than 16 kHz mono PCM16."""
    found: dict[str, list[Clip]] = {role: [] for role in _ROLES}
    for role, text, path in known_clips(folder):
        if path.exists():
            found[role].append(clip_of(text, _read(path)))
    questions = tuple(found["question"])
    if not questions:
        raise ValueError(f"{folder} holds no question: one of {', '.join(_ROLES['question'])}.wav")
    halves = tuple(zip(found["first half"], found["second half"], strict=False))
    return Clips(questions, tuple(found["barge-in"]), next(iter(found["backchannel"]), None), halves)


def known_clips(folder: Path) -> list[tuple[str, str, Path]]:
    """Role, text and file of every clip that may be there: as `script.toml` of the folder says, else of the known names."""
    script = folder / "script.toml"
    texts, roles = dict(_TEXTS), {name: role for role, names in _ROLES.items() for name in names}
    if script.exists():
        lines = tomllib.loads(script.read_text(encoding="utf-8"))["line"]
        texts = {Path(line["clip"]).stem: line["text"] for line in lines}
        roles |= {Path(line["clip"]).stem: line["role"] for line in lines if "role" in line}
    return [(roles[name], text, folder / f"{name}.wav") for name, text in texts.items() if name in roles]


def _read(path: Path) -> Samples:
    with wave.open(str(path)) as file:
        if (file.getframerate(), file.getnchannels(), file.getsampwidth()) != (RATE_HZ, 1, 2):
            raise ValueError(f"{path}: not 16 kHz mono with 16 bits")
        return np.frombuffer(file.readframes(file.getnframes()), "<i2")
