"""The kiosk's voice as heard by the kiosk's ear: word errors, first sound and memory.

python -m tests.benchmarks.speech.round_trip
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import time
from collections.abc import AsyncIterator
from contextlib import aclosing

import psutil

from holo_app.domain.audio import AudioChunk
from holo_app.ports.stt import SpeechToText
from holo_app.ports.tts import TextToSpeech
from holo_app.providers.moonshine.stt import MoonshineStt
from holo_app.providers.piper.tts import PiperSettings, PiperTts
from holo_app.resources import model_file, model_folder
from tests.benchmarks.speech.word_errors import word_error_rate

SENTENCES = [
    "Hello, welcome to our shop.",
    "Yes, it is waterproof, so you can wear it in the rain.",
    "The battery lasts up to fourteen days.",
    "It comes in black, forest green and sand.",
    "We have six of them in stock.",
    "The small one is lighter than the large one.",
    "You can return it within thirty days.",
    "It has a warranty of two years.",
    "The fitting room is at the back of the shop.",
    "We are open from nine to six on weekdays.",
    "I am sorry, we do not sell that here.",
    "Would you like to see another colour?",
    "This jacket is made of recycled cotton.",
    "It works with every phone.",
    "The charging cable is in the box.",
    "I would take the blue one for a long walk.",
    "It is the cheapest lamp that we have.",
    "You are welcome, have a nice day.",
    "Please ask one of my colleagues at the counter.",
    "Goodbye, and thank you for your visit.",
]


async def say(tts: TextToSpeech, text: str) -> tuple[AudioChunk, float]:
    """The whole sound of a text, and the seconds until its first piece came."""
    began = time.perf_counter()
    first_s = 0.0
    pcm, rate_hz = b"", 0
    async with aclosing(tts.synthesize(text, voice="joe", language="en")) as chunks:
        async for chunk in chunks:
            first_s = first_s or time.perf_counter() - began
            pcm, rate_hz = pcm + chunk.audio.pcm, chunk.audio.rate_hz
    return AudioChunk(pcm, rate_hz), first_s


async def hear(stt: SpeechToText, audio: AudioChunk) -> str:
    """What is understood."""

    async def once() -> AsyncIterator[AudioChunk]:
        yield audio

    async with aclosing(stt.transcribe(once(), language="en")) as transcripts:
        return [transcript.text async for transcript in transcripts][-1]


async def measure() -> None:
    """Print each misheard sentence and the figures."""
    model, config = (model_file("piper-joe", f"en_US-joe-medium.{end}") for end in ("onnx", "onnx.json"))
    stt = await asyncio.to_thread(MoonshineStt, model_folder("moonshine-tiny-en"))
    tts = PiperTts(PiperSettings(model, config))
    try:
        await asyncio.gather(stt.warm_up(), tts.warm_up())
        first_sounds, heard = [], []
        for sentence in SENTENCES:
            audio, first_s = await say(tts, sentence)
            first_sounds.append(first_s)
            heard.append(await hear(stt, audio))
            sys.stdout.write(f"{first_s:.3f} s for {audio.seconds:.1f} s  {sentence}  →  {heard[-1]}\n")
        _, clause_s = await say(tts, "Yes, it is waterproof,")
        rss = {"kiosk side": psutil.Process().memory_info().rss, "voice process": _rss(tts.server_pid)}
    finally:
        await asyncio.gather(stt.aclose(), tts.aclose())
    memory = ", ".join(f"{name} {size / 1e6:.0f} MB" for name, size in rss.items())
    sys.stdout.write(
        f"WER {100 * word_error_rate(SENTENCES, heard):.1f} %; first sound: median {statistics.median(first_sounds):.3f} s, "
        f"short clause {clause_s:.3f} s; {memory}\n"
    )


def _rss(pid: int | None) -> int:
    return int(psutil.Process(pid).memory_info().rss) if pid else 0


if __name__ == "__main__":
    asyncio.run(measure())
