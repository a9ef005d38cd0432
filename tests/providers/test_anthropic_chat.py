"""Anthropic: what is sent, its blocks, its ends and what its failures mean."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

import pytest

from holo_app.bootstrap.clock import SystemClock
from holo_app.config.vendors import Anthropic
from holo_app.errors import FailureCategory, ProviderError
from holo_app.ports.chat import (
    ChatEnd,
    ChatModel,
    ChatRequest,
    CustomerSays,
    ModelSays,
    ToolCall,
    ToolResult,
    ToolsSay,
)
from holo_app.providers.anthropic.chat import anthropic_chat
from holo_app.providers.anthropic.failures import read_refusal
from holo_app.providers.http.failures import Refusal
from tests.emulators.anthropic import KEY, MODEL, NEW_VERSION, AnthropicEmulator
from tests.fakes.meter import FakeMeter
from tests.providers.chatting import FIND, QUESTION, calls, done, events, text

CLOCK = SystemClock()


@pytest.fixture
async def server() -> AsyncIterator[AnthropicEmulator]:
    async with AnthropicEmulator() as emulator:
        yield emulator


@pytest.fixture
def meter() -> FakeMeter:
    return FakeMeter()


@pytest.fixture
async def chat(server: AnthropicEmulator, meter: FakeMeter) -> AsyncIterator[ChatModel]:
    made = anthropic_chat(Anthropic(base_url=server.base_url), KEY, meter, CLOCK)
    yield made
    await made.aclose()


def begin(index: int = 0, **block: Any) -> Mapping[str, Any]:
    return {"type": "content_block_start", "index": index, "content_block": block or {"type": "text", "text": ""}}


def delta(index: int = 0, **fields: Any) -> Mapping[str, Any]:
    return {"type": "content_block_delta", "index": index, "delta": fields}


def end(reason: str = "end_turn", **usage: int) -> list[Mapping[str, Any]]:
    return [
        {"type": "message_delta", "delta": {"stop_reason": reason}, "usage": usage or {"output_tokens": 3}},
        {"type": "message_stop"},
    ]


SAYS = delta(type="text_delta", text="89")


async def test_a_whole_conversation_is_written_as_it_should_be(chat: ChatModel, server: AnthropicEmulator) -> None:
    call = ToolCall("call.7", "find_product", {"q": "tea"}, seal="gemini:QUJD")
    messages = (
        ModelSays("Welcome!"),
        CustomerSays("Tea?"),
        ModelSays("Let me see.", (call,)),
        ToolsSay((ToolResult(call, "no such shelf", failed=True),)),
    )
    await events(chat, ChatRequest("You sell tea.", messages, (FIND,), temperature=1.4, longest_tokens=90))

    assert server.requests[0].body == {
        "model": MODEL,
        "max_tokens": 90,
        "system": "You sell tea.",
        "messages": [
            {"role": "user", "content": "(A customer comes up to you.)"},
            {"role": "assistant", "content": [{"type": "text", "text": "Welcome!"}]},
            {"role": "user", "content": [{"type": "text", "text": "Tea?"}]},
            {
                "role": "assistant",
                "content": [
                    {"type": "text", "text": "Let me see."},
                    {"type": "tool_use", "id": "call_7", "name": "find_product", "input": {"q": "tea"}},
                ],
            },
            {
                "role": "user",
                "content": [
                    {"type": "tool_result", "tool_use_id": "call_7", "content": "no such shelf", "is_error": True}
                ],
            },
        ],
        "tools": [
            {
                "name": "find_product",
                "description": "Finds products.",
                "input_schema": {"type": "object", "properties": {"q": {"type": "string"}}},
            }
        ],
        "stream": True,
        "temperature": 1.0,
    }
    assert server.requests[0].headers["x-api-key"] == KEY
    assert server.requests[0].headers["anthropic-version"] == "2023-06-01"


async def test_the_version_without_temperature_gets_none(server: AnthropicEmulator) -> None:
    settings = Anthropic(base_url=server.base_url, api_version=NEW_VERSION, room_to_think=1000)
    chat = anthropic_chat(settings, KEY, FakeMeter(), CLOCK)

    assert text(await events(chat, ChatRequest("", QUESTION.messages, temperature=0.3))) == server.text
    assert not {"temperature", "system", "tools"} & server.requests[0].body.keys()
    assert server.requests[0].body["max_tokens"] == 1400
    await chat.aclose()


async def test_an_empty_message_of_the_model_is_left_out(chat: ChatModel, server: AnthropicEmulator) -> None:
    await events(chat, ChatRequest("", (CustomerSays("Hm."), ModelSays(" "), CustomerSays("Well?"))))

    assert [message["role"] for message in server.requests[0].body["messages"]] == ["user", "user"]


async def test_thoughts_are_never_said_and_text_may_stand_in_a_blocks_beginning(
    chat: ChatModel, server: AnthropicEmulator
) -> None:
    server.script = [
        begin(type="thinking", thinking=""),
        delta(type="thinking_delta", thinking="They want a price"),
        delta(type="signature_delta", signature="QUJD"),
        begin(1, type="text", text="It is "),
        delta(1, type="text_delta", text="89"),
        delta(1, type="citations_delta", citation={}),
        *end(),
    ]

    assert text(await events(chat)) == "It is 89"


async def test_what_was_thought_before_a_call_goes_back_with_it(chat: ChatModel, server: AnthropicEmulator) -> None:
    server.script = [
        begin(type="thinking", thinking="", signature=""),
        delta(type="thinking_delta", thinking="They want "),
        delta(type="thinking_delta", thinking="tea"),
        delta(type="signature_delta", signature="QUJD"),
        begin(1, type="redacted_thinking", data="REVG"),
        begin(2, type="thinking", thinking="unsigned"),
        begin(3, type="tool_use", id="toolu_1", name="find_product", input={}),
        begin(4, type="tool_use", id="toolu_2", name="find_product", input={"q": "tea"}),
        *end("tool_use"),
    ]
    made = tuple(calls(await events(chat)))
    server.script = None
    results = ToolsSay(tuple(ToolResult(call, "{}") for call in made))
    await events(chat, ChatRequest("", (*QUESTION.messages, ModelSays("One moment.", made), results)))

    assert [bool(call.seal) for call in made] == [True, False]
    assert server.requests[1].body["messages"][1]["content"] == [
        {"type": "thinking", "thinking": "They want tea", "signature": "QUJD"},
        {"type": "redacted_thinking", "data": "REVG"},
        {"type": "text", "text": "One moment."},
        {"type": "tool_use", "id": "toolu_1", "name": "find_product", "input": {}},
        {"type": "tool_use", "id": "toolu_2", "name": "find_product", "input": {"q": "tea"}},
    ]


@pytest.mark.parametrize(
    ("given", "pieces", "arguments"),
    [
        ({}, ["", '{"q": ', '"tea"}'], {"q": "tea"}),
        ({}, [], {}),
        ({}, [""], {}),
        ({"q": "tea"}, [], {"q": "tea"}),
        (None, ['{"q": "⌚"}'], {"q": "⌚"}),
    ],
)
async def test_calls_are_put_together(
    chat: ChatModel, server: AnthropicEmulator, given: object, pieces: Sequence[str], arguments: Mapping[str, object]
) -> None:
    server.script = [
        begin(0),
        SAYS,
        begin(1, type="tool_use", id="toolu_1", name="find_product", input=given),
        *(delta(1, type="input_json_delta", partial_json=piece) for piece in pieces),
        *end("tool_use"),
    ]
    got = await events(chat)

    assert calls(got) == [ToolCall("toolu_1", "find_product", arguments)]
    assert done(got).end is ChatEnd.CALLS


@pytest.mark.parametrize(
    "block",
    [
        [begin(type="tool_use", id="t", name="f", input={}), delta(type="input_json_delta", partial_json='{"q": ')],
        [begin(type="tool_use", id="t", name="f", input=[1])],
        [begin(type="tool_use", id="t", input={})],
    ],
    ids=["cut", "list", "nameless"],
)
async def test_broken_calls_are_a_bad_response(
    chat: ChatModel, server: AnthropicEmulator, block: Sequence[Mapping[str, Any]]
) -> None:
    server.script = [*block, *end("tool_use")]
    with pytest.raises(ProviderError) as caught:
        await events(chat)
    assert caught.value.category is FailureCategory.BAD_RESPONSE


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        ("end_turn", ChatEnd.STOP),
        ("stop_sequence", ChatEnd.STOP),
        ("pause_turn", ChatEnd.STOP),
        ("of_tomorrow", ChatEnd.STOP),
        ("max_tokens", ChatEnd.LENGTH),
        ("model_context_window_exceeded", ChatEnd.LENGTH),
        ("refusal", ChatEnd.BLOCKED),
    ],
)
async def test_each_end_is_named(chat: ChatModel, server: AnthropicEmulator, reason: str, expected: ChatEnd) -> None:
    server.script = [SAYS, *end(reason)]

    assert done(await events(chat)).end is expected


async def test_counts_are_of_all_so_far_and_a_cut_keeps_them(
    chat: ChatModel, server: AnthropicEmulator, meter: FakeMeter
) -> None:
    usage = {"input_tokens": 5, "cache_creation_input_tokens": 6, "cache_read_input_tokens": 7, "output_tokens": 1}
    start = {"type": "message_start", "message": {"model": "claude-x", "usage": usage}}
    server.script = [start, SAYS]
    with pytest.raises(ProviderError):
        await events(chat)
    server.script = [start, SAYS, *end("end_turn", output_tokens=40, input_tokens=5, cache_read_input_tokens=13)]
    last = done(await events(chat))

    assert (last.use.input_tokens, last.use.output_tokens, last.use.cached_tokens) == (18, 40, 13)
    assert last.model == "claude-x"
    assert dict(meter.uses[0].units) == {"input_tokens": 18, "cached_tokens": 7, "output_tokens": 1}
    assert [use.measured for use in meter.uses] == [False, True]


async def test_an_answer_of_a_maker_that_counts_nothing_is_an_estimate(
    chat: ChatModel, server: AnthropicEmulator
) -> None:
    server.script = [SAYS, {"type": "message_stop"}]

    assert not done(await events(chat)).use.measured


@pytest.mark.parametrize(
    ("kind", "category"),
    [
        ("overloaded_error", FailureCategory.UNAVAILABLE),
        ("rate_limit_error", FailureCategory.RATE_LIMITED),
        ("authentication_error", FailureCategory.AUTH),
        ("timeout_error", FailureCategory.TIMEOUT),
        ("error_of_tomorrow", FailureCategory.UNAVAILABLE),
    ],
)
async def test_errors_in_the_middle_of_an_answer_are_named(
    chat: ChatModel, server: AnthropicEmulator, kind: str, category: FailureCategory
) -> None:
    server.script = [SAYS, {"type": "error", "error": {"type": kind, "message": "no"}}]
    with pytest.raises(ProviderError, match="no") as caught:
        await events(chat)
    assert caught.value.category is category


@pytest.mark.parametrize(
    "odd",
    [
        {"type": "content_block_delta"},
        {"type": "content_block_delta", "index": "0", "delta": {"text": None, "partial_json": 5}},
        {"type": "content_block_start", "content_block": None},
        {"type": "message_start", "message": None},
        {"type": "message_delta", "delta": None, "usage": "none"},
        {"type": "content_block_stop"},
        {"type": "ping"},
    ],
)
async def test_odd_events_do_no_harm(chat: ChatModel, server: AnthropicEmulator, odd: Mapping[str, Any]) -> None:
    server.script = [odd, SAYS, odd, *end()]

    assert text(await events(chat)) == "89"


@pytest.mark.parametrize(
    ("status", "kind", "message", "category"),
    [
        (400, "invalid_request_error", "Your credit balance is too low to go on.", FailureCategory.QUOTA),
        (400, "invalid_request_error", "messages: required", FailureCategory.BAD_REQUEST),
        (402, "billing_error", "no", FailureCategory.QUOTA),
        (404, "not_found_error", "model: claude-9", FailureCategory.BAD_REQUEST),
        (413, "request_too_large", "no", FailureCategory.BAD_REQUEST),
        (529, "overloaded_error", "no", FailureCategory.UNAVAILABLE),
        (520, "error_of_tomorrow", "no", None),
    ],
)
def test_refusals_are_read(status: int, kind: str, message: str, category: FailureCategory | None) -> None:
    body = {"type": "error", "error": {"type": kind, "message": message}}
    assert read_refusal(Refusal(status, {}, body, "")) == (category, message, None)
