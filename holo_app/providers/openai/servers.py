"""The servers that speak OpenAI's dialect, each with its ways.

Source: their documentation and, where marked in the tests' emulators, general knowledge. No live service was called.
"""

from __future__ import annotations

from dataclasses import dataclass

from holo_app.config.vendors import LlamaCpp, Ollama, OpenAi, OpenRouter, Vllm
from holo_app.ports.clock import Clock
from holo_app.ports.meter import Meter
from holo_app.providers.http.client import Ask, HttpClient, HttpTimes
from holo_app.providers.http.failures import ReadRefusal
from holo_app.providers.http.json_values import inside, number_in
from holo_app.providers.openai.chat import Dialect, OpenAiChat
from holo_app.providers.openai.failures import read_llamacpp, read_ollama, read_openrouter, read_refusal

_ROOM_TO_THINK = {"minimal": 1024, "low": 2048, "medium": 4096, "high": 8192, "xhigh": 16_384}
_LOADING = HttpTimes(silent=120.0)
"""A server on this machine says nothing while it loads a model, or reads a long question on a slow processor."""


def openai_chat(settings: OpenAi, key: str, meter: Meter, clock: Clock) -> OpenAiChat:
    """OpenAI itself."""
    effort = settings.reasoning_effort
    dialect = Dialect(
        new_limit=True,
        room_to_think=_ROOM_TO_THINK.get(effort, 0),
        own_temperature=bool(effort),
        stream_options=(("include_obfuscation", False),),
        extra=(("reasoning_effort", effort),) if effort else (),
    )
    client = HttpClient("openai", settings.base_url, _bearer(key), read=read_refusal)
    return OpenAiChat(client, settings.chat_model, meter, clock, dialect=dialect)


def openrouter_chat(settings: OpenRouter, key: str, meter: Meter, clock: Clock) -> OpenAiChat:
    """OpenRouter. Its answers tell what they cost. Its list of models is open to everybody: the key is tried by itself."""
    effort = settings.reasoning_effort
    dialect = Dialect(
        room_to_think=_ROOM_TO_THINK.get(effort, 0),
        extra=(("reasoning", {"effort": effort, "exclude": True}),) if effort else (),
        key_path="key",
    )
    client = openrouter_client(settings, key)
    return OpenAiChat(client, settings.chat_model, meter, clock, dialect=dialect)


def ollama_chat(settings: Ollama, key: str, meter: Meter, clock: Clock) -> OpenAiChat:
    """Ollama. key: for one behind a proxy; "": none."""
    dialect = Dialect(extra=() if settings.thinking else (("reasoning_effort", "none"),))
    client = _local("ollama", settings.base_url, key, read_ollama(settings.chat_model))
    return OpenAiChat(client, settings.chat_model, meter, clock, dialect=dialect)


def llamacpp_chat(settings: LlamaCpp, key: str, meter: Meter, clock: Clock) -> OpenAiChat:
    """A llama.cpp server, whoever runs it. It must run with --jinja, or it knows no tools. key: "": none."""
    client = _local("llamacpp", settings.base_url, key, read_llamacpp)
    return OpenAiChat(client, settings.chat_model, meter, clock, dialect=_templated(thinking=settings.thinking))


def vllm_chat(settings: Vllm, key: str, meter: Meter, clock: Clock) -> OpenAiChat:
    """A vLLM server. For tools it must run with --enable-auto-tool-choice and its --tool-call-parser. key: "": none."""
    client = _local("vllm", settings.base_url, key, read_refusal)
    return OpenAiChat(client, settings.chat_model, meter, clock, dialect=_templated(thinking=settings.thinking))


async def load_ollama_model(settings: Ollama, key: str) -> None:
    """Have Ollama load the model now, and keep it for half an hour: the first question then need not wait for it.

    Raises: ProviderError.
    """
    client = _local("ollama", settings.base_url.removesuffix("/v1"), key, read_ollama(settings.chat_model))
    try:
        await client.json(Ask("api/generate", {"model": settings.chat_model, "stream": False, "keep_alive": "30m"}))
    finally:
        await client.aclose()


@dataclass(frozen=True, slots=True)
class Credit:
    """What an OpenRouter key has used and may still use, in dollars. left: None: it has no limit of its own."""

    used: float
    left: float | None
    free_tier: bool


def openrouter_client(settings: OpenRouter, key: str) -> HttpClient:
    """Requests to OpenRouter."""
    return HttpClient("openrouter", settings.base_url, {**_bearer(key), "x-title": "Holo"}, read=read_openrouter)


async def openrouter_credit(client: HttpClient) -> Credit:
    """What is left on the key of `client`, which stays open. Raises: ProviderError."""
    answer = await client.json(Ask("key", method="GET"))
    return Credit(
        used=number_in(answer, "data", "usage") or 0.0,
        left=number_in(answer, "data", "limit_remaining"),
        free_tier=inside(answer, "data", "is_free_tier") is True,
    )


def _local(provider: str, base_url: str, key: str, read: ReadRefusal) -> HttpClient:
    return HttpClient(provider, base_url, _bearer(key) if key else {}, read=read, times=_LOADING)


def _templated(*, thinking: bool) -> Dialect:
    """Thinking is switched off in the model's own template, where that has such a switch."""
    return Dialect(extra=() if thinking else (("chat_template_kwargs", {"enable_thinking": False}),))


def _bearer(key: str) -> dict[str, str]:
    return {"authorization": f"Bearer {key}"}
