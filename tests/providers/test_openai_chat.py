"""OpenAI's dialect: what is sent, what comes back from servers that bend it, and what their failures mean."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import aclosing
from typing import Any

import pytest
from aiohttp import web

from holo_app.bootstrap.clock import SystemClock
from holo_app.config.vendors import LlamaCpp, Ollama, OpenAi, OpenRouter, Vllm
from holo_app.domain.usage import Cost
from holo_app.errors import FailureCategory, ProviderError
from holo_app.ports.chat import (
    ChatDone,
    ChatEnd,
    ChatEvent,
    ChatModel,
    ChatRequest,
    ChatTool,
    CustomerSays,
    ModelSays,
    ToolCall,
    ToolResult,
    ToolsSay,
)
from holo_app.ports.llm import TextDelta
from holo_app.providers.http.failures import Refusal
from holo_app.providers.openai.failures import read_llamacpp, read_ollama, read_openrouter, read_refusal
from holo_app.providers.openai.servers import (
    Credit,
    llamacpp_chat,
    load_ollama_model,
    ollama_chat,
    openai_chat,
    openrouter_chat,
    openrouter_client,
    openrouter_credit,
    vllm_chat,
)
from tests.emulators.faults import Fault
from tests.emulators.openai import KEY, OpenAiEmulator
from tests.emulators.openai_like import LlamaCppEmulator, OllamaEmulator, OpenRouterEmulator, VllmEmulator
from tests.emulators.web import Refused
from tests.fakes.meter import FakeMeter

FIND = ChatTool("find_product", "Finds products.", {"type": "object", "properties": {"q": {"type": "string"}}})
QUESTION = ChatRequest("You sell watches.", (CustomerSays("How much is it?"),))
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


async def events(chat: ChatModel, request: ChatRequest = QUESTION) -> list[ChatEvent]:
    async with aclosing(chat.stream(request)) as stream:
        return [event async for event in stream]


async def closed(chat: ChatModel, request: ChatRequest = QUESTION) -> list[ChatEvent]:
    try:
        return await events(chat, request)
    finally:
        await chat.aclose()


def text(got: Sequence[ChatEvent]) -> str:
    return "".join(event.text for event in got if isinstance(event, TextDelta))


def calls(got: Sequence[ChatEvent]) -> list[ToolCall]:
    return [event for event in got if isinstance(event, ToolCall)]


def done(got: Sequence[ChatEvent]) -> ChatDone:
    assert isinstance(got[-1], ChatDone)
    return got[-1]


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


async def test_servers_in_the_shop_get_the_old_limit_and_may_be_kept_from_thinking() -> None:
    async with OllamaEmulator() as ollama, LlamaCppEmulator() as llamacpp, VllmEmulator() as vllm:
        quiet = Ollama(base_url=ollama.base_url, thinking=False)
        await closed(ollama_chat(quiet, "", FakeMeter(), CLOCK))
        await closed(llamacpp_chat(LlamaCpp(base_url=llamacpp.base_url, thinking=False), "", FakeMeter(), CLOCK))
        await closed(vllm_chat(Vllm(base_url=vllm.base_url), KEY, FakeMeter(), CLOCK))

    assert ollama.requests[0].body["reasoning_effort"] == "none"
    assert llamacpp.requests[0].body["chat_template_kwargs"] == {"enable_thinking": False}
    assert "chat_template_kwargs" not in vllm.requests[0].body
    assert all(emulator.requests[0].body["max_tokens"] == 400 for emulator in (ollama, llamacpp, vllm))
    assert "authorization" not in ollama.requests[0].headers
    assert vllm.requests[0].headers["authorization"] == f"Bearer {KEY}"


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


def refusal(status: int, body: Mapping[str, Any], **headers: str) -> Refusal:
    return Refusal(status, {name.replace("_", "-"): value for name, value in headers.items()}, body, "")


def error(message: str = "no", **fields: Any) -> Mapping[str, Any]:
    return {"error": {"message": message, **fields}}


@pytest.mark.parametrize(
    ("given", "category", "again_s"),
    [
        (refusal(429, error(code="insufficient_quota", type="insufficient_quota")), FailureCategory.QUOTA, None),
        (refusal(429, error(code="rate_limit_exceeded"), retry_after="7"), FailureCategory.RATE_LIMITED, 7),
        (refusal(429, error(code="rate_limit_exceeded"), retry_after_ms="250"), FailureCategory.RATE_LIMITED, 0.25),
        (
            refusal(429, error(), x_ratelimit_remaining_requests="0", x_ratelimit_reset_requests="1m30s",
                    x_ratelimit_remaining_tokens="9", x_ratelimit_reset_tokens="6h0m0s"),
            None, 90,
        ),
        (refusal(429, error(), x_ratelimit_remaining_tokens="0", x_ratelimit_reset_tokens="120ms"), None, 0.12),
        (refusal(429, error(), x_ratelimit_remaining_tokens="0", x_ratelimit_reset_tokens="soon"), None, 0),
        (refusal(401, {"error": "Unauthorized"}), None, None),
        (refusal(500, {}), None, None),
    ],
)  # fmt: skip
def test_refusals_are_read(given: Refusal, category: FailureCategory | None, again_s: float | None) -> None:
    read = read_refusal(given)
    assert read[0] is category
    assert read[2] == (pytest.approx(again_s) if again_s is not None else None)


def test_openrouter_says_who_failed_and_what_was_flagged() -> None:
    moderated = refusal(403, error("flagged", code=403, metadata={"reasons": ["violence"], "flagged_input": "…"}))
    assert read_openrouter(moderated) == (FailureCategory.BAD_REQUEST, "flagged (violence)", None)
    failed = refusal(502, error("Provider returned error", code=502, metadata={"provider_name": "Azure"}))
    assert read_openrouter(failed) == (None, "Provider returned error (Azure)", None)
    assert read_openrouter(refusal(403, error("forbidden", code=403)))[0] is None


def test_a_model_that_ollama_has_not_pulled_is_named_with_the_remedy() -> None:
    said = read_ollama("qwen3:4b")(refusal(404, error('model "qwen3:4b" not found, try pulling it first')))
    assert said == (None, 'it has no model "qwen3:4b": run "ollama pull qwen3:4b" on its machine', None)
    assert read_ollama("qwen3:4b")(refusal(404, {"error": "page not found"}))[1] == "page not found"


def test_a_llamacpp_without_tools_is_not_asked_again() -> None:
    told = refusal(500, error("tools param requires --jinja flag", code=500, type="server_error"))
    assert read_llamacpp(told)[0] is FailureCategory.BAD_REQUEST
    loading = refusal(503, error("Loading model", code=503, type="unavailable_error"))
    assert read_llamacpp(loading)[0] is FailureCategory.UNAVAILABLE


async def test_ollama_without_the_model_fails_with_the_remedy_and_loads_what_it_has() -> None:
    async with OllamaEmulator() as server:
        missing = Ollama(base_url=server.base_url, chat_model="qwen3:4b")
        for call in (closed(ollama_chat(missing, "", FakeMeter(), CLOCK)), load_ollama_model(missing, "")):
            with pytest.raises(ProviderError, match='run "ollama pull qwen3:4b"') as caught:
                await call
            assert caught.value.category is FailureCategory.BAD_REQUEST
        await load_ollama_model(Ollama(base_url=server.base_url), "")

    assert server.requests[-1].path == "/api/generate"
    assert server.requests[-1].body == {"model": "llama3.2", "stream": False, "keep_alive": "30m"}


async def test_vllm_of_old_is_understood() -> None:
    async with VllmEmulator(calls=[("find_product", '{"q": "tea"}')]) as server:
        server.old = True
        request = ChatRequest("", QUESTION.messages, (FIND,))
        got = await closed(vllm_chat(Vllm(base_url=server.base_url), "", FakeMeter(), CLOCK), request)

    assert [(call.name, call.arguments) for call in calls(got)] == [("find_product", {"q": "tea"})]


async def test_openrouters_key_is_tried_before_its_open_list_and_its_credit_is_read() -> None:
    async with OpenRouterEmulator() as server:
        settings = OpenRouter(base_url=server.base_url, reasoning_effort="low")
        wrong = openrouter_chat(settings, "sk-or-wrong", FakeMeter(), CLOCK)
        with pytest.raises(ProviderError, match="No auth credentials") as caught:
            await wrong.models()
        assert caught.value.category is FailureCategory.AUTH
        await wrong.aclose()
        client = openrouter_client(settings, KEY)
        assert await openrouter_credit(client) == Credit(used=0.1, left=4.9, free_tier=False)
        await client.aclose()
        await closed(openrouter_chat(settings, KEY, FakeMeter(), CLOCK))

    asked = server.requests[-1]
    assert asked.headers["x-title"] == "Holo"
    assert asked.body["reasoning"] == {"effort": "low", "exclude": True}
    assert asked.body["max_tokens"] == 2448


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
