"""A request as Gemini takes it.

Gemini 3 is told how much to think by a level, those before it by tokens; each refuses the other. Gemini 3 wants the first call
of each of its messages back with the signature that came with it, and refuses the request else; the calls beside it have none.
Where the call was another model's, Google's documents name a word that stands for the signature.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from holo_app.ports.chat import ChatMessage, ChatRequest, CustomerSays, ModelSays, ToolCall, ToolResult, ToolsSay

MADE_UP = "holo-call-"
"""Ids of calls that came without one begin so, and are not sent back."""

OURS = "gemini:"
"""Seals begin so: those of other makers are not sent."""

_NO_SIGNATURE = "skip_thought_signature_validator"
_LEVELS_SINCE = 3
_MUCH = 4096
_MAJOR = re.compile(r"gemini-(\d+)")
_ROOM_TO_THINK = 4096
_OPENING = "(A customer comes up to you.)"


def gemini_body(request: ChatRequest, model: str, thinking_budget: int) -> dict[str, Any]:
    """thinking_budget: tokens; -1: the model's own choice."""
    third = _third(model)
    room = _ROOM_TO_THINK if thinking_budget < 0 or third else 0
    # the limit covers thoughts and answer
    config: dict[str, Any] = {"maxOutputTokens": request.longest_tokens + max(room, thinking_budget)}
    if thinking_budget >= 0:
        thinking = {"thinkingLevel": _level(model, thinking_budget)} if third else {"thinkingBudget": thinking_budget}
        config["thinkingConfig"] = {"includeThoughts": False, **thinking}
    if request.temperature is not None:
        config["temperature"] = request.temperature
    body: dict[str, Any] = {"contents": _contents(request.messages, signs=third), "generationConfig": config}
    if request.system:
        body["systemInstruction"] = {"parts": [{"text": request.system}]}
    if request.tools:
        body["tools"] = [
            {
                "functionDeclarations": [
                    {
                        "name": tool.name,
                        "description": tool.description,
                        # an object without properties is refused; a function may have no parameters
                        **(
                            {"parametersJsonSchema": dict(tool.parameters)} if tool.parameters.get("properties") else {}
                        ),
                    }
                    for tool in request.tools
                ]
            }
        ]
    return body


def _third(model: str) -> bool:
    """The latest is one, whatever its number."""
    major = _MAJOR.search(model)
    return int(major[1]) >= _LEVELS_SINCE if major else model.endswith("-latest")


def _level(model: str, budget: int) -> str:
    """Only the flash models can do with next to no thought."""
    if budget == 0 and "flash" in model:
        return "MINIMAL"
    return "HIGH" if budget > _MUCH else "LOW"


def _contents(messages: Sequence[ChatMessage], *, signs: bool) -> list[Mapping[str, Any]]:
    contents: list[Mapping[str, Any]] = []
    if messages and isinstance(messages[0], ModelSays):
        contents.append({"role": "user", "parts": [{"text": _OPENING}]})  # a conversation is the user's to begin
    for message in messages:
        role, parts = _written(message, signs=signs)
        if parts:
            contents.append({"role": role, "parts": parts})
    return contents


def _written(message: ChatMessage, *, signs: bool) -> tuple[str, list[Mapping[str, Any]]]:
    match message:
        case CustomerSays(text):
            return "user", [{"text": text}]
        case ModelSays(text, calls):
            unsigned = signs and not any(call.seal.startswith(OURS) for call in calls)
            said: list[Mapping[str, Any]] = [{"text": text}] if text else []
            called = [_call(call, _NO_SIGNATURE if unsigned and not at else "") for at, call in enumerate(calls)]
            return "model", [*said, *called]
        case ToolsSay(results):
            return "user", [_result(result) for result in results]


def _call(call: ToolCall, stand_in: str) -> Mapping[str, Any]:
    part: dict[str, Any] = {"functionCall": {**_id(call), "name": call.name, "args": dict(call.arguments)}}
    if signature := call.seal.removeprefix(OURS) if call.seal.startswith(OURS) else stand_in:
        part["thoughtSignature"] = signature
    return part


def _result(result: ToolResult) -> Mapping[str, Any]:
    response = {"error" if result.failed else "output": result.text}
    return {"functionResponse": {**_id(result.call), "name": result.call.name, "response": response}}


def _id(call: ToolCall) -> Mapping[str, str]:
    return {} if call.id.startswith(MADE_UP) else {"id": call.id}
