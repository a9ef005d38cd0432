"""OpenAI's voices: the newer models send events, the older ones bare sound."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Sequence

from holo_app.bootstrap.clock import SystemClock
from holo_app.domain.usage import ProviderRole
from holo_app.errors import FailureCategory
from holo_app.ports.meter import Meter
from holo_app.ports.tts import SpeechChunk
from holo_app.providers.http.client import HttpClient
from holo_app.providers.openai.failures import read_refusal
from holo_app.providers.openai.speech import OpenAiSpeech
from tests.contracts.speech_checks import check_speech
from tests.emulators.faults import Fault
from tests.emulators.openai import KEY
from tests.emulators.openai_speech import OLD_SPEECH_MODEL, SPEECH_MODEL, OpenAiSpeechEmulator
from tests.emulators.voice_sounds import spoken
from tests.providers.cases.case import Case

TEXT = "It costs £149, yes!"


def maker(model: str, name: str) -> Callable[[str, Meter], OpenAiSpeech]:
    def make(base_url: str, meter: Meter) -> OpenAiSpeech:
        client = HttpClient(name, base_url, {"authorization": f"Bearer {KEY}"}, read=read_refusal)
        return OpenAiSpeech(client, model, "alloy", meter, SystemClock())

    return make


def ask(voice: OpenAiSpeech) -> AsyncGenerator[SpeechChunk]:
    return voice.synthesize(TEXT, voice="joe", language="en")


def right(chunks: Sequence[SpeechChunk]) -> None:
    check_speech(TEXT, chunks)
    assert b"".join(chunk.audio.pcm for chunk in chunks) == spoken(TEXT)


CASES = [
    Case("openai", ProviderRole.TTS, OpenAiSpeechEmulator, maker(SPEECH_MODEL, "openai"), ask, right),
    Case(
        "openai_tts1",
        ProviderRole.TTS,
        OpenAiSpeechEmulator,
        maker(OLD_SPEECH_MODEL, "openai_tts1"),
        ask,
        right,
        differs={Fault.FAILS_LATE: FailureCategory.CANCELLED_BY_PEER},
        without={
            Fault.GARBLED: "there is no JSON in a body of sound",
            Fault.ODD_CLOSE: "a body of sound that ends politely is whole",
        },
    ),
]
