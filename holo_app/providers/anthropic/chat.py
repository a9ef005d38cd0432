"""Anthropic's language models, streamed.

Source: anthropic 2.11.0 and the platform's release notes. No live service was called: the tests speak to an emulator, and so
does the makers' own client.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass

from holo_app.config.vendors import Anthropic
from holo_app.errors import FailureCategory, ProviderError
from holo_app.ports.chat import ChatDone, ChatEnd, ChatEvent, ChatRequest, ChatUse, ToolCall
from holo_app.ports.clock import Clock
from holo_app.ports.llm import TextDelta
from holo_app.ports.meter import Meter
from holo_app.providers.anthropic.body import anthropic_body
from holo_app.providers.anthropic.failures import read_refusal, stream_failure
from holo_app.providers.anthropic.thoughts import Thoughts
from holo_app.providers.chat_metering import Counted
from holo_app.providers.http.client import Ask, HttpClient
from holo_app.providers.http.json_values import JsonObject, count_in, inside, list_in, text_in
from holo_app.providers.tool_arguments import tool_arguments

_NO_TEMPERATURE_SINCE = "2026-10-21"
_LONGEST_LIST = 1000
_ENDS = {
    "max_tokens": ChatEnd.LENGTH,
    "model_context_window_exceeded": ChatEnd.LENGTH,
    "refusal": ChatEnd.BLOCKED,
}


class AnthropicChat:
    """A ChatModel. client: with key and version in its headers, closed with this. takes_temperature: older versions do.

    room_to_think: tokens that a model that thinks may use beside those of its answer, for the limit covers both.
    """

    def __init__(
        self,
        client: HttpClient,
        model: str,
        meter: Meter,
        clock: Clock,
        *,
        takes_temperature: bool = False,
        room_to_think: int = 0,
    ) -> None:
        self._client = client
        self._model = model
        self._meter = meter
        self._clock = clock
        self._takes_temperature = takes_temperature
        self._room_to_think = room_to_think

    @property
    def name(self) -> str:
        return self._client.provider

    async def stream(self, request: ChatRequest) -> AsyncGenerator[ChatEvent]:
        with Counted(self._meter, self._clock, self.name, self._model, request) as counted:
            answer = _Answer(self.name, self._model, counted)
            body = anthropic_body(
                request, self._model, takes_temperature=self._takes_temperature, room_to_think=self._room_to_think
            )
            async with self._client.events(Ask("v1/messages", body)) as events:
                counted.begun = True
                async for event in events:
                    if text := answer.push(event):
                        yield TextDelta(text)
            for last in answer.whole():
                yield last

    async def models(self) -> list[str]:
        answer = await self._client.json(Ask("v1/models", method="GET", query={"limit": _LONGEST_LIST}))
        return sorted(name for entry in list_in(answer, "data") if (name := text_in(entry, "id")))

    async def aclose(self) -> None:
        await self._client.aclose()


def anthropic_chat(settings: Anthropic, key: str, meter: Meter, clock: Clock) -> AnthropicChat:
    """Anthropic by an API key."""
    headers = {"x-api-key": key, "anthropic-version": settings.api_version}
    return AnthropicChat(
        HttpClient("anthropic", settings.base_url, headers, read=read_refusal),
        settings.chat_model,
        meter,
        clock,
        takes_temperature=settings.api_version < _NO_TEMPERATURE_SINCE,
        room_to_think=settings.room_to_think,
    )


@dataclass(slots=True)
class _Call:
    """A call as it grows. given: its arguments as it began with them, mostly none. written: those that came after, as JSON."""

    id: str
    name: str
    given: object
    written: str = ""


class _Answer:
    """One answer as it grows. Calls are blocks of it, by their index."""

    def __init__(self, provider: str, model: str, counted: Counted) -> None:
        self._provider = provider
        self._model = model
        self._counted = counted
        self._calls: dict[int, _Call] = {}
        self._thoughts = Thoughts()
        self._end = ChatEnd.STOP
        self._use = ChatUse(measured=False)

    def push(self, event: JsonObject) -> str:
        """Enter an event: the text in it that is to be said. Raises: ProviderError."""
        match event.get("type"):
            case "error":
                raise stream_failure(self._provider, event)
            case "message_start":
                self._model = text_in(event, "message", "model") or self._model
                self._count(inside(event, "message", "usage"))
            case "content_block_start":
                return self._begin(count_in(event, "index"), event.get("content_block"))
            case "content_block_delta":
                return self._grow(count_in(event, "index"), event.get("delta"))
            case "message_delta":
                self._count(event.get("usage"))
                if reason := text_in(event, "delta", "stop_reason"):
                    self._counted.ended = True
                    self._end = _ENDS.get(reason, ChatEnd.STOP)
            case "message_stop":
                self._counted.ended = True
        return ""

    def whole(self) -> list[ChatEvent]:
        """What is left to say once the stream is over. Raises: ProviderError."""
        if not self._counted.ended:
            raise ProviderError(self._provider, FailureCategory.CANCELLED_BY_PEER, "the answer has no end")
        seals = {min(self._calls, default=0): self._thoughts.seal()}
        calls = [self._whole(self._calls[place], seals.get(place, "")) for place in sorted(self._calls)]
        use = self._counted.settled(self._use if self._use.measured else None, self._model)
        return [*calls, ChatDone(ChatEnd.CALLS if calls else self._end, use, self._model)]

    def _begin(self, place: int, block: object) -> str:
        self._thoughts.begin(place, block)
        if text_in(block, "type") == "tool_use":
            call_id = text_in(block, "id") or f"toolu_{place}"
            self._calls[place] = _Call(call_id, text_in(block, "name"), inside(block, "input"))
            return ""
        text = text_in(block, "text") if text_in(block, "type") == "text" else ""
        self._counted.said(text)
        return text

    def _grow(self, place: int, delta: object) -> str:
        text = text_in(delta, "text")
        pieces = text_in(delta, "partial_json")
        self._counted.said(text + pieces + self._thoughts.grow(place, delta))
        if place in self._calls:
            self._calls[place].written += pieces
        return text

    def _whole(self, call: _Call, seal: str) -> ToolCall:
        if not call.name:
            raise ProviderError(self._provider, FailureCategory.BAD_RESPONSE, "a call names no function")
        arguments = tool_arguments(self._provider, call.name, call.written or call.given)
        return ToolCall(call.id, call.name, arguments, seal)

    def _count(self, usage: object) -> None:
        """The counts are of all so far. What was kept from earlier calls is not among the input tokens; here it is."""
        if not isinstance(usage, dict):
            return
        cached = count_in(usage, "cache_read_input_tokens")
        asked = count_in(usage, "input_tokens") + count_in(usage, "cache_creation_input_tokens") + cached
        self._use = ChatUse(
            input_tokens=asked or self._use.input_tokens,
            output_tokens=max(count_in(usage, "output_tokens"), self._use.output_tokens),
            cached_tokens=cached or self._use.cached_tokens,
        )
        self._counted.told(self._use)
