"""All providers, by role and name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from holo_app.bootstrap.vendors.avatar import PRESENTERS
from holo_app.bootstrap.vendors.kit import Vendor
from holo_app.bootstrap.vendors.llm import LANGUAGE_MODELS
from holo_app.bootstrap.vendors.stt import RECOGNISERS
from holo_app.bootstrap.vendors.tts import VOICES
from holo_app.config import Settings
from holo_app.domain.usage import ProviderRole

REGISTRY: Mapping[ProviderRole, Mapping[str, Vendor[Any]]] = {
    ProviderRole.STT: RECOGNISERS,
    ProviderRole.LLM: LANGUAGE_MODELS,
    ProviderRole.TTS: VOICES,
    ProviderRole.AVATAR: PRESENTERS,
}


def chain_of(settings: Settings, role: ProviderRole) -> tuple[str, ...]:
    """The names that the settings put into a role, first one first; the built-in engines come after them."""
    chains: Mapping[ProviderRole, tuple[str, ...]] = {
        ProviderRole.STT: settings.providers.stt,
        ProviderRole.LLM: settings.providers.llm,
        ProviderRole.TTS: settings.providers.tts,
        ProviderRole.AVATAR: settings.providers.avatar,
    }
    return chains[role]


def vendors_called(name: str) -> Iterator[Vendor[Any]]:
    """Every role that a name can fill."""
    for vendors in REGISTRY.values():
        if name in vendors:
            yield vendors[name]


def secret_names() -> list[str]:
    """The names under which keys can be given."""
    return sorted({vendor.secret for vendors in REGISTRY.values() for vendor in vendors.values() if vendor.secret})
