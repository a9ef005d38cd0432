"""OpenAI's recognition, of whole utterances and while somebody speaks."""

from __future__ import annotations

from collections.abc import Sequence

from holo_app.bootstrap.clock import SystemClock
from holo_app.domain.speech import Transcript
from holo_app.domain.usage import ProviderRole
from holo_app.ports.meter import Meter
from holo_app.providers.http.client import HttpClient
from holo_app.providers.openai.failures import read_refusal
from holo_app.providers.openai.realtime import OpenAiRealtime
from holo_app.providers.openai.transcription import OpenAiTranscription
from tests.emulators.openai import KEY
from tests.emulators.openai_hearing import OpenAiHearingEmulator
from tests.providers import hearing
from tests.providers.cases.case import Case


def whole(base_url: str, meter: Meter) -> OpenAiTranscription:
    client = HttpClient("openai", base_url, {"authorization": f"Bearer {KEY}"}, read=read_refusal)
    return OpenAiTranscription(client, "gpt-transcribe", meter, SystemClock())


def realtime(base_url: str, meter: Meter) -> OpenAiRealtime:
    return OpenAiRealtime(base_url, KEY, "gpt-live-transcribe", meter, SystemClock())


def right(transcripts: Sequence[Transcript]) -> None:
    hearing.right(transcripts, OpenAiHearingEmulator().text)


CASES = [
    Case("openai", ProviderRole.STT, OpenAiHearingEmulator, whole, hearing.utterance, right),
    Case("openai_realtime", ProviderRole.STT, OpenAiHearingEmulator, realtime, hearing.utterance, right),
]
