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
from holo_app.providers.http.client import DONE, Ask, HttpClient
from holo_app.providers.http.json_values import JsonObject, count_in, inside, list_in, number_in, text_in
from holo_app.providers.openai.calls import Calls
from holo_app.providers.openai.failures import stream_failure
from holo_app.providers.openai.thoughts import Thoughts

_ENDS = {"length": ChatEnd.LENGTH, "content_filter": ChatEnd.BLOCKED}


Fields = tuple[tuple[str, object], ...]
"""Names and values of a JSON object."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a server differs.

    new_limit: it takes `max_completion_tokens`, not the old `max_tokens`. room_to_think: tokens that a thinking model may use
    beside those of the answer, for the limit covers both. own_temperature: it takes none. stream_options, extra: fields of its
    own. key_path: where a key is tried, for a server whose list of models is open to everybody.
    """

    new_limit: bool = False
    room_to_think: int = 0
    own_temperature: bool = False
    stream_options: Fields = ()
    extra: Fields = ()
    key_path: str = ""


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
            answer = _Answer(self.name, self._model, counted)
            ask = Ask("chat/completions", _body(request, self._model, self._dialect))
            async with self._client.events(ask, done=True) as chunks:
                counted.begun = True
                async for chunk in chunks:
                    if text := answer.push(chunk):
                        yield TextDelta(text)
            for event in answer.whole():
                yield event

    async def models(self) -> list[str]:
        if self._dialect.key_path:
            await self._client.json(Ask(self._dialect.key_path, method="GET"))
        answer = await self._client.json(Ask("models", method="GET"))
        return sorted(name for entry in list_in(answer, "data") if (name := text_in(entry, "id")))

    async def aclose(self) -> None:
        await self._client.aclose()


class _Answer:
    """One answer as it grows."""

    def __init__(self, provider: str, model: str, counted: Counted) -> None:
        self._provider = provider
        self._model = model
        self._counted = counted
        self._calls = Calls(provider)
        self._thoughts = Thoughts()
        self._end = ChatEnd.STOP
        self._use: ChatUse | None = None

    def push(self, chunk: JsonObject) -> str:
        """Enter a chunk: the text in it that is to be said. Raises: ProviderError."""
        if chunk is DONE:
            self._counted.ended = True
            return ""
        if failure := stream_failure(self._provider, chunk):
            raise failure
        self._model = text_in(chunk, "model") or self._model
        if use := _use(chunk):
            self._use = use
            self._counted.told(use)
        choice = inside(chunk, "choices", 0)
        delta = inside(choice, "delta")
        self._calls.push(list_in(delta, "tool_calls"))
        content = text_in(delta, "content")
        thought = text_in(delta, "reasoning") or text_in(delta, "reasoning_content")
        self._counted.said(thought + content)
        if reason := text_in(choice, "finish_reason"):
            self._counted.ended = True
            self._end = _ENDS.get(reason, self._end)
        if text_in(delta, "refusal"):
            self._end = ChatEnd.BLOCKED
        return self._thoughts.push(content) if content else ""

    def whole(self) -> list[ChatEvent]:
        """What is left to say once the stream is over. Some end with `stop` though they call. Raises: ProviderError."""
        if not self._counted.ended:
            raise ProviderError(self._provider, FailureCategory.CANCELLED_BY_PEER, "the answer has no end")
        rest = self._thoughts.rest()
        calls = self._calls.whole()
        use = self._counted.settled(self._use, self._model)
        done = ChatDone(ChatEnd.CALLS if calls else self._end, use, self._model)
        return [*([TextDelta(rest)] if rest else []), *calls, done]


def _body(request: ChatRequest, model: str, dialect: Dialect) -> dict[str, Any]:
    body: dict[str, Any] = {
        "model": model,
        "messages": [
            *([{"role": "system", "content": request.system}] if request.system else []),
            *(written for message in request.messages for written in _written(message)),
        ],
        "stream": True,
        "stream_options": {"include_usage": True, **dict(dialect.stream_options)},
        "max_completion_tokens" if dialect.new_limit else "max_tokens": request.longest_tokens + dialect.room_to_think,
        **dict(dialect.extra),
    }
    if request.temperature is not None and not dialect.own_temperature:
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
            said: dict[str, Any] = {"role": "assistant", "content": text if text or not calls else None}
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
