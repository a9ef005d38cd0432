"""Tools for small models: what they may write is held to a grammar, so that each call is one that can be carried out.

Small models forget the call syntax of their own chat template, and llama.cpp then takes a call for text. Here a call is a
line, `@show_product {"sku":"P-1"}`, before the words that are said. The grammar (GBNF, llama.cpp's `grammar` field) allows no
other form, and no markup in the words.
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
_WORDS = r"""
words ::= [^@\n\r\t {}<>*#`|~\[\]\\-] [^@\n\r\t{}<>*#`|~\[\]\\]{0,500}
text ::= "\"" [^"\\\n\r\t]{1,80} "\""
number ::= [0-9]{1,6} ("." [0-9]{1,2})?
whole ::= [0-9]{1,6}
flag ::= "true" | "false"
"""
_KINDS = {"string": "text", "number": "number", "integer": "whole", "boolean": "flag"}


def guided(request: ChatRequest, opening: Collection[str] = ()) -> ChatRequest:
    """The same request as text alone: calls and results are lines, and look-ups are explained after the last message.

    The instructions stay as they are, whatever tools there are, so that what was read once need not be read again.
    """
    messages = [_written(message) for message in request.messages]
    guide = _guide([tool for tool in request.tools if tool.name not in opening])
    if guide and isinstance(last := messages[-1], CustomerSays):
        messages[-1] = CustomerSays(f"{last.text}\n\n{guide}")
    return replace(request, tools=(), messages=tuple(messages))


def grammar(tools: Sequence[ChatTool], opening: Collection[str] = ()) -> str:
    """What may be written where these tools may be called: words, or one or two look-ups.

    opening: tools that are called before the words, with each answer, as soon as they are offered: small models would never
    think of it, and what they have written down they keep to.
    """
    looks = [_rule(tool) for tool in tools if tool.name not in opening]
    opens = [_rule(tool) for tool in tools if tool.name in opening]
    answer = f'"{_MARK}" open "\\n" words' if opens else "words"
    lookups = f' | "{_MARK}" look ("\\n{_MARK}" look)?' if looks else ""
    named = [("open", opens), ("look", looks)]
    return "\n".join(
        [
            f"root ::= {answer}{lookups}",
            *(f"{name} ::= {' | '.join(f'({rule})' for rule in rules)}" for name, rules in named if rules),
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


def _guide(looking: Sequence[ChatTool]) -> str:
    if not looking:
        return ""
    lines = [f"{_MARK}{tool.name} {_form(tool)} {tool.description}" for tool in looking]
    return "\n".join(
        ["Answer; or, only where you cannot answer yet, write one of these lines and nothing else:", *lines]
    )


def _form(tool: ChatTool) -> str:
    fields = [f'"{name}":{"…" if kind != "text" else chr(34) + "…" + chr(34)}' for name, kind in _fields(tool)]
    return "{" + ",".join(fields) + "}"


def _rule(tool: ChatTool) -> str:
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
