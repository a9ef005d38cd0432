"""How the tests of language models ask, and read what came."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import aclosing

from holo_app.ports.chat import ChatDone, ChatEvent, ChatModel, ChatRequest, ChatTool, CustomerSays, ToolCall
from holo_app.ports.llm import TextDelta

FIND = ChatTool("find_product", "Finds products.", {"type": "object", "properties": {"q": {"type": "string"}}})
HOURS = ChatTool("opening_hours", "When the shop is open.", {"type": "object", "properties": {}})
QUESTION = ChatRequest("You sell watches.", (CustomerSays("How much is it?"),))


async def events(chat: ChatModel, request: ChatRequest = QUESTION) -> list[ChatEvent]:
    """A whole answer."""
    async with aclosing(chat.stream(request)) as stream:
        return [event async for event in stream]


async def closed(chat: ChatModel, request: ChatRequest = QUESTION) -> list[ChatEvent]:
    """The same of a model that is asked once."""
    try:
        return await events(chat, request)
    finally:
        await chat.aclose()


def text(got: Sequence[ChatEvent]) -> str:
    """What is to be said."""
    return "".join(event.text for event in got if isinstance(event, TextDelta))


def calls(got: Sequence[ChatEvent]) -> list[ToolCall]:
    """What is to be called."""
    return [event for event in got if isinstance(event, ToolCall)]


def done(got: Sequence[ChatEvent]) -> ChatDone:
    """The end."""
    assert isinstance(got[-1], ChatDone)
    return got[-1]
