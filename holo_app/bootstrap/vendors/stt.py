"""Speech recognition by name."""

# ruff: noqa: PLC0415 - only the chosen vendor is loaded

from __future__ import annotations

from collections.abc import Mapping

from holo_app.bootstrap.vendors.kit import Kit, Vendor, bearer
from holo_app.bootstrap.voice_process import whisper_command
from holo_app.domain.usage import ProviderRole
from holo_app.ports.stt import SpeechToText
from holo_app.resources import model_folder

_WHISPER = "whisper-tiny-en"
_OFFERED = ("en", "de", "fr")
"""What customers may speak, as a hint to those who tell languages apart."""


def _openai(kit: Kit) -> SpeechToText:
    from holo_app.providers.http.client import HttpClient
    from holo_app.providers.openai.failures import read_refusal
    from holo_app.providers.openai.transcription import OpenAiTranscription

    section = kit.settings.openai
    client = HttpClient("openai", section.base_url, bearer(kit.key("openai")), read=read_refusal)
    return OpenAiTranscription(client, section.stt_model, kit.meter, kit.clock, keyterms=kit.names, candidates=_OFFERED)


def _openai_realtime(kit: Kit) -> SpeechToText:
    from holo_app.providers.openai.realtime import OpenAiRealtime

    section = kit.settings.openai
    return OpenAiRealtime(
        section.base_url,
        kit.key("openai"),
        section.realtime_model,
        kit.meter,
        kit.clock,
        keyterms=kit.names,
        candidates=_OFFERED,
    )


def _deepgram(kit: Kit) -> SpeechToText:
    from holo_app.providers.deepgram.access import DeepgramAccess
    from holo_app.providers.deepgram.live import DeepgramLive

    section = kit.settings.deepgram
    access = DeepgramAccess(section.base_url, kit.key("deepgram"), section.model)
    return DeepgramLive(
        access, kit.meter, kit.clock, keyterms=kit.names, candidates=_OFFERED, tells_languages=section.tells_languages
    )


def _deepgram_flux(kit: Kit) -> SpeechToText:
    from holo_app.providers.deepgram.access import DeepgramAccess
    from holo_app.providers.deepgram.flux import DeepgramFlux, TurnThresholds

    section = kit.settings.deepgram
    access = DeepgramAccess(section.base_url, kit.key("deepgram"), section.flux_model)
    thresholds = TurnThresholds(section.eager_end, section.sure_end)
    return DeepgramFlux(access, kit.meter, kit.clock, thresholds=thresholds, keyterms=kit.names, candidates=_OFFERED)


def _google(kit: Kit) -> SpeechToText:
    from holo_app.providers.google.access import google_access
    from holo_app.providers.google.failures import NAME, read_refusal
    from holo_app.providers.google.recogniser import Recogniser, recognition_address
    from holo_app.providers.google.streaming import GoogleStreamingStt
    from holo_app.providers.google.stt import GoogleStt
    from holo_app.providers.http.client import HttpClient

    section = kit.settings.google
    access = google_access(kit.key("google"), kit.clock)
    recogniser = Recogniser(section.project or access.project, section.location, section.stt_model, section.locales)
    address = recognition_address(section.location, section.stt_base_url)
    if section.stt_streams:
        return GoogleStreamingStt(address, access, recogniser, kit.meter, kit.clock)
    return GoogleStt(HttpClient(NAME, address, read=read_refusal), access, recogniser, kit.meter, kit.clock)


def _azure(kit: Kit) -> SpeechToText:
    from holo_app.providers.azure.service import AzureAccess, recognition_address
    from holo_app.providers.azure.stt import AzureStt

    section = kit.settings.azure
    access = AzureAccess(recognition_address(section.region, section.stt_base_url), kit.key("azure"))
    return AzureStt(access, kit.meter, kit.clock, own_locales=section.locales)


def _wyoming(kit: Kit) -> SpeechToText:
    from holo_app.providers.wyoming_speech.stt import WyomingStt, WyomingSttSettings

    section = kit.settings.wyoming
    return WyomingStt(WyomingSttSettings(section.stt_address, section.model), kit.meter, kit.clock)


def _whisper(kit: Kit) -> SpeechToText:
    from holo_app.providers.whisper.stt import WhisperSettings, WhisperStt

    settings = WhisperSettings(
        model=kit.settings.whisper.model or model_folder(_WHISPER), server_command=whisper_command()
    )
    return WhisperStt(settings, kit.meter, kit.clock)


_STT = ProviderRole.STT
RECOGNISERS: Mapping[str, Vendor[SpeechToText]] = {
    vendor.name: vendor
    for vendor in (
        Vendor(_STT, "openai", _openai, lambda settings: settings.openai.stt_model, "openai"),
        Vendor(_STT, "openai_realtime", _openai_realtime, lambda settings: settings.openai.realtime_model, "openai"),
        Vendor(_STT, "deepgram", _deepgram, lambda settings: settings.deepgram.model, "deepgram"),
        Vendor(_STT, "deepgram_flux", _deepgram_flux, lambda settings: settings.deepgram.flux_model, "deepgram"),
        Vendor(_STT, "google", _google, lambda settings: settings.google.stt_model, "google"),
        Vendor(_STT, "azure", _azure, lambda settings: settings.azure.region, "azure"),
        Vendor(_STT, "wyoming", _wyoming, lambda settings: settings.wyoming.stt_address),
        Vendor(_STT, "whisper", _whisper, lambda settings: str(settings.whisper.model or _WHISPER)),
    )
}
"""In the order in which `holo-app providers list` shows them."""
