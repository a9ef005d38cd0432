"""Whether what customers say leaves the shop."""

from __future__ import annotations

from holo_app.config import Settings

_IN_THE_SHOP = frozenset({"wyoming", "whisper", "kokoro", "ollama", "llamacpp", "vllm"})


def uses_online_services(settings: Settings) -> bool:
    """Whether any provider in use is outside: voices and characters are told what is answered, which may repeat a question."""
    chains = settings.providers
    return not _IN_THE_SHOP.issuperset([*chains.stt, *chains.llm, *chains.tts, *chains.avatar])
