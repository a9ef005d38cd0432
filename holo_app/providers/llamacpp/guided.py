"""Tools for small models: what they may write is held to a grammar, so that each call is one that can be carried out.

Small models forget the call syntax of their own chat template, and llama.cpp then takes a call for text. Here a call is a line,
`@show_product {"sku":"P-1"}`, before the words that are said. The grammar (GBNF, llama.cpp's `grammar` field) allows no other form,
and no markup in the words.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from holo_app.ports.chat import (
    ChatMessage,
    ChatRequest,
    ChatTool,
    CustomerSays,
    ModelSays,
    ToolCall,
    ToolsSay,
)
from holo_app.ports.llm import TextDelta

_MARK = "@"
_WORDS = r"""
words ::= [^@\n\r\t {}<>*#`|~\[\]\\-] [^@\n\r\t{}<>*#`|~\[\]\\]{0,500}
text ::= "\"" [^"\\\n\r\t]{1,80} "\""
number ::= [0-9]{1,6} ("." [0-9]{1,2})?
whole ::= [0-9]{1,6}
flag ::= "true" | "false"
"""
_KINDS = {"string": "text", "number": "number", "integer": "whole", "boolean": "flag"}


def guided(request: ChatRequest) -> ChatRequest:
    """The same request as text alone: tools are told in the instructions, calls and results are lines."""
    system = f"{request.system}\n{_guide(request.tools)}" if request.tools else request.system
    return replace(request, system=system, tools=(), messages=tuple(_written(message) for message in request.messages))


def grammar(tools: Sequence[ChatTool]) -> str:
    """What may be written where these tools may be called: up to three calls, then words or nothing."""
    rules = [f"tool{place} ::= {_call_rule(tool)}" for place, tool in enumerate(tools)]
    call = " | ".join(f"tool{place}" for place in range(len(tools)))
    return "\n".join(
        [
            "root ::= words | call call? call? words?" if tools else "root ::= words",
            *([f'call ::= "{_MARK}" ({call}) "\\n"', *rules] if tools else []),
            _WORDS.strip(),
        ]
    )


class GuidedReader:
    """Takes what the model writes apart again."""

    def __init__(self) -> None:
        self._line = ""
        self._in_words = False
        self._calls = 0

    @property
    def called(self) -> bool:
        """Whether there were calls."""
        return self._calls > 0

    def push(self, text: str) -> Iterator[TextDelta | ToolCall]:
        """Words at once, calls when their line is complete."""
        self._line += text
        while not self._in_words and self._line:
            if not self._line.startswith(_MARK):
                self._in_words = True
                break
            line, end, rest = self._line.partition("\n")
            if not end:
                return
            self._line = rest
            yield from self._called(line)
        if self._line:
            yield TextDelta(self._line)
            self._line = ""

    def finish(self) -> Iterator[TextDelta | ToolCall]:
        """The last line, when the answer has ended."""
        line, self._line = self._line, ""
        if line:
            yield from self._called(line)

    def _called(self, line: str) -> Iterator[ToolCall]:
        """A line that was cut off is dropped: it is no call yet."""
        name, _, written = line.removeprefix(_MARK).partition(" ")
        try:
            arguments = json.loads(written)
        except ValueError:
            return
        if isinstance(arguments, dict):
            self._calls += 1
            yield ToolCall(f"call_{self._calls}", name, arguments)


def _guide(tools: Sequence[ChatTool]) -> str:
    lines = [f"{_MARK}{tool.name} {_form(tool)} {tool.description}" for tool in tools]
    return "\n".join([f"To use a tool, begin your answer with a line that starts with {_MARK}:", *lines])


def _form(tool: ChatTool) -> str:
    fields = [f'"{name}":{"…" if kind != "text" else chr(34) + "…" + chr(34)}' for name, kind in _fields(tool)]
    return "{" + ",".join(fields) + "}"


def _call_rule(tool: ChatTool) -> str:
    required = tool.parameters.get("required")
    needed = set(required) if isinstance(required, list | tuple) else set()
    parts, first = [], True
    for name, kind in sorted(_fields(tool), key=lambda entry: entry[0] not in needed):
        comma = "" if first else ","
        part = f'"{comma}\\"{name}\\":" {kind}'
        parts.append(part if name in needed else f"({part})?")
        first = first and name not in needed
    return f'"{tool.name} {{" {" ".join(parts)} "}}"'


def _fields(tool: ChatTool) -> list[tuple[str, str]]:
    """Name and grammar rule of each argument; of kinds that have no rule none are offered."""
    properties = tool.parameters.get("properties")
    if not isinstance(properties, Mapping):
        return []
    return [
        (str(name), _KINDS[kind])
        for name, schema in properties.items()
        if isinstance(schema, Mapping) and isinstance(kind := schema.get("type"), str) and kind in _KINDS
    ]


def _written(message: ChatMessage) -> ChatMessage:
    match message:
        case ModelSays(text, calls):
            lines = [f"{_MARK}{call.name} {_compact(call.arguments)}" for call in calls]
            return ModelSays("\n".join([*lines, text] if text else lines))
        case ToolsSay(results):
            return CustomerSays("\n".join(["DATA", *(result.text for result in results)]))
        case CustomerSays():
            return message


def _compact(arguments: Mapping[str, Any]) -> str:
    return json.dumps(dict(arguments), ensure_ascii=False, separators=(",", ":"))
