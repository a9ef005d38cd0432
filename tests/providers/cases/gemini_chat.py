"""Gemini's language models, by an API key and through Vertex."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence

from holo_app.bootstrap.clock import SystemClock
from holo_app.config.vendors import Gemini
from holo_app.domain.usage import ProviderRole
from holo_app.ports.chat import ChatDone, ChatEnd, ChatEvent, ChatModel, ChatRequest, CustomerSays
from holo_app.ports.llm import TextDelta
from holo_app.ports.meter import Meter
from holo_app.providers.gemini.chat import gemini_chat, vertex_chat
from tests.emulators.gemini import KEY, LOCATION, GeminiEmulator, VertexEmulator
from tests.emulators.google_tokens import account_json
from tests.providers.cases.case import Case


def gemini(base_url: str, meter: Meter) -> ChatModel:
    return gemini_chat(Gemini(base_url=base_url), KEY, meter, SystemClock())


def vertex(base_url: str, meter: Meter) -> ChatModel:
    settings = Gemini(vertex_base_url=base_url, vertex_location=LOCATION)
    return vertex_chat(settings, account_json(f"{base_url}/token"), meter, SystemClock())


def ask(chat: ChatModel) -> AsyncGenerator[ChatEvent]:
    return chat.stream(ChatRequest("You sell watches.", (CustomerSays("How much is it?"),)))


def right(events: Sequence[ChatEvent]) -> None:
    assert "".join(event.text for event in events if isinstance(event, TextDelta)) == GeminiEmulator().text
    done = events[-1]
    assert isinstance(done, ChatDone)
    assert done.end is ChatEnd.STOP
    assert (done.use.input_tokens, done.use.output_tokens, done.use.cached_tokens) == (120, 12, 64)
    assert done.use.measured


CASES = [
    Case("gemini", ProviderRole.LLM, GeminiEmulator, gemini, ask, right),
    Case("vertex", ProviderRole.LLM, VertexEmulator, vertex, ask, right),
]
