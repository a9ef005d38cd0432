"""Customers: voices of the rig's own, made of the kiosk's voice by raising it, and recordings of others."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soxr

from holo_app.audio.resample import resampled, samples_of
from holo_app.audio.wav import read_wav
from holo_app.bootstrap.demo_customer import demo_lines
from holo_app.domain.audio import CAPTURE_RATE_HZ, AudioChunk
from holo_app.ports.tts import TextToSpeech
from holo_app.providers.piper.tts import PiperSettings, PiperTts
from holo_app.resources import model_file
from tests.benchmarks.room.air import CUSTOMER_RMS, speech_rms
from tests.fakes.rooms import Floats

RAISED = (1.3, 1.18, 1.24)
"""People: by how much each speaks faster and higher than the kiosk."""


@dataclass(frozen=True, slots=True)
class Clip:
    """What somebody says. sound: (N,) of −1..1 at CAPTURE_RATE_HZ, as loud as customers are."""

    text: str
    sound: Floats

    @property
    def seconds(self) -> float:
        """How long it is."""
        return len(self.sound) / CAPTURE_RATE_HZ


def piper() -> PiperTts:
    """The kiosk's voice; to be closed."""
    model, config = (model_file("piper-joe", f"en_US-joe-medium.{end}") for end in ("onnx", "onnx.json"))
    return PiperTts(PiperSettings(model, config))


async def said(tts: TextToSpeech, text: str) -> Floats:
    """A text in the kiosk's voice, as loud as it is."""
    pcm, rate_hz = b"", CAPTURE_RATE_HZ
    async with aclosing(tts.synthesize(text, voice="joe", language="en")) as chunks:
        async for chunk in chunks:
            pcm, rate_hz = pcm + chunk.audio.pcm, chunk.audio.rate_hz
    return floats(AudioChunk(pcm, rate_hz))


async def synthesised(tts: TextToSpeech, texts: Sequence[str], raised: Sequence[float] = RAISED) -> list[Clip]:
    """Each text by the next of the rig's own people."""
    clips = []
    for number, text in enumerate(texts):
        factor = raised[number % len(raised)]
        clips.append(clip_of(text, soxr.resample(await said(tts, text), CAPTURE_RATE_HZ * factor, CAPTURE_RATE_HZ)))
    return clips


def demo_clips() -> list[Clip]:
    """The customer of `holo-app demo`."""
    return [clip_of(line.text, floats(line.audio)) for line in demo_lines()]


def recordings(folder: Path, wanted: str = "") -> list[Clip]:
    """Recordings of a folder with `manifest.tsv` (file, transcript), those whose file name begins with `wanted`."""
    with (folder / "manifest.tsv").open(encoding="utf-8") as manifest:
        rows = [row for row in csv.DictReader(manifest, delimiter="\t") if row["file"].startswith(wanted)]
    return [clip_of(row["transcript"], floats(read_wav(folder / row["file"]))) for row in rows]


def clip_of(text: str, sound: Floats) -> Clip:
    """A clip made as loud as customers are."""
    return Clip(text, sound * CUSTOMER_RMS / speech_rms(sound))


def floats(audio: AudioChunk) -> Floats:
    """(N,) of −1..1 at CAPTURE_RATE_HZ."""
    return np.asarray(samples_of(resampled(audio, CAPTURE_RATE_HZ)) / 32768)
