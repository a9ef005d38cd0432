"""Language models as their makers offer them: messages and tools in, text and calls out. Whoever answers customers uses it."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from holo_app.domain.usage import Cost
from holo_app.ports.llm import TextDelta


@dataclass(frozen=True, slots=True)
class ChatTool:
    """A function that the model may ask for. parameters: a JSON Schema of type object."""

    name: str
    description: str
    parameters: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class ToolCall:
    """The model wants a function called. id: unique within one answer; made up where the maker gives none.

    seal: what the maker wants back unchanged with the call, opaque (Gemini's thought signature).
    """

    id: str
    name: str
    arguments: Mapping[str, object] = field(default_factory=dict)
    seal: str = ""


@dataclass(frozen=True, slots=True)
class ToolResult:
    """What a called function gave, as text (JSON where it has parts). failed: it could not be called as asked."""

    call: ToolCall
    text: str
    failed: bool = False


@dataclass(frozen=True, slots=True)
class CustomerSays:
    """A message of the customer."""

    text: str


@dataclass(frozen=True, slots=True)
class ModelSays:
    """A message of the model: what it said, and what it called before it went on."""

    text: str
    calls: tuple[ToolCall, ...] = ()


@dataclass(frozen=True, slots=True)
class ToolsSay:
    """The results of all calls of the message before."""

    results: tuple[ToolResult, ...]


ChatMessage = CustomerSays | ModelSays | ToolsSay


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """One request. system: the instructions. messages: oldest first; the last is a customer's or tools'.

    temperature: None: the maker's own. longest_tokens: of the answer.
    """

    system: str
    messages: tuple[ChatMessage, ...]
    tools: tuple[ChatTool, ...] = ()
    temperature: float | None = None
    longest_tokens: int = 400


class ChatEnd(StrEnum):
    """Why an answer ended."""

    STOP = "stop"
    CALLS = "calls"
    """It asks for tools, and wants to go on with their results."""
    LENGTH = "length"
    BLOCKED = "blocked"
    """The maker's filter stopped it."""


@dataclass(frozen=True, slots=True)
class ChatUse:
    """What a request used. measured: by the maker; else estimated from the texts. cost: where the maker tells it."""

    input_tokens: int = 0
    output_tokens: int = 0
    cached_tokens: int = 0
    cost: Cost | None = None
    measured: bool = True


@dataclass(frozen=True, slots=True)
class ChatDone:
    """Always last. model: the one that answered, as its maker names it."""

    end: ChatEnd
    use: ChatUse
    model: str


ChatEvent = TextDelta | ToolCall | ChatDone


class ChatModel(Protocol):
    """One model of one maker.

    `stream` yields text as it comes, each call whole, and ChatDone exactly once and last. Thinking is never yielded. Closing
    the generator early ends the request. What was used is told to the meter once per request; where it failed or was closed
    early that is an estimate. Unknown fields and events are ignored. Never blocks the event loop. The only error is
    ProviderError; retrying is not its business.
    """

    @property
    def name(self) -> str:
        """The provider, as in the settings and the turn's record."""
        ...

    def stream(self, request: ChatRequest) -> AsyncGenerator[ChatEvent]: ...

    async def models(self) -> list[str]:
        """The models that the key may use, by name; the way to find out whether the key is good. Raises: ProviderError."""
        ...

    async def aclose(self) -> None:
        """Free connections. May be called twice."""
        ...
