"""Something to hear, for recognisers before their emulators."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence

import numpy as np

from holo_app.domain.audio import AudioChunk, silence
from holo_app.domain.speech import Transcript
from holo_app.ports.stt import SpeechToText
from tests.contracts.recording import as_stream, in_pieces


def loud(seconds: float = 1.0, rate_hz: int = 16_000) -> AudioChunk:
    """A voice, as far as an emulator can tell."""
    phase = np.arange(round(seconds * rate_hz)) // 40 % 2
    return AudioChunk(np.where(phase, -3000, 3000).astype("<i2").tobytes(), rate_hz)


def spoken(pause_s: float = 0.6) -> list[AudioChunk]:
    """A sentence and a pause, as a microphone brings them."""
    said = loud()
    return in_pieces(AudioChunk(said.pcm + silence(pause_s).pcm), 512)


def utterance(stt: SpeechToText) -> AsyncGenerator[Transcript]:
    """One whole use of a recogniser."""
    return stt.transcribe(as_stream(*spoken()), language="en")


def right(transcripts: Sequence[Transcript], text: str) -> None:
    """It heard the sentence."""
    assert [transcript.final for transcript in transcripts] == [False] * (len(transcripts) - 1) + [True]
    assert (transcripts[-1].text, transcripts[-1].language) == (text, "en")
