"""However an answer is cut into pieces, it is the same answer."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import aclosing
from itertools import pairwise
from typing import Any

import pytest
from aiohttp import web
from hypothesis import given, settings
from hypothesis import strategies as st

from holo_app.ports.chat import ChatDone, ChatEvent, ChatModel, ChatRequest, ChatTool, CustomerSays, ToolCall
from holo_app.ports.llm import TextDelta
from holo_app.ports.meter import Meter
from holo_app.providers.openai.calls import Calls
from holo_app.providers.openai.thoughts import Thoughts
from tests.emulators.anthropic import AnthropicEmulator
from tests.emulators.gemini import GeminiEmulator
from tests.emulators.openai import OpenAiEmulator
from tests.emulators.web import Emulator
from tests.fakes.meter import FakeMeter
from tests.providers.cases import anthropic_chat, gemini_chat, openai_chat

VALUES = st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.lists(st.text(max_size=4), max_size=2)
ARGUMENTS = st.dictionaries(st.text(max_size=6), VALUES, max_size=3)
MADE_CALLS = st.lists(st.tuples(st.sampled_from(["find_product", "opening_hours"]), ARGUMENTS), min_size=1, max_size=4)
LINES = [b"\n", b"\r\n", b"\r"]


def cut(text: str, places: Sequence[int]) -> list[str]:
    ends = sorted({min(place, len(text)) for place in places} | {0, len(text)})
    return [text[start:end] for start, end in pairwise(ends)]


@settings(max_examples=40, deadline=None)
@given(made=MADE_CALLS, places=st.lists(st.integers(0, 60), max_size=6), data=st.data())
def test_calls_are_the_same_however_their_pieces_are_mixed(
    made: list[tuple[str, dict[str, Any]]], places: list[int], data: st.DataObject
) -> None:
    lines = [
        [
            {"index": at, "id": f"call_{at}", "type": "function", "function": {"name": name, "arguments": ""}},
            *({"index": at, "function": {"arguments": part}} for part in cut(json.dumps(arguments), places)),
        ]
        for at, (name, arguments) in enumerate(made)
    ]
    openings = [line.pop(0) for line in lines]
    calls = Calls("openai")
    calls.push(openings)
    while any(lines):
        line = data.draw(st.sampled_from([line for line in lines if line]))
        calls.push([line.pop(0)])

    assert calls.whole() == [ToolCall(f"call_{at}", name, arguments) for at, (name, arguments) in enumerate(made)]


@settings(max_examples=60)
@given(thought=st.text(max_size=30), answer=st.text(max_size=30), places=st.lists(st.integers(0, 90), max_size=9))
def test_a_thought_is_taken_out_wherever_it_is_cut(thought: str, answer: str, places: list[int]) -> None:
    thought, answer = thought.replace("<", "("), answer.replace("<", "(").lstrip()
    thoughts = Thoughts()
    said = [thoughts.push(piece) for piece in cut(f"<think>{thought}</think>\n\n{answer}", places)]

    assert "".join(said) + thoughts.rest() == answer


@settings(max_examples=60)
@given(answer=st.text(alphabet="<think>/ 8", max_size=30), places=st.lists(st.integers(0, 30), max_size=9))
def test_an_answer_is_cut_out_the_same_in_one_piece_and_in_many(answer: str, places: list[int]) -> None:
    whole, many = Thoughts(), Thoughts()
    at_once = whole.push(answer) + whole.rest()

    assert "".join(many.push(piece) for piece in cut(answer, places)) + many.rest() == at_once


class BytesEmulator(Emulator):
    """Answers with these pieces, whatever it is asked."""

    def __init__(self, pieces: list[bytes]) -> None:
        super().__init__()
        self._pieces = pieces

    def routes(self, router: web.UrlDispatcher) -> None:
        router.add_post("/{path:.*}", self._answer)

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        await request.read()
        return await self.stream(request, None, self._pieces, "text/event-stream")


TEXT = "It costs £149 – naïve ⌚, but true."
FIND = ChatTool("find_product", "Finds products.", {"type": "object", "properties": {"q": {"type": "string"}}})
ASKED = {"messages": [{"role": "user", "content": "?"}], "contents": [{"parts": []}], "tools": [1]}


def openai_events(calls: bool) -> list[Mapping[str, Any] | str]:
    return OpenAiEmulator(TEXT, [("find_product", '{"q": "⌚ tea"}')] if calls else ())._answer(ASKED)


def gemini_events(calls: bool) -> Sequence[Mapping[str, Any] | str]:
    return GeminiEmulator(TEXT, [("find_product", {"q": "⌚ tea"})] if calls else ())._answer(ASKED)


def anthropic_events(calls: bool) -> Sequence[Mapping[str, Any] | str]:
    return AnthropicEmulator(TEXT, [("find_product", '{"q": "⌚ tea"}')] if calls else ())._answer(ASKED)


async def answer(make: Callable[[str, Meter], ChatModel], pieces: list[bytes]) -> list[ChatEvent]:
    async with BytesEmulator(pieces) as server:
        chat = make(server.base_url, FakeMeter())
        request = ChatRequest("", (CustomerSays("?"),), (FIND,))
        async with aclosing(chat.stream(request)) as events:
            got = [event async for event in events]
        await chat.aclose()
    return got


@pytest.mark.parametrize(
    ("make", "events"),
    [
        (openai_chat.openai, openai_events),
        (gemini_chat.gemini, gemini_events),
        (anthropic_chat.anthropic, anthropic_events),
    ],
    ids=["openai", "gemini", "anthropic"],
)
@settings(max_examples=15, deadline=None)
@given(calls=st.booleans(), line=st.sampled_from(LINES), places=st.lists(st.integers(0, 4000), max_size=40))
def test_an_answer_is_the_same_wherever_its_bytes_are_cut(
    make: Callable[[str, Meter], ChatModel],
    events: Callable[[bool], Sequence[Mapping[str, Any] | str]],
    calls: bool,
    line: bytes,
    places: list[int],
) -> None:
    body = b""
    for at, event in enumerate(events(calls)):
        data = event if isinstance(event, str) else json.dumps(event, ensure_ascii=False)
        body += b": waiting" + line * 2 if at % 3 else b""
        body += b"data:" + b" " * (at % 2) + data.encode() + line * 2
    ends = sorted({min(place, len(body)) for place in places} | {0, len(body)})
    pieces = [body[start:end] for start, end in pairwise(ends)]

    got = asyncio.run(answer(make, pieces))

    said = "".join(event.text for event in got if isinstance(event, TextDelta))
    called = [(call.name, call.arguments) for call in got if isinstance(call, ToolCall)]
    assert (said, called) == (("", [("find_product", {"q": "⌚ tea"})]) if calls else (TEXT, []))
    assert isinstance(got[-1], ChatDone)
