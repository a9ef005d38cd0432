"""Voices by name."""

# ruff: noqa: PLC0415 - only the chosen vendor is loaded

from __future__ import annotations

from collections.abc import Mapping

from holo_app.bootstrap.vendors.kit import Kit, Vendor, bearer
from holo_app.bootstrap.voice_process import kokoro_command
from holo_app.domain.usage import ProviderRole
from holo_app.ports.tts import TextToSpeech
from holo_app.resources import model_folder

_KOKORO = "kokoro-82m"
_KOKORO_VOICES = ("af_heart", "af_bella", "am_fenrir", "am_michael")


def _openai(kit: Kit) -> TextToSpeech:
    from holo_app.providers.http.client import HttpClient
    from holo_app.providers.openai.failures import read_refusal
    from holo_app.providers.openai.speech import OpenAiSpeech

    section = kit.settings.openai
    client = HttpClient("openai", section.base_url, bearer(kit.key("openai")), read=read_refusal)
    return OpenAiSpeech(client, section.tts_model, section.voice, kit.meter, kit.clock)


def _elevenlabs(kit: Kit) -> TextToSpeech:
    from holo_app.providers.elevenlabs.tts import ElevenLabsSettings, ElevenLabsTts

    section = kit.settings.elevenlabs
    settings = ElevenLabsSettings(
        section.base_url, section.model, section.voice, over_http=section.over_http, key=kit.key("elevenlabs")
    )
    return ElevenLabsTts(settings, kit.meter, kit.clock)


def _cartesia(kit: Kit) -> TextToSpeech:
    from holo_app.providers.cartesia.tts import CartesiaSettings, CartesiaTts

    section = kit.settings.cartesia
    settings = CartesiaSettings(
        section.base_url, section.api_version, section.model, section.voice, key=kit.key("cartesia")
    )
    return CartesiaTts(settings, kit.meter, kit.clock)


def _google(kit: Kit) -> TextToSpeech:
    from holo_app.providers.google.access import google_access
    from holo_app.providers.google.failures import NAME, read_refusal
    from holo_app.providers.google.tts import GoogleTts, Voice
    from holo_app.providers.http.client import HttpClient

    section = kit.settings.google
    client = HttpClient(NAME, section.tts_base_url, read=read_refusal)
    voice = Voice(section.voice, section.tts_model, section.locales)
    return GoogleTts(client, google_access(kit.key("google"), kit.clock), voice, kit.meter, kit.clock)


def _azure(kit: Kit) -> TextToSpeech:
    from holo_app.providers.azure.service import AzureAccess, synthesis_address
    from holo_app.providers.azure.tts import USUAL_VOICE, AzureTts

    section = kit.settings.azure
    access = AzureAccess(synthesis_address(section.region, section.tts_base_url), kit.key("azure"))
    voice = section.voice or USUAL_VOICE
    return AzureTts(access, kit.meter, kit.clock, voice=voice, own_locales=section.locales)


def _wyoming(kit: Kit) -> TextToSpeech:
    from holo_app.providers.wyoming_speech.tts import WyomingTts, WyomingTtsSettings

    section = kit.settings.wyoming
    return WyomingTts(WyomingTtsSettings(section.tts_address, section.voice), kit.meter, kit.clock)


def _kokoro(kit: Kit) -> TextToSpeech:
    from holo_app.providers.kokoro.tts import KokoroSettings, KokoroTts

    chosen = kit.settings.kokoro.voice
    settings = KokoroSettings(
        model=model_folder(_KOKORO),
        voices=(chosen, *(voice for voice in _KOKORO_VOICES if voice != chosen)),
        server_command=kokoro_command(),
        threads=kit.settings.voice.threads,
    )
    return KokoroTts(settings, kit.meter, kit.clock)


_TTS = ProviderRole.TTS
VOICES: Mapping[str, Vendor[TextToSpeech]] = {
    vendor.name: vendor
    for vendor in (
        Vendor(_TTS, "openai", _openai, lambda settings: settings.openai.tts_model, "openai"),
        Vendor(_TTS, "elevenlabs", _elevenlabs, lambda settings: settings.elevenlabs.model, "elevenlabs"),
        Vendor(_TTS, "cartesia", _cartesia, lambda settings: settings.cartesia.model, "cartesia"),
        Vendor(_TTS, "google", _google, lambda settings: settings.google.voice, "google"),
        Vendor(_TTS, "azure", _azure, lambda settings: settings.azure.voice, "azure"),
        Vendor(_TTS, "wyoming", _wyoming, lambda settings: settings.wyoming.tts_address),
        Vendor(_TTS, "kokoro", _kokoro, lambda settings: settings.kokoro.voice),
    )
}
"""In the order in which `holo-app providers list` shows them."""
