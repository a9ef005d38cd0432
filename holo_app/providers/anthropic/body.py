"""A request as Anthropic takes it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from holo_app.ports.chat import ChatMessage, ChatRequest, CustomerSays, ModelSays, ToolCall, ToolsSay
from holo_app.providers.anthropic.thoughts import sealed

_OPENING = "(A customer comes up to you.)"
_NOT_IN_IDS = re.compile(r"[^a-zA-Z0-9_-]")


def anthropic_body(request: ChatRequest, model: str, *, takes_temperature: bool, room_to_think: int) -> dict[str, Any]:
    """takes_temperature: what the version of the interface does not take is left out. room_to_think: tokens."""
    body: dict[str, Any] = {
        "model": model,
        "max_tokens": request.longest_tokens + room_to_think,
        "messages": _messages(request.messages),
        "stream": True,
    }
    if request.system:
        body["system"] = request.system
    if request.temperature is not None and takes_temperature:
        body["temperature"] = min(1.0, request.temperature)
    if request.tools:
        body["tools"] = [
            {"name": tool.name, "description": tool.description, "input_schema": dict(tool.parameters)}
            for tool in request.tools
        ]
    return body


def _messages(messages: Sequence[ChatMessage]) -> list[Mapping[str, Any]]:
    written: list[Mapping[str, Any]] = []
    if messages and isinstance(messages[0], ModelSays):
        written.append({"role": "user", "content": _OPENING})  # a conversation is the user's to begin
    for message in messages:
        role, blocks = _written(message)
        if blocks:
            written.append({"role": role, "content": blocks})
    return written


def _written(message: ChatMessage) -> tuple[str, list[Mapping[str, Any]]]:
    match message:
        case CustomerSays(text):
            return "user", [{"type": "text", "text": text}]
        case ModelSays(text, calls):
            thoughts = [block for call in calls for block in sealed(call.seal)]
            said: list[Mapping[str, Any]] = [{"type": "text", "text": text}] if text.strip() else []
            return "assistant", [*thoughts, *said, *map(_call, calls)]
        case ToolsSay(results):
            return "user", [
                {
                    "type": "tool_result",
                    "tool_use_id": _id(result.call),
                    "content": result.text,
                    "is_error": result.failed,
                }
                for result in results
            ]


def _call(call: ToolCall) -> Mapping[str, Any]:
    return {"type": "tool_use", "id": _id(call), "name": call.name, "input": dict(call.arguments)}


def _id(call: ToolCall) -> str:
    """Another maker's model may have made it, in letters that are refused here."""
    return _NOT_IN_IDS.sub("_", call.id)
