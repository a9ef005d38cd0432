"""Language models by name."""

# ruff: noqa: PLC0415 - only the chosen vendor is loaded

from __future__ import annotations

from collections.abc import Callable, Mapping

from holo_app.bootstrap.vendors.kit import Kit, Vendor
from holo_app.config import Settings
from holo_app.domain.usage import ProviderRole
from holo_app.ports.chat import ChatModel


def _openai(kit: Kit) -> ChatModel:
    from holo_app.providers.openai.servers import openai_chat

    return openai_chat(kit.settings.openai, kit.key("openai"), kit.meter, kit.clock)


def _openrouter(kit: Kit) -> ChatModel:
    from holo_app.providers.openai.servers import openrouter_chat

    return openrouter_chat(kit.settings.openrouter, kit.key("openrouter"), kit.meter, kit.clock)


def _ollama(kit: Kit) -> ChatModel:
    from holo_app.providers.openai.servers import ollama_chat

    return ollama_chat(kit.settings.ollama, kit.key_if_any("ollama"), kit.meter, kit.clock)


def _llamacpp(kit: Kit) -> ChatModel:
    if kit.settings.llamacpp.model_file is not None:
        from holo_app.bootstrap.vendors.local_model import local_model

        return local_model(kit, kit.settings.llamacpp.model_file)
    from holo_app.providers.openai.servers import llamacpp_chat

    return llamacpp_chat(kit.settings.llamacpp, kit.key_if_any("llamacpp"), kit.meter, kit.clock)


def _vllm(kit: Kit) -> ChatModel:
    from holo_app.providers.openai.servers import vllm_chat

    return vllm_chat(kit.settings.vllm, kit.key_if_any("vllm"), kit.meter, kit.clock)


def _gemini(kit: Kit) -> ChatModel:
    from holo_app.providers.gemini.chat import gemini_chat

    return gemini_chat(kit.settings.gemini, kit.key("gemini"), kit.meter, kit.clock)


def _vertex(kit: Kit) -> ChatModel:
    from holo_app.providers.gemini.chat import vertex_chat

    return vertex_chat(kit.settings.gemini, kit.key("vertex"), kit.meter, kit.clock)


def _anthropic(kit: Kit) -> ChatModel:
    from holo_app.providers.anthropic.chat import anthropic_chat

    return anthropic_chat(kit.settings.anthropic, kit.key("anthropic"), kit.meter, kit.clock)


def _model(
    name: str, make: Callable[[Kit], ChatModel], model: Callable[[Settings], str], *, optional_key: bool = False
) -> Vendor[ChatModel]:
    return Vendor(ProviderRole.LLM, name, make, model, secret=name, optional_key=optional_key)


LANGUAGE_MODELS: Mapping[str, Vendor[ChatModel]] = {
    vendor.name: vendor
    for vendor in (
        _model("openai", _openai, lambda settings: settings.openai.chat_model),
        _model("openrouter", _openrouter, lambda settings: settings.openrouter.chat_model),
        _model("gemini", _gemini, lambda settings: settings.gemini.chat_model),
        _model("vertex", _vertex, lambda settings: settings.gemini.chat_model),
        _model("anthropic", _anthropic, lambda settings: settings.anthropic.chat_model),
        _model("ollama", _ollama, lambda settings: settings.ollama.chat_model, optional_key=True),
        _model("llamacpp", _llamacpp, lambda settings: settings.llamacpp.chat_model, optional_key=True),
        _model("vllm", _vllm, lambda settings: settings.vllm.chat_model, optional_key=True),
    )
}
"""In the order in which `holo-app providers list` shows them."""
