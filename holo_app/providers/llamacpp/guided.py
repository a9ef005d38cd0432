"""Tools for small models: what they may write is held to a grammar, so that each call is one that can be carried out.

Small models forget the call syntax of their own chat template, and llama.cpp then takes a call for text. Here a call is a line,
`@show_product {"sku":"P-1"}`, before the words that are said. The grammar (GBNF, llama.cpp's `grammar` field) allows no other form,
and no markup in the words.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
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
_END = "end"
"""In place of a closing call: none."""
_WORDS = r"""
words ::= [^@\n\r\t {}<>*#`|~\[\]\\-] [^@\n\r\t{}<>*#`|~\[\]\\]{0,500}
text ::= "\"" [^"\\\n\r\t]{1,80} "\""
number ::= [0-9]{1,6} ("." [0-9]{1,2})?
whole ::= [0-9]{1,6}
flag ::= "true" | "false"
"""
_KINDS = {"string": "text", "number": "number", "integer": "whole", "boolean": "flag"}


def guided(request: ChatRequest, closing: Collection[str] = ()) -> ChatRequest:
    """The same request as text alone: tools are told in the instructions, calls and results are lines."""
    system = f"{request.system}\n{_guide(request.tools, closing)}" if request.tools else request.system
    return replace(request, system=system, tools=(), messages=tuple(_written(message) for message in request.messages))


def grammar(tools: Sequence[ChatTool], closing: Collection[str] = ()) -> str:
    """What may be written where these tools may be called: up to two look-ups, or words and then what closes an answer.

    closing: tools that are called after the words: with each answer the model must decide which of them, if any. Small models
    would never think of it; and the words can be spoken while it writes the call.
    """
    rules = {tool.name: _call_rule(tool) for tool in tools}
    before = [f"tool{place}" for place, name in enumerate(rules) if name not in closing]
    after = [f"tool{place}" for place, name in enumerate(rules) if name in closing]
    lookups = f' | "{_MARK}" before ("\\n{_MARK}" before)?' if before else ""
    close = f' "\\n{_MARK}" (after | "{_END}")' if after else ""
    return "\n".join(
        [
            f"root ::= words{close}{lookups}",
            *([f"before ::= {' | '.join(before)}"] if before else []),
            *([f"after ::= {' | '.join(after)}"] if after else []),
            *(f"tool{place} ::= {rule}" for place, rule in enumerate(rules.values())),
            _WORDS.strip(),
        ]
    )


class GuidedReader:
    """Takes what the model writes apart again."""

    def __init__(self) -> None:
        self._line = ""
        self._calls = 0

    @property
    def called(self) -> bool:
        """Whether there were calls."""
        return self._calls > 0

    def push(self, text: str) -> Iterator[TextDelta | ToolCall]:
        """Words at once, calls when their line is complete."""
        self._line += text
        while self._line:
            start = self._line.find(_MARK)
            if start != 0:
                words = self._line if start < 0 else self._line[:start]
                self._line = self._line[len(words) :]
                yield TextDelta(words)
                continue
            line, end, rest = self._line.partition("\n")
            if not end:
                return
            self._line = rest
            yield from self._called(line)

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


def _guide(tools: Sequence[ChatTool], closing: Collection[str]) -> str:
    before = [_told(tool) for tool in tools if tool.name not in closing]
    after = [_told(tool) for tool in tools if tool.name in closing]
    lines = ["Only where you cannot answer yet, write one of these lines and nothing else:", *before] if before else []
    lines += ["After your answer write one of these lines:", *after, f"{_MARK}{_END} where none is needed."] if after else []
    return "\n".join(lines)


def _told(tool: ChatTool) -> str:
    return f"{_MARK}{tool.name} {_form(tool)} {tool.description}"


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
