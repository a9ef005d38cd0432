"""Anthropic's language models."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence

from holo_app.bootstrap.clock import SystemClock
from holo_app.config.vendors import Anthropic
from holo_app.domain.usage import ProviderRole
from holo_app.ports.chat import ChatDone, ChatEnd, ChatEvent, ChatModel, ChatRequest, CustomerSays
from holo_app.ports.llm import TextDelta
from holo_app.ports.meter import Meter
from holo_app.providers.anthropic.chat import anthropic_chat
from tests.emulators.anthropic import KEY, AnthropicEmulator
from tests.providers.cases.case import Case


def anthropic(base_url: str, meter: Meter) -> ChatModel:
    return anthropic_chat(Anthropic(base_url=base_url), KEY, meter, SystemClock())


def ask(chat: ChatModel) -> AsyncGenerator[ChatEvent]:
    return chat.stream(ChatRequest("You sell watches.", (CustomerSays("How much is it?"),)))


def right(events: Sequence[ChatEvent]) -> None:
    assert "".join(event.text for event in events if isinstance(event, TextDelta)) == AnthropicEmulator().text
    done = events[-1]
    assert isinstance(done, ChatDone)
    assert done.end is ChatEnd.STOP
    assert (done.use.input_tokens, done.use.output_tokens, done.use.cached_tokens) == (120, 12, 64)
    assert done.use.measured


CASES = [Case("anthropic", ProviderRole.LLM, AnthropicEmulator, anthropic, ask, right)]
