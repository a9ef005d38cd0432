"""Voices of the cloud, each with the emulator that it speaks to."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from holo_app.bootstrap.clock import SystemClock
from holo_app.ports.meter import Meter
from holo_app.ports.tts import TextToSpeech
from holo_app.providers.cartesia.tts import CartesiaSettings, CartesiaTts
from holo_app.providers.elevenlabs.tts import ElevenLabsSettings, ElevenLabsTts
from holo_app.providers.http.client import HttpClient
from holo_app.providers.openai.failures import read_refusal
from holo_app.providers.openai.speech import OpenAiSpeech
from tests.emulators import cartesia, elevenlabs, openai
from tests.emulators.akool import AkoolEmulator
from tests.emulators.azure import AzureEmulator
from tests.emulators.google import GoogleEmulator
from tests.emulators.liveavatar import LiveAvatarEmulator
from tests.emulators.openai_speech import OLD_SPEECH_MODEL, SPEECH_MODEL, OpenAiSpeechEmulator
from tests.emulators.web import Emulator
from tests.fakes.meter import FakeMeter
from tests.providers.cases import akool, azure_speech, google_speech, liveavatar


@asynccontextmanager
async def _openai(model: str) -> AsyncIterator[TextToSpeech]:
    async with OpenAiSpeechEmulator() as emulator:
        client = HttpClient("openai", emulator.base_url, {"authorization": f"Bearer {openai.KEY}"}, read=read_refusal)
        yield OpenAiSpeech(client, model, "alloy", FakeMeter(), SystemClock())


@asynccontextmanager
async def _elevenlabs(*, over_http: bool, aligned: bool) -> AsyncIterator[TextToSpeech]:
    async with elevenlabs.ElevenLabsEmulator(aligned=aligned) as emulator:
        settings = ElevenLabsSettings(emulator.base_url, over_http=over_http, key=elevenlabs.KEY)
        yield ElevenLabsTts(settings, FakeMeter(), SystemClock())


@asynccontextmanager
async def _cartesia() -> AsyncIterator[TextToSpeech]:
    async with cartesia.CartesiaEmulator() as emulator:
        settings = CartesiaSettings(emulator.base_url, voice=cartesia.VOICE, key=cartesia.KEY)
        yield CartesiaTts(settings, FakeMeter(), SystemClock())


@asynccontextmanager
async def _served(
    emulator: Callable[[], Emulator], make: Callable[[str, Meter], TextToSpeech]
) -> AsyncIterator[TextToSpeech]:
    async with emulator() as service:
        yield make(service.base_url, FakeMeter())


CLOUD_VOICES: dict[str, Callable[[], AbstractAsyncContextManager[TextToSpeech]]] = {
    "openai": lambda: _openai(SPEECH_MODEL),
    "openai-tts-1": lambda: _openai(OLD_SPEECH_MODEL),
    "elevenlabs": lambda: _elevenlabs(over_http=False, aligned=True),
    "elevenlabs-http": lambda: _elevenlabs(over_http=True, aligned=True),
    "elevenlabs-unaligned": lambda: _elevenlabs(over_http=False, aligned=False),
    "cartesia": _cartesia,
    "azure": lambda: _served(AzureEmulator, azure_speech.make_tts),
    "google": lambda: _served(GoogleEmulator, google_speech.make_tts),
    "liveavatar": lambda: _served(LiveAvatarEmulator, liveavatar.make),
    "akool": lambda: _served(AkoolEmulator, akool.make),
    "google chirp": lambda: _served(GoogleEmulator, google_speech.make_chirp),
}
