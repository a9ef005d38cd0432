"""Azure's speech recognition and voices."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence

from holo_app.bootstrap.clock import SystemClock
from holo_app.domain.speech import Transcript
from holo_app.domain.usage import ProviderRole
from holo_app.errors import FailureCategory
from holo_app.ports.meter import Meter
from holo_app.ports.tts import SpeechChunk
from holo_app.providers.azure.service import AzureAccess
from holo_app.providers.azure.stt import AzureStt
from holo_app.providers.azure.tts import AzureTts
from tests.contracts.recording import as_stream, first_seconds, in_pieces, question
from tests.contracts.speech_checks import check_speech
from tests.emulators.azure import KEY, AzureEmulator
from tests.emulators.faults import Fault
from tests.providers.cases.case import Case

TEXT = "It's £149.00, isn't it? Yes — 2 of them."


def make_stt(base_url: str, meter: Meter) -> AzureStt:
    return AzureStt(AzureAccess(base_url, KEY), meter, SystemClock())


def hear(stt: AzureStt) -> AsyncGenerator[Transcript]:
    return stt.transcribe(as_stream(*in_pieces(first_seconds(question(), 1.5), 320)), language="en")


def heard_right(transcripts: Sequence[Transcript]) -> None:
    *partial, final = transcripts
    assert [transcript.text for transcript in partial] == ["How much", AzureEmulator().phrases[0].lower()]
    assert not any(transcript.final for transcript in partial)
    assert final == Transcript(AzureEmulator().phrases[0], "en", final=True, confidence=0.93)


def make_tts(base_url: str, meter: Meter) -> AzureTts:
    return AzureTts(AzureAccess(base_url, KEY), meter, SystemClock())


def speak(tts: AzureTts) -> AsyncGenerator[SpeechChunk]:
    return tts.synthesize(TEXT, voice="", language="en")


def spoken_right(chunks: Sequence[SpeechChunk]) -> None:
    check_speech(TEXT, chunks)


CASES = [
    Case("azure", ProviderRole.STT, AzureEmulator, make_stt, hear, heard_right),
    Case(
        "azure",
        ProviderRole.TTS,
        AzureEmulator,
        make_tts,
        speak,
        spoken_right,
        # it has no message for that: it closes the connection
        differs={Fault.FAILS_LATE: FailureCategory.CANCELLED_BY_PEER},
    ),
]
