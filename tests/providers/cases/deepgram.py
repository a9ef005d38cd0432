"""Deepgram's recognition, live and Flux."""

from __future__ import annotations

from collections.abc import Sequence

from holo_app.bootstrap.clock import SystemClock
from holo_app.domain.speech import Transcript
from holo_app.domain.usage import ProviderRole
from holo_app.ports.meter import Meter
from holo_app.providers.deepgram.access import DeepgramAccess
from holo_app.providers.deepgram.flux import DeepgramFlux
from holo_app.providers.deepgram.live import DeepgramLive
from tests.emulators.deepgram import KEY, DeepgramEmulator
from tests.providers import hearing
from tests.providers.cases.case import Case


def live(base_url: str, meter: Meter) -> DeepgramLive:
    return DeepgramLive(DeepgramAccess(base_url, KEY, "nova-3"), meter, SystemClock())


def flux(base_url: str, meter: Meter) -> DeepgramFlux:
    return DeepgramFlux(DeepgramAccess(base_url, KEY, "flux-general-multi"), meter, SystemClock())


def right(transcripts: Sequence[Transcript]) -> None:
    hearing.right(transcripts, DeepgramEmulator().text)


CASES = [
    Case("deepgram", ProviderRole.STT, DeepgramEmulator, live, hearing.utterance, right),
    Case("deepgram_flux", ProviderRole.STT, DeepgramEmulator, flux, hearing.utterance, right),
]
