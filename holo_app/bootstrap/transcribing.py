"""Recordings to text, by the recogniser that listens to customers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from holo_app.audio.wav import read_wav
from holo_app.bootstrap.recordings import speakable_pieces
from holo_app.config import Settings
from holo_app.domain.audio import AudioChunk
from holo_app.domain.conversation import Stage
from holo_app.errors import InputError
from holo_app.ports.stt import SpeechToText
from holo_app.resources import model_folder


@dataclass(frozen=True, slots=True)
class TranscribeResult:
    """What was understood of one file. seconds: its length. timings_ms: `stt`, the work of the recogniser."""

    file: Path
    text: str
    seconds: float
    timings_ms: Mapping[str, float]


def transcribe_files(settings: Settings, files: Sequence[Path]) -> Iterator[TranscribeResult]:
    """One result per readable file, in order.

    Raises: ModelFileError, ProviderError: there is no recogniser for the language. InputError: after the last file, naming
    those that could not be read.
    """
    problems: list[str] = []
    with asyncio.Runner() as runner:
        stt = runner.run(_load())
        try:
            for file in files:
                try:
                    recording = read_wav(file)
                except InputError as error:
                    problems.append(str(error))
                    continue
                began = monotonic()
                text = runner.run(_transcribe(stt, recording, settings.general.language))
                timings_ms = {Stage.STT.value: 1000 * (monotonic() - began)}
                yield TranscribeResult(file, text, recording.seconds, timings_ms)
        finally:
            runner.run(stt.aclose())
    if problems:
        raise InputError(f"{len(problems)} of {len(files)} recordings could not be read", problems)


async def _load() -> SpeechToText:
    from holo_app.providers.moonshine.stt import MoonshineStt  # noqa: PLC0415 - only what is used is loaded

    stt = await asyncio.to_thread(lambda: MoonshineStt(model_folder("moonshine-tiny-en")))
    await stt.warm_up()
    return stt


async def _transcribe(stt: SpeechToText, recording: AudioChunk, language: str) -> str:
    texts = [await _final_text(stt, piece, language) for piece in speakable_pieces(recording)]
    return " ".join(text for text in texts if text)


async def _final_text(stt: SpeechToText, piece: AudioChunk, language: str) -> str:
    text = ""
    async with aclosing(stt.transcribe(_once(piece), language=language)) as transcripts:
        async for transcript in transcripts:
            text = transcript.text
    return text


async def _once(piece: AudioChunk) -> AsyncIterator[AudioChunk]:
    yield piece
