"""A llama.cpp server."""

from __future__ import annotations

from holo_app.bootstrap.clock import SystemClock
from holo_app.domain.usage import ProviderRole
from holo_app.ports.chat import ChatModel
from holo_app.ports.meter import Meter
from holo_app.providers.http.client import HttpClient
from holo_app.providers.llamacpp.chat import Extra, GuidedChat
from holo_app.providers.openai.chat import Dialect, OpenAiChat
from holo_app.providers.openai.failures import read_refusal
from tests.emulators.llamacpp import LlamaCppEmulator
from tests.providers.cases.case import Case
from tests.providers.cases.openai_chat import ask, right


def make(base_url: str, meter: Meter) -> GuidedChat:
    def speak(client: HttpClient, extra: Extra) -> ChatModel:
        return OpenAiChat(client, "default", meter, SystemClock(), dialect=Dialect(extra=extra))

    return GuidedChat(HttpClient("llamacpp", base_url, read=read_refusal), speak, ("show_product",))


CASES = [Case("llamacpp", ProviderRole.LLM, LlamaCppEmulator, make, ask, right)]
