"""OpenAI's language models, and those of the servers that speak its dialect."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence

from holo_app.bootstrap.clock import SystemClock
from holo_app.config.vendors import LlamaCpp, Ollama, OpenAi, OpenRouter, Vllm
from holo_app.domain.usage import Cost, ProviderRole
from holo_app.ports.chat import ChatDone, ChatEnd, ChatEvent, ChatModel, ChatRequest, CustomerSays
from holo_app.ports.llm import TextDelta
from holo_app.ports.meter import Meter
from holo_app.providers.openai.servers import llamacpp_chat, ollama_chat, openai_chat, openrouter_chat, vllm_chat
from tests.emulators.faults import Fault
from tests.emulators.openai import KEY, OpenAiEmulator
from tests.emulators.openai_like import LlamaCppEmulator, OllamaEmulator, OpenRouterEmulator, VllmEmulator
from tests.providers.cases.case import Case

_NO_ACCOUNTS = dict.fromkeys(
    (Fault.QUOTA, Fault.RATE_LIMITED, Fault.RATE_LIMITED_FOR), "a server in the shop keeps no accounts: requests queue"
)


def openai(base_url: str, meter: Meter) -> ChatModel:
    return openai_chat(OpenAi(base_url=base_url), KEY, meter, SystemClock())


def openrouter(base_url: str, meter: Meter) -> ChatModel:
    return openrouter_chat(OpenRouter(base_url=base_url), KEY, meter, SystemClock())


def ollama(base_url: str, meter: Meter) -> ChatModel:
    return ollama_chat(Ollama(base_url=base_url), "", meter, SystemClock())


def llamacpp(base_url: str, meter: Meter) -> ChatModel:
    return llamacpp_chat(LlamaCpp(base_url=base_url), "", meter, SystemClock())


def vllm(base_url: str, meter: Meter) -> ChatModel:
    return vllm_chat(Vllm(base_url=base_url), "", meter, SystemClock())


def ask(chat: ChatModel) -> AsyncGenerator[ChatEvent]:
    return chat.stream(ChatRequest("You sell watches.", (CustomerSays("How much is it?"),)))


def right(events: Sequence[ChatEvent]) -> None:
    assert "".join(event.text for event in events if isinstance(event, TextDelta)) == OpenAiEmulator().text
    done = events[-1]
    assert isinstance(done, ChatDone)
    assert done.end is ChatEnd.STOP
    assert (done.use.input_tokens, done.use.output_tokens, done.use.cached_tokens) == (120, 12, 64)
    assert done.use.measured


def right_with_cost(events: Sequence[ChatEvent]) -> None:
    right(events)
    assert isinstance(events[-1], ChatDone)
    assert events[-1].use.cost == Cost(123)


CASES = [
    Case("openai", ProviderRole.LLM, OpenAiEmulator, openai, ask, right),
    Case("openrouter", ProviderRole.LLM, OpenRouterEmulator, openrouter, ask, right_with_cost),
    Case("ollama", ProviderRole.LLM, OllamaEmulator, ollama, ask, right, without=_NO_ACCOUNTS),
    Case("llamacpp", ProviderRole.LLM, LlamaCppEmulator, llamacpp, ask, right, without=_NO_ACCOUNTS),
    Case("vllm", ProviderRole.LLM, VllmEmulator, vllm, ask, right, without=_NO_ACCOUNTS),
]
