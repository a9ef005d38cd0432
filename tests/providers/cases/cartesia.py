"""Cartesia's voices."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence

from holo_app.bootstrap.clock import SystemClock
from holo_app.domain.usage import ProviderRole
from holo_app.ports.meter import Meter
from holo_app.ports.tts import SpeechChunk
from holo_app.providers.cartesia.tts import CartesiaSettings, CartesiaTts
from tests.contracts.speech_checks import check_speech
from tests.emulators.cartesia import KEY, VOICE, CartesiaEmulator
from tests.emulators.voice_sounds import spoken
from tests.providers.cases.case import Case

TEXT = "It costs £149, yes!"


def make(base_url: str, meter: Meter) -> CartesiaTts:
    return CartesiaTts(CartesiaSettings(base_url, voice=VOICE, key=KEY), meter, SystemClock())


def ask(voice: CartesiaTts) -> AsyncGenerator[SpeechChunk]:
    return voice.synthesize(TEXT, voice="joe", language="en")


def right(chunks: Sequence[SpeechChunk]) -> None:
    check_speech(TEXT, chunks)
    assert b"".join(chunk.audio.pcm for chunk in chunks) == spoken(TEXT)


CASES = [Case("cartesia", ProviderRole.TTS, CartesiaEmulator, make, ask, right)]
