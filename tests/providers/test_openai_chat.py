"""OpenAI's dialect: what is sent, what comes back from servers that bend it, and what their failures mean."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

import pytest
from aiohttp import web

from holo_app.bootstrap.clock import SystemClock
from holo_app.config.vendors import OpenAi
from holo_app.domain.usage import Cost
from holo_app.errors import FailureCategory, ProviderError
from holo_app.ports.chat import (
    ChatDone,
    ChatEnd,
    ChatModel,
    ChatRequest,
    CustomerSays,
    ModelSays,
    ToolCall,
    ToolResult,
    ToolsSay,
)
from holo_app.providers.openai.servers import openai_chat
from tests.emulators.faults import Fault
from tests.emulators.openai import KEY, OpenAiEmulator
from tests.emulators.web import Refused
from tests.fakes.meter import FakeMeter
from tests.providers.chatting import FIND, QUESTION, calls, closed, done, events, text

CLOCK = SystemClock()


@pytest.fixture
async def server() -> AsyncIterator[OpenAiEmulator]:
    async with OpenAiEmulator() as emulator:
        yield emulator


@pytest.fixture
def meter() -> FakeMeter:
    return FakeMeter()


@pytest.fixture
async def chat(server: OpenAiEmulator, meter: FakeMeter) -> AsyncIterator[ChatModel]:
    made = openai_chat(OpenAi(base_url=server.base_url), KEY, meter, CLOCK)
    yield made
    await made.aclose()


def chunk(delta: Mapping[str, Any], finish: str | None = None, **other: Any) -> Mapping[str, Any]:
    return {"choices": [{"index": 0, "delta": delta, "finish_reason": finish}], **other}


async def test_a_whole_conversation_is_written_as_it_should_be(chat: ChatModel, server: OpenAiEmulator) -> None:
    call = ToolCall("call_7", "find_product", {"q": "tea"})
    messages = (
        ModelSays("Welcome!"),
        CustomerSays("Tea?"),
        ModelSays("", (call,)),
        ToolsSay((ToolResult(call, '{"items":[]}'),)),
    )
    await events(chat, ChatRequest("You sell tea.", messages, (FIND,), temperature=0.7, longest_tokens=90))

    assert server.requests[0].body == {
        "model": "gpt-4o-mini",
        "messages": [
            {"role": "system", "content": "You sell tea."},
            {"role": "assistant", "content": "Welcome!"},
            {"role": "user", "content": "Tea?"},
            {
                "role": "assistant",
                "content": None,
                "tool_calls": [
                    {
                        "id": "call_7",
                        "type": "function",
                        "function": {"name": "find_product", "arguments": '{"q": "tea"}'},
                    }
                ],
            },
            {"role": "tool", "tool_call_id": "call_7", "content": '{"items":[]}'},
        ],
        "tools": [
            {
                "type": "function",
                "function": {
                    "name": "find_product",
                    "description": "Finds products.",
                    "parameters": {"type": "object", "properties": {"q": {"type": "string"}}},
                },
            }
        ],
        "stream": True,
        "stream_options": {"include_usage": True, "include_obfuscation": False},
        "max_completion_tokens": 90,
        "temperature": 0.7,
    }


async def test_a_thinking_model_gets_room_to_think_and_no_temperature(server: OpenAiEmulator) -> None:
    settings = OpenAi(base_url=server.base_url, chat_model="gpt-5-mini", reasoning_effort="low")
    request = ChatRequest("", QUESTION.messages, temperature=0.7, longest_tokens=100)
    await closed(openai_chat(settings, KEY, FakeMeter(), CLOCK), request)

    body = server.requests[0].body
    assert (body["reasoning_effort"], body["max_completion_tokens"]) == ("low", 2148)
    assert "temperature" not in body
    assert body["messages"] == [{"role": "user", "content": "How much is it?"}]


@pytest.mark.parametrize(
    "script",
    [
        [chunk({"reasoning": "They want"}), chunk({"reasoning_content": "a price"}), chunk({"content": "89"}, "stop")],
        [chunk({"content": "<thi"}), chunk({"content": "nk>a price</th"}), chunk({"content": "ink>\n\n89"}, "stop")],
        [chunk({"content": " \n<think>\n</think>"}), chunk({"content": "89"}, "stop")],
        [chunk({"content": "<think>a</think><think>b</think>89"}, "stop")],
    ],
    ids=["field", "tags in pieces", "empty thought", "two thoughts"],
)
async def test_thoughts_are_never_said(
    chat: ChatModel, server: OpenAiEmulator, script: Sequence[Mapping[str, Any]]
) -> None:
    server.script = [*script, "[DONE]"]

    assert text(await events(chat)) == "89"


@pytest.mark.parametrize("said", ["<", "<think", "<b>89</b>", "89 <think>not one</think>", "<thinking aloud>"])
async def test_what_only_looks_like_a_thought_is_said(chat: ChatModel, server: OpenAiEmulator, said: str) -> None:
    server.script = [*(chunk({"content": letter}) for letter in said), chunk({}, "stop"), "[DONE]"]

    assert text(await events(chat)) == said


async def test_a_thought_without_an_end_is_all_that_came(chat: ChatModel, server: OpenAiEmulator) -> None:
    server.script = [chunk({"content": "<think>on and on"}), chunk({}, "length"), "[DONE]"]
    got = await events(chat)

    assert [type(event) for event in got] == [ChatDone]
    assert done(got).end is ChatEnd.LENGTH


def piece(arguments: object, *, name: str | None = None, index: int | None = None, id: str | None = None) -> Any:  # noqa: A002
    function = {key: value for key, value in (("name", name), ("arguments", arguments)) if value is not None}
    fields = (("index", index), ("id", id), ("function", function))
    return {key: value for key, value in fields if value is not None}


@pytest.mark.parametrize(
    "pieces",
    [
        [piece('{"a": 1}', name="f", index=0, id="x"), piece('{"b": 2}', name="g", index=1, id="y")],
        [piece('{"a": 1}', name="f", index=0, id="x"), piece('{"b": 2}', name="g", index=0, id="y")],
        [piece('{"a": 1}', name="f", index=0), piece('{"b": 2}', name="g", index=0)],
        [piece('{"a": 1}', name="f"), piece('{"b": 2}', name="g")],
        [piece({"a": 1}, name="f"), piece({"b": 2}, name="g")],
        [piece('{"a": 1}', name="f", id="same", index=0), piece('{"b": 2}', name="g", id="same", index=1)],
        [piece(None, name="f", index=0, id="1"), piece('{"a": 1}', index=0, id="2"), piece('{"b": 2}', name="g", index=1)],
        [piece('{"a"', name="f", id="x"), piece(": 1}", id="x"), piece('{"b": 2}', name="g", id="y")],
        [piece('{"a"', name="f", id="x"), piece(": 1}"), piece('{"b": 2}', name="g", id="y")],
        [piece("", name="f", index=0, id="x"), piece('"{\\"a\\": 1}"', index=0), piece('{"b": 2}', name="g", index=1)],
        [{}, None, piece('{"a": 1}', name="f", index=0, id="x"), piece('{"b": 2}', name="g", index=1, id="")],
    ],
    ids=[
        "as OpenAI", "one number", "one number, no ids", "no numbers, no ids", "objects", "one id", "ids of pieces",
        "ids, no numbers", "first id only", "JSON twice", "phantoms",
    ],
)  # fmt: skip
@pytest.mark.parametrize("end", ["tool_calls", "stop"])
@pytest.mark.parametrize("one_chunk", [True, False])
async def test_calls_of_every_kind_are_put_together(
    chat: ChatModel, server: OpenAiEmulator, pieces: Sequence[Any], end: str, one_chunk: bool
) -> None:
    chunks = [pieces] if one_chunk else [[one] for one in pieces]
    server.script = [*(chunk({"tool_calls": some}) for some in chunks), chunk({}, end), "[DONE]"]
    got = await events(chat)

    assert [(call.name, dict(call.arguments)) for call in calls(got)] == [("f", {"a": 1}), ("g", {"b": 2})]
    assert len({call.id for call in calls(got)}) == 2
    assert done(got).end is ChatEnd.CALLS


@pytest.mark.parametrize("same", [{"index": 0}, {}], ids=["one number", "no number"])
async def test_one_function_called_twice_without_ids_is_two_calls(
    chat: ChatModel, server: OpenAiEmulator, same: Mapping[str, int]
) -> None:
    pieces = [piece('{"a": 1}', name="f", **same), piece('{"a": 2}', name="f", **same)]  # type: ignore[arg-type]
    server.script = [chunk({"tool_calls": pieces}, "tool_calls"), "[DONE]"]

    assert [call.arguments for call in calls(await events(chat))] == [{"a": 1}, {"a": 2}]


@pytest.mark.parametrize(
    "arguments", ['{"a": ', "[1]", '"text"', "17", '{"a": NaN}', '{"a": 1e999}', "[" * 100_000], ids=lambda a: a[:9]
)
async def test_broken_arguments_are_a_bad_response(chat: ChatModel, server: OpenAiEmulator, arguments: str) -> None:
    server.script = [chunk({"tool_calls": [piece(arguments, name="f", index=0)]}, "tool_calls"), "[DONE]"]
    with pytest.raises(ProviderError, match="the arguments of f") as caught:
        await events(chat)
    assert caught.value.category is FailureCategory.BAD_RESPONSE


async def test_a_call_of_no_function_is_a_bad_response(chat: ChatModel, server: OpenAiEmulator) -> None:
    server.script = [chunk({"tool_calls": [piece('{"a": 1}', index=0, id="x")]}, "tool_calls"), "[DONE]"]
    with pytest.raises(ProviderError, match="no function"):
        await events(chat)


@pytest.mark.parametrize(
    ("script", "end"),
    [
        ([chunk({"content": "89"}, "stop")], ChatEnd.STOP),
        ([chunk({"content": "89"}), "[DONE]"], ChatEnd.STOP),
        ([chunk({"content": "89"}, "length")], ChatEnd.LENGTH),
        ([chunk({"content": "89"}, "content_filter")], ChatEnd.BLOCKED),
        ([chunk({"content": "89"}, "something_new")], ChatEnd.STOP),
        ([chunk({"content": "89"}), chunk({"refusal": "I cannot help."}, "stop")], ChatEnd.BLOCKED),
    ],
    ids=["no [DONE]", "no reason", "length", "filter", "new", "refusal"],
)
async def test_the_end_is_known_by_a_reason_or_by_done(
    chat: ChatModel, server: OpenAiEmulator, script: Sequence[Any], end: ChatEnd, meter: FakeMeter
) -> None:
    server.script = script
    got = await events(chat)

    assert text(got) == "89"
    assert done(got).end is end
    assert not done(got).use.measured
    assert not meter.uses[0].measured


@pytest.mark.parametrize(
    "odd",
    [
        {},
        {"choices": None},
        {"choices": [None]},
        {"choices": [{"delta": None}]},
        {"choices": [{"delta": {"content": 7, "tool_calls": "none", "role": []}}]},
        {"choices": {}, "usage": [], "model": 5, "error": None},
        {"usage": {"prompt_tokens": "many", "completion_tokens": -1, "cost": "NaN"}},
    ],
)
async def test_odd_chunks_do_no_harm(chat: ChatModel, server: OpenAiEmulator, odd: Mapping[str, Any]) -> None:
    server.script = [odd, chunk({"content": "89"}), odd, chunk({}, "stop"), odd, "[DONE]"]

    assert text(await events(chat)) == "89"


async def test_the_last_count_of_many_is_the_right_one(chat: ChatModel, server: OpenAiEmulator) -> None:
    counts = [{"prompt_tokens": 9, "completion_tokens": n} for n in (1, 2, 3)]
    server.script = [*(chunk({"content": "a"}, usage=count) for count in counts), chunk({}, "stop", usage=None)]

    use = done(await events(chat)).use
    assert (use.input_tokens, use.output_tokens, use.measured) == (9, 3, True)


async def test_what_broke_off_is_counted_as_far_as_it_was_told(
    chat: ChatModel, server: OpenAiEmulator, meter: FakeMeter
) -> None:
    server.script = [chunk({"content": "a"}, usage={"prompt_tokens": 900, "completion_tokens": 7, "cost": 0.002})]
    with pytest.raises(ProviderError):
        await events(chat)

    (use,) = meter.uses
    assert dict(use.units) == {"input_tokens": 900, "output_tokens": 7}
    assert (use.cost, use.measured) == (Cost(2000), False)


@pytest.mark.parametrize(
    ("failure", "category"),
    [
        (chunk({"content": ""}, "error", error={"code": 502, "message": "gone"}), FailureCategory.UNAVAILABLE),
        (chunk({"content": ""}, "error", error={"code": 429, "message": "gone"}), FailureCategory.RATE_LIMITED),
        (chunk({"content": ""}, "error", error={"code": "server_error"}), FailureCategory.UNAVAILABLE),
        (chunk({}, "error"), FailureCategory.UNAVAILABLE),
        ({"choices": [{"error": {"code": 403, "message": "no"}}]}, FailureCategory.AUTH),
        ({"error": "the runner stopped"}, FailureCategory.UNAVAILABLE),
        ({"error": {"message": "quota", "code": "insufficient_quota"}}, FailureCategory.QUOTA),
        ({"object": "error", "message": "no", "type": "BadRequestError", "code": 400}, FailureCategory.BAD_REQUEST),
        ({"error": {"message": 5, "type": None, "code": [1]}}, FailureCategory.UNAVAILABLE),
    ],
)
async def test_errors_in_the_middle_of_an_answer_are_named(
    chat: ChatModel, server: OpenAiEmulator, failure: Mapping[str, Any], category: FailureCategory
) -> None:
    server.script = [chunk({"content": "It "}), failure, chunk({"content": "costs"}, "stop")]
    with pytest.raises(ProviderError) as caught:
        await events(chat)
    assert caught.value.category is category


async def test_a_wrong_key_and_a_wrong_model_say_so(server: OpenAiEmulator) -> None:
    settings = OpenAi(base_url=server.base_url, chat_model="no-such-model")
    wrong = openai_chat(settings, "sk-wrong", FakeMeter(), CLOCK)
    with pytest.raises(ProviderError, match="Incorrect API key") as caught:
        await wrong.models()
    assert caught.value.category is FailureCategory.AUTH
    await wrong.aclose()
    with pytest.raises(ProviderError, match="does not exist") as caught:
        await closed(openai_chat(settings, KEY, FakeMeter(), CLOCK))
    assert caught.value.category is FailureCategory.BAD_REQUEST


async def test_a_key_that_a_server_repeats_is_shown_to_nobody() -> None:
    class Telltale(OpenAiEmulator):
        def refusal(self, fault: Fault) -> Refused:
            return Refused(401, {"error": {"message": "Incorrect API key provided: sk-wrong-0123.", "type": "x"}})

    async with Telltale() as server:
        chat = openai_chat(OpenAi(base_url=server.base_url), "sk-wrong-0123", FakeMeter(), CLOCK)
        for call in (chat.models(), events(chat)):
            with pytest.raises(ProviderError, match=r"Incorrect API key provided: \*\*\*") as caught:
                await call
            assert "sk-wrong" not in str(caught.value) + caught.value.detail
        await chat.aclose()


async def test_an_answer_that_is_no_stream_is_a_bad_response(meter: FakeMeter) -> None:
    class Whole(OpenAiEmulator):
        async def _chat(self, request: web.Request) -> web.StreamResponse:
            await request.read()
            return web.json_response({"choices": [{"message": {"content": "89"}, "finish_reason": "stop"}]})

    async with Whole() as server:
        with pytest.raises(ProviderError) as caught:
            await closed(openai_chat(OpenAi(base_url=server.base_url), KEY, meter, CLOCK))
    assert caught.value.category is FailureCategory.BAD_RESPONSE
    assert len(meter.uses) == 1
