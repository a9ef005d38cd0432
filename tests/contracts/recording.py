"""One real utterance for the contracts: spoken by the kiosk's own voice (CC0), 16 kHz, 0.4 s of near silence at both ends."""

from __future__ import annotations

import wave
from collections.abc import AsyncIterator
from pathlib import Path

from holo_app.domain.audio import AudioChunk

QUESTION = "How long does the battery last, and is it waterproof?"
QUESTION_FILE = Path(__file__).parent.parent / "providers" / "data" / "question.wav"


def question() -> AudioChunk:
    """The sound of QUESTION."""
    with wave.open(str(QUESTION_FILE)) as recording:
        return AudioChunk(recording.readframes(recording.getnframes()), recording.getframerate())


def first_seconds(audio: AudioChunk, seconds: float) -> AudioChunk:
    """The beginning of a recording."""
    return AudioChunk(audio.pcm[: 2 * round(seconds * audio.rate_hz)], audio.rate_hz)


async def as_stream(*chunks: AudioChunk) -> AsyncIterator[AudioChunk]:
    """Audio as a microphone brings it."""
    for chunk in chunks:
        yield chunk


def in_pieces(audio: AudioChunk, samples: int) -> list[AudioChunk]:
    """Audio cut into chunks of `samples`; the last may be shorter."""
    size = 2 * samples
    return [AudioChunk(audio.pcm[i : i + size], audio.rate_hz) for i in range(0, len(audio.pcm), size)]
