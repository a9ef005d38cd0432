"""ElevenLabs' voices, over the socket and over HTTP."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Sequence

from holo_app.bootstrap.clock import SystemClock
from holo_app.domain.usage import ProviderRole
from holo_app.errors import FailureCategory
from holo_app.ports.meter import Meter
from holo_app.ports.tts import SpeechChunk
from holo_app.providers.elevenlabs.tts import ElevenLabsSettings, ElevenLabsTts
from tests.contracts.speech_checks import check_speech
from tests.emulators.elevenlabs import KEY, ElevenLabsEmulator
from tests.emulators.faults import Fault
from tests.emulators.voice_sounds import spoken
from tests.providers.cases.case import Case

TEXT = "It costs £149, yes!"


def maker(*, over_http: bool) -> Callable[[str, Meter], ElevenLabsTts]:
    def make(base_url: str, meter: Meter) -> ElevenLabsTts:
        return ElevenLabsTts(ElevenLabsSettings(base_url, over_http=over_http, key=KEY), meter, SystemClock())

    return make


def ask(voice: ElevenLabsTts) -> AsyncGenerator[SpeechChunk]:
    return voice.synthesize(TEXT, voice="joe", language="en")


def right(chunks: Sequence[SpeechChunk]) -> None:
    check_speech(TEXT, chunks)
    assert b"".join(chunk.audio.pcm for chunk in chunks) == spoken(TEXT)


CASES = [
    Case("elevenlabs", ProviderRole.TTS, ElevenLabsEmulator, maker(over_http=False), ask, right),
    Case(
        "elevenlabs",
        ProviderRole.TTS,
        ElevenLabsEmulator,
        maker(over_http=True),
        ask,
        right,
        differs={Fault.FAILS_LATE: FailureCategory.CANCELLED_BY_PEER},
        without={Fault.ODD_CLOSE: "lines have no last one: an answer that ends politely is whole"},
    ),
]
