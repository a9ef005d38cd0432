"""Google's speech recognition by REST, and its voices."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence

from holo_app.bootstrap.clock import SystemClock
from holo_app.domain.speech import Transcript
from holo_app.domain.usage import ProviderRole
from holo_app.errors import FailureCategory
from holo_app.ports.meter import Meter
from holo_app.ports.stt import SpeechToText
from holo_app.ports.tts import SpeechChunk
from holo_app.providers.google.access import google_access
from holo_app.providers.google.failures import NAME, read_refusal
from holo_app.providers.google.recogniser import Recogniser
from holo_app.providers.google.stt import GoogleStt
from holo_app.providers.google.tts import GoogleTts, Voice
from holo_app.providers.http.client import HttpClient
from tests.contracts.recording import as_stream, first_seconds, in_pieces, question
from tests.contracts.speech_checks import check_speech
from tests.emulators.faults import Fault
from tests.emulators.google import KEY, PROJECT, GoogleEmulator
from tests.providers.cases.case import Case

TEXT = "It's £149.00, isn't it? Yes — 2 of them."
RECOGNISER = Recogniser(PROJECT)


def make_stt(base_url: str, meter: Meter) -> GoogleStt:
    clock = SystemClock()
    return GoogleStt(HttpClient(NAME, base_url, read=read_refusal), google_access(KEY, clock), RECOGNISER, meter, clock)


def hear(stt: SpeechToText) -> AsyncGenerator[Transcript]:
    return stt.transcribe(as_stream(*in_pieces(first_seconds(question(), 1.5), 320)), language="en")


def heard_right(transcripts: Sequence[Transcript]) -> None:
    assert list(transcripts) == [Transcript(GoogleEmulator().parts[0], "en", final=True, confidence=0.93)]


def make_tts(base_url: str, meter: Meter, voice: Voice = Voice()) -> GoogleTts:  # noqa: B008 - frozen
    clock = SystemClock()
    return GoogleTts(HttpClient(NAME, base_url, read=read_refusal), google_access(KEY, clock), voice, meter, clock)


def make_chirp(base_url: str, meter: Meter) -> GoogleTts:
    return make_tts(base_url, meter, Voice("en-US-Chirp3-HD-Charon"))


def speak(tts: GoogleTts) -> AsyncGenerator[SpeechChunk]:
    return tts.synthesize(TEXT, voice="", language="en")


def spoken_right(chunks: Sequence[SpeechChunk]) -> None:
    check_speech(TEXT, chunks)


# an answer is one JSON object, and says how long it is only by its end
_DIFFERS = {
    Fault.FAILS_LATE: FailureCategory.CANCELLED_BY_PEER,
    Fault.ODD_CLOSE: FailureCategory.BAD_RESPONSE,
}

CASES = [
    Case(NAME, ProviderRole.STT, GoogleEmulator, make_stt, hear, heard_right, differs=_DIFFERS),
    Case(NAME, ProviderRole.TTS, GoogleEmulator, make_tts, speak, spoken_right, differs=_DIFFERS),
]
