"""Wyoming speech servers. The protocol has no accounts: nothing is refused for a key, a quota or a rate."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence

from holo_app.bootstrap.clock import SystemClock
from holo_app.domain.speech import Transcript
from holo_app.domain.usage import ProviderRole
from holo_app.ports.meter import Meter
from holo_app.ports.tts import SpeechChunk
from holo_app.providers.wyoming_speech.stt import WyomingStt, WyomingSttSettings
from holo_app.providers.wyoming_speech.tts import WyomingTts, WyomingTtsSettings
from tests.contracts.recording import as_stream, first_seconds, in_pieces, question
from tests.contracts.speech_checks import check_speech
from tests.emulators.faults import Fault
from tests.emulators.wyoming import TEXT, WyomingEmulator
from tests.providers.cases.case import Case

_SAID = "It costs £149, madam."
_NO_ACCOUNTS = "the protocol has no accounts"
_WITHOUT = {
    Fault.UNAUTHORIZED: _NO_ACCOUNTS,
    Fault.QUOTA: _NO_ACCOUNTS,
    Fault.RATE_LIMITED: _NO_ACCOUNTS,
    Fault.RATE_LIMITED_FOR: _NO_ACCOUNTS,
    Fault.BAD_REQUEST: "the code of an error event is each server's own: it says only that something failed",
}


def make_stt(base_url: str, meter: Meter) -> WyomingStt:
    return WyomingStt(WyomingSttSettings(base_url), meter, SystemClock())


def make_tts(base_url: str, meter: Meter) -> WyomingTts:
    return WyomingTts(WyomingTtsSettings(base_url), meter, SystemClock())


def hear(stt: WyomingStt) -> AsyncGenerator[Transcript]:
    return stt.transcribe(as_stream(*in_pieces(first_seconds(question(), 1.0), 1600)), language="en")


def say(tts: WyomingTts) -> AsyncGenerator[SpeechChunk]:
    return tts.synthesize(_SAID, voice="", language="en")


def heard_right(results: Sequence[Transcript]) -> None:
    assert results[0] == Transcript("It", "en", final=False)
    assert results[-1] == Transcript(TEXT, "en", final=True)


def said_right(chunks: Sequence[SpeechChunk]) -> None:
    check_speech(_SAID, chunks)


CASES = [
    Case("wyoming", ProviderRole.STT, WyomingEmulator, make_stt, hear, heard_right, without=_WITHOUT),
    Case("wyoming", ProviderRole.TTS, WyomingEmulator, make_tts, say, said_right, without=_WITHOUT),
]
