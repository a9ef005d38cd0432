"""Who talks: the kiosk by its own voice, the customer by recordings."""

from __future__ import annotations

import csv
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from holo_app.audio.resample import resampled, samples_of
from holo_app.audio.wav import read_wav
from holo_app.bootstrap.demo_customer import demo_lines
from holo_app.domain.audio import CAPTURE_RATE_HZ, AudioChunk
from holo_app.providers.piper.tts import PiperSettings, PiperTts
from holo_app.resources import model_file
from tests.fakes.rooms import Floats

ANSWERS = [
    "The Eagle watch in lake blue costs one hundred and forty-nine euros, and we have six of them in stock.",
    "It weighs forty-two grams, it is waterproof down to fifty metres, and its battery lasts up to fourteen days.",
    "The Hearth kettle boils one and a half litres in three minutes, keeps them warm for an hour, and switches itself off.",
    "Would you like to see it in another colour? It also comes in forest green, in sand, and in a quiet kind of red.",
    "You can return everything within thirty days; please keep the receipt, and ask my colleagues at the counter.",
]
_PAUSE_S = 0.25


@dataclass(frozen=True)
class Clip:
    """What somebody says. sound: (N,) of −1..1 at CAPTURE_RATE_HZ."""

    text: str
    sound: Floats


def customer_clips(folder: Path | None, limit: int) -> list[Clip]:
    """The demo's customer, or up to `limit` recordings of a folder with `manifest.tsv` (file, transcript, kind)."""
    if folder is None:
        return [Clip(line.text, _floats(line.audio)) for line in demo_lines()]
    with (folder / "manifest.tsv").open(encoding="utf-8") as manifest:
        rows = list(csv.DictReader(manifest, delimiter="\t"))
    # people before machines, and every kind of clip rather than the first few
    rows.sort(key=lambda row: row["kind"] != "real")
    chosen = rows[:: max(1, len(rows) // limit)][:limit]
    return [Clip(row["transcript"], _floats(read_wav(folder / row["file"]))) for row in chosen]


async def kiosk_voice(answers: list[str]) -> Floats:
    """The answers by Piper, as long as they are; (N,) of −1..1 at CAPTURE_RATE_HZ."""
    model, config = (model_file("piper-joe", f"en_US-joe-medium.{end}") for end in ("onnx", "onnx.json"))
    tts = PiperTts(PiperSettings(model, config))
    try:
        spoken = [await _said(tts, answer) for answer in answers]
    finally:
        await tts.aclose()
    pause = np.zeros(round(_PAUSE_S * CAPTURE_RATE_HZ))
    return np.concatenate([part for one in spoken for part in (one, pause)])


async def _said(tts: PiperTts, text: str) -> Floats:
    pcm, rate_hz = b"", CAPTURE_RATE_HZ
    async with aclosing(tts.synthesize(text, voice="joe", language="en")) as chunks:
        async for chunk in chunks:
            pcm, rate_hz = pcm + chunk.audio.pcm, chunk.audio.rate_hz
    return _floats(AudioChunk(pcm, rate_hz))


def _floats(audio: AudioChunk) -> Floats:
    return np.asarray(samples_of(resampled(audio, CAPTURE_RATE_HZ)) / 32768)
