"""OpenAI's language models."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence

from holo_app.bootstrap.clock import SystemClock
from holo_app.domain.usage import ProviderRole
from holo_app.ports.chat import ChatDone, ChatEnd, ChatEvent, ChatRequest, CustomerSays
from holo_app.ports.llm import TextDelta
from holo_app.ports.meter import Meter
from holo_app.providers.http.client import HttpClient
from holo_app.providers.openai.chat import Dialect, OpenAiChat
from holo_app.providers.openai.failures import read_refusal
from tests.emulators.openai import KEY, MODEL, OpenAiEmulator
from tests.providers.cases.case import Case


def make(base_url: str, meter: Meter) -> OpenAiChat:
    client = HttpClient("openai", base_url, {"authorization": f"Bearer {KEY}"}, read=read_refusal)
    return OpenAiChat(client, MODEL, meter, SystemClock(), dialect=Dialect(new_limit=True))


def ask(chat: OpenAiChat) -> AsyncGenerator[ChatEvent]:
    return chat.stream(ChatRequest("You sell watches.", (CustomerSays("How much is it?"),)))


def right(events: Sequence[ChatEvent]) -> None:
    assert "".join(event.text for event in events if isinstance(event, TextDelta)) == OpenAiEmulator().text
    done = events[-1]
    assert isinstance(done, ChatDone)
    assert done.end is ChatEnd.STOP
    assert (done.use.input_tokens, done.use.output_tokens, done.use.cached_tokens) == (120, 12, 64)
    assert done.use.measured


CASES = [Case("openai", ProviderRole.LLM, OpenAiEmulator, make, ask, right)]
