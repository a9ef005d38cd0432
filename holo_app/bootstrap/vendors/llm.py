"""Language models by name."""

# ruff: noqa: PLC0415 - only the chosen vendor is loaded

from __future__ import annotations

from collections.abc import Mapping

from holo_app.bootstrap.vendors.kit import Kit, Vendor, bearer
from holo_app.domain.usage import ProviderRole
from holo_app.ports.chat import ChatModel


def _openai(kit: Kit) -> ChatModel:
    from holo_app.providers.http.client import HttpClient
    from holo_app.providers.openai.chat import Dialect, OpenAiChat
    from holo_app.providers.openai.failures import read_refusal

    section = kit.settings.openai
    client = HttpClient("openai", section.base_url, bearer(kit.key("openai")), read=read_refusal)
    return OpenAiChat(client, section.chat_model, kit.meter, kit.clock, dialect=Dialect(new_limit=True))


LANGUAGE_MODELS: Mapping[str, Vendor[ChatModel]] = {
    vendor.name: vendor
    for vendor in (Vendor(ProviderRole.LLM, "openai", _openai, lambda s: s.openai.chat_model, "openai"),)
}
"""In the order in which `holo-app providers list` shows them."""
