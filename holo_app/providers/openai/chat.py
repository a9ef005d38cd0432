"""Chat completions, OpenAI's dialect: OpenAI itself, OpenRouter, Ollama, llama.cpp, vLLM.

Source: OpenAI's OpenAPI description 2.3.0, the others' documentation. No live service was called: the tests speak to emulators,
to the makers' own clients, and to a real llama.cpp.
"""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass
from typing import Any

from holo_app.domain.usage import Cost
from holo_app.errors import FailureCategory, ProviderError
from holo_app.ports.chat import (
    ChatDone,
    ChatEnd,
    ChatEvent,
    ChatMessage,
    ChatRequest,
    ChatUse,
    CustomerSays,
    ModelSays,
    ToolsSay,
)
from holo_app.ports.clock import Clock
from holo_app.ports.llm import TextDelta
from holo_app.ports.meter import Meter
from holo_app.providers.chat_metering import Counted
from holo_app.providers.http.client import Ask, HttpClient
from holo_app.providers.http.json_values import JsonObject, count_in, inside, list_in, number_in, text_in
from holo_app.providers.openai.calls import Calls
from holo_app.providers.openai.failures import stream_failure

_ENDS = {"length": ChatEnd.LENGTH, "content_filter": ChatEnd.BLOCKED}


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a server differs. new_limit: it takes `max_completion_tokens`, not the old `max_tokens`. extra: fields of its own."""

    new_limit: bool = False
    extra: tuple[tuple[str, object], ...] = ()


class OpenAiChat:
    """A ChatModel. client: with the key in its headers, where the server wants one. It is closed with this."""

    def __init__(
        self, client: HttpClient, model: str, meter: Meter, clock: Clock, *, dialect: Dialect | None = None
    ) -> None:
        self._client = client
        self._model = model
        self._meter = meter
        self._clock = clock
        self._dialect = dialect or Dialect()

    @property
    def name(self) -> str:
        return self._client.provider

    async def stream(self, request: ChatRequest) -> AsyncGenerator[ChatEvent]:
        with Counted(self._meter, self._clock, self.name, self._model, request) as counted:
            calls = Calls(self.name)
            end, use, model = ChatEnd.STOP, None, self._model
            ask = Ask("chat/completions", _body(request, self._model, self._dialect))
            async with self._client.events(ask) as chunks:
                async for chunk in chunks:
                    if chunk.get("error"):
                        raise stream_failure(self.name, chunk)
                    model = text_in(chunk, "model") or model
                    use = _use(chunk) or use
                    choice = inside(chunk, "choices", 0)
                    calls.push(list_in(choice, "delta", "tool_calls"))
                    if text := text_in(choice, "delta", "content"):
                        counted.said(text)
                        yield TextDelta(text)
                    end = _ENDS.get(text_in(choice, "finish_reason"), end)
                    counted.ended = counted.ended or bool(text_in(choice, "finish_reason"))
            if not counted.ended:
                raise ProviderError(self.name, FailureCategory.CANCELLED_BY_PEER, "the answer has no end")
            asked = calls.whole()
            for call in asked:
                yield call
            yield ChatDone(ChatEnd.CALLS if asked else end, counted.settled(use, model), model)

    async def models(self) -> list[str]:
        answer = await self._client.json(Ask("models", method="GET"))
        return sorted(name for entry in list_in(answer, "data") if (name := text_in(entry, "id")))

    async def aclose(self) -> None:
        await self._client.aclose()


def _body(request: ChatRequest, model: str, dialect: Dialect) -> dict[str, Any]:
    body: dict[str, Any] = {
        "model": model,
        "messages": [
            {"role": "system", "content": request.system},
            *(written for message in request.messages for written in _written(message)),
        ],
        "stream": True,
        "stream_options": {"include_usage": True},
        "max_completion_tokens" if dialect.new_limit else "max_tokens": request.longest_tokens,
        **dict(dialect.extra),
    }
    if request.temperature is not None:
        body["temperature"] = request.temperature
    if request.tools:
        body["tools"] = [
            {
                "type": "function",
                "function": {"name": tool.name, "description": tool.description, "parameters": dict(tool.parameters)},
            }
            for tool in request.tools
        ]
    return body


def _written(message: ChatMessage) -> list[Mapping[str, Any]]:
    match message:
        case CustomerSays(text):
            return [{"role": "user", "content": text}]
        case ModelSays(text, calls):
            said: dict[str, Any] = {"role": "assistant", "content": text or None}
            if calls:
                said["tool_calls"] = [
                    {
                        "id": call.id,
                        "type": "function",
                        "function": {"name": call.name, "arguments": json.dumps(dict(call.arguments))},
                    }
                    for call in calls
                ]
            return [said]
        case ToolsSay(results):
            return [{"role": "tool", "tool_call_id": result.call.id, "content": result.text} for result in results]


def _use(chunk: JsonObject) -> ChatUse | None:
    usage = chunk.get("usage")
    if not isinstance(usage, dict):
        return None
    dollars = number_in(usage, "cost")
    return ChatUse(
        input_tokens=count_in(usage, "prompt_tokens"),
        output_tokens=count_in(usage, "completion_tokens"),
        cached_tokens=count_in(usage, "prompt_tokens_details", "cached_tokens"),
        cost=None if dollars is None else Cost(round(dollars * 1_000_000)),
    )
