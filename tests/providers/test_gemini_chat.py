"""Gemini: what is sent, its signatures, its ends and what its failures mean."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest

from holo_app.bootstrap.clock import SystemClock
from holo_app.config.vendors import Gemini
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
from holo_app.providers.gemini.body import gemini_body
from holo_app.providers.gemini.chat import gemini_chat, vertex_chat
from holo_app.providers.gemini.failures import read_refusal
from holo_app.providers.http.failures import Refusal
from tests.emulators.faults import Fault
from tests.emulators.gemini import KEY, LOCATION, MODEL, SIGNATURE, GeminiEmulator, VertexEmulator
from tests.emulators.google_tokens import PROJECT, account_json
from tests.fakes.meter import FakeMeter
from tests.providers.chatting import FIND, HOURS, QUESTION, calls, done, events, text

CLOCK = SystemClock()
CALLS = [("find_product", {"q": "tea"}), ("opening_hours", {})]


@pytest.fixture
async def server() -> AsyncIterator[GeminiEmulator]:
    async with GeminiEmulator(calls=CALLS) as emulator:
        yield emulator


@pytest.fixture
def meter() -> FakeMeter:
    return FakeMeter()


@pytest.fixture
async def chat(server: GeminiEmulator, meter: FakeMeter) -> AsyncIterator[ChatModel]:
    made = gemini_chat(Gemini(base_url=server.base_url), KEY, meter, CLOCK)
    yield made
    await made.aclose()


def chunk(*parts: Mapping[str, Any], finish: str = "", **other: Any) -> Mapping[str, Any]:
    candidate: dict[str, Any] = {"content": {"role": "model", "parts": list(parts)}}
    return {"candidates": [{**candidate, **({"finishReason": finish} if finish else {})}], **other}


def test_a_whole_conversation_is_written_as_it_should_be() -> None:
    signed, beside = (
        ToolCall("c1", "find_product", {"q": "tea"}, seal=f"gemini:{SIGNATURE}"),
        ToolCall("c2", "opening_hours"),
    )
    messages = (
        ModelSays("Welcome!"),
        CustomerSays("Tea?"),
        ModelSays("Let me see.", (signed, beside)),
        ToolsSay((ToolResult(signed, '{"items":[]}'), ToolResult(beside, "closed for repair", failed=True))),
    )
    request = ChatRequest("You sell tea.", messages, (FIND, HOURS), temperature=0.7, longest_tokens=90)

    assert gemini_body(request, "gemini-2.5-flash", 128) == {
        "systemInstruction": {"parts": [{"text": "You sell tea."}]},
        "contents": [
            {"role": "user", "parts": [{"text": "(A customer comes up to you.)"}]},
            {"role": "model", "parts": [{"text": "Welcome!"}]},
            {"role": "user", "parts": [{"text": "Tea?"}]},
            {
                "role": "model",
                "parts": [
                    {"text": "Let me see."},
                    {
                        "functionCall": {"id": "c1", "name": "find_product", "args": {"q": "tea"}},
                        "thoughtSignature": SIGNATURE,
                    },
                    {"functionCall": {"id": "c2", "name": "opening_hours", "args": {}}},
                ],
            },
            {
                "role": "user",
                "parts": [
                    {
                        "functionResponse": {
                            "id": "c1",
                            "name": "find_product",
                            "response": {"output": '{"items":[]}'},
                        }
                    },
                    {
                        "functionResponse": {
                            "id": "c2",
                            "name": "opening_hours",
                            "response": {"error": "closed for repair"},
                        }
                    },
                ],
            },
        ],
        "tools": [
            {
                "functionDeclarations": [
                    {
                        "name": "find_product",
                        "description": "Finds products.",
                        "parametersJsonSchema": {"type": "object", "properties": {"q": {"type": "string"}}},
                    },
                    {"name": "opening_hours", "description": "When the shop is open."},
                ]
            }
        ],
        "generationConfig": {
            "temperature": 0.7,
            "maxOutputTokens": 218,
            "thinkingConfig": {"includeThoughts": False, "thinkingBudget": 128},
        },
    }


@pytest.mark.parametrize(
    ("model", "budget", "thinking", "limit"),
    [
        (MODEL, 0, {"thinkingBudget": 0}, 400),
        (MODEL, 1000, {"thinkingBudget": 1000}, 1400),
        (MODEL, -1, None, 4496),
        ("gemini-flash-latest", 0, {"thinkingLevel": "MINIMAL"}, 4496),
        ("gemma-3-27b-it", 0, {"thinkingBudget": 0}, 400),
        ("gemini-3.8-flash", 0, {"thinkingLevel": "MINIMAL"}, 4496),
        ("gemini-3-pro-preview", 0, {"thinkingLevel": "LOW"}, 4496),
        ("gemini-3-pro-preview", 2000, {"thinkingLevel": "LOW"}, 4496),
        ("gemini-3-pro-preview", 9000, {"thinkingLevel": "HIGH"}, 9400),
        ("gemini-3-pro-preview", -1, None, 4496),
    ],
)
def test_each_generation_is_told_in_its_own_way_how_much_to_think(
    model: str, budget: int, thinking: Mapping[str, Any] | None, limit: int
) -> None:
    config = gemini_body(QUESTION, model, budget)["generationConfig"]
    expected = {} if thinking is None else {"thinkingConfig": {"includeThoughts": False, **thinking}}
    assert config == {"maxOutputTokens": limit, **expected}


@pytest.mark.parametrize(
    ("model", "signature"),
    [
        ("gemini-3.8-flash", "skip_thought_signature_validator"),
        ("gemini-3-pro-preview", "skip_thought_signature_validator"),
        ("gemini-2.5-flash", None),
        ("gemma-3-27b", None),
    ],
)
def test_another_models_calls_are_excused_once_a_message_where_signatures_are_wanted(
    model: str, signature: str | None
) -> None:
    foreign = (ToolCall("call_1", "find_product", seal="anthropic:[]"), ToolCall("call_2", "opening_hours"))
    contents = gemini_body(ChatRequest("", (CustomerSays("Tea?"), ModelSays("", foreign))), model, 0)["contents"]

    assert [part.get("thoughtSignature") for part in contents[1]["parts"]] == [signature, None]


async def test_the_signature_goes_back_with_its_call_and_made_up_ids_do_not(server: GeminiEmulator) -> None:
    settings = Gemini(base_url=server.base_url, chat_model="models/gemini-3-flash", api_version="v1")
    chat = gemini_chat(settings, KEY, FakeMeter(), CLOCK)
    asked = ChatRequest("", QUESTION.messages, (FIND, HOURS))
    made = tuple(calls(await events(chat, asked)))
    results = ToolsSay(tuple(ToolResult(call, "{}") for call in made))
    assert text(await events(chat, ChatRequest("", (*asked.messages, ModelSays("", made), results), asked.tools)))
    await chat.aclose()

    assert [call.seal for call in made] == [f"gemini:{SIGNATURE}", ""]
    assert server.requests[1].path == "/v1/models/gemini-3-flash:streamGenerateContent"
    contents = server.requests[1].body["contents"]
    assert contents[1]["parts"][0] == {
        "functionCall": {"name": "find_product", "args": {"q": "tea"}},
        "thoughtSignature": SIGNATURE,
    }
    assert contents[2]["parts"][0] == {"functionResponse": {"name": "find_product", "response": {"output": "{}"}}}


async def test_the_makers_ids_are_kept(chat: ChatModel, server: GeminiEmulator) -> None:
    server.script = [chunk({"functionCall": {"id": "fc-9", "name": "f"}}, finish="STOP")]
    got = await events(chat)

    assert calls(got) == [ToolCall("fc-9", "f", {})]
    assert done(got).end is ChatEnd.CALLS


async def test_the_key_stands_in_a_header_only(chat: ChatModel, server: GeminiEmulator) -> None:
    await events(chat)

    assert server.requests[0].headers["x-goog-api-key"] == KEY
    assert dict(server.requests[0].query) == {"alt": "sse"}


async def test_counts_are_the_last_ones_with_thoughts(chat: ChatModel, server: GeminiEmulator) -> None:
    counts = {
        "promptTokenCount": 10,
        "toolUsePromptTokenCount": 5,
        "thoughtsTokenCount": 4,
        "cachedContentTokenCount": 6,
    }
    server.script = [
        chunk({"text": "8"}, usageMetadata={**counts, "candidatesTokenCount": 1}),
        chunk({"text": "9"}, usageMetadata={**counts, "candidatesTokenCount": 2}, finish="STOP", modelVersion="g-002"),
    ]
    last = done(await events(chat))

    assert (last.use.input_tokens, last.use.output_tokens, last.use.cached_tokens) == (15, 6, 6)
    assert last.model == "g-002"


@pytest.mark.parametrize(
    ("last", "end"),
    [
        (chunk(finish="MAX_TOKENS"), ChatEnd.LENGTH),
        (chunk(finish="SAFETY"), ChatEnd.BLOCKED),
        (chunk(finish="PROHIBITED_CONTENT"), ChatEnd.BLOCKED),
        (chunk(finish="OTHER"), ChatEnd.STOP),
        (chunk(finish="OF_TOMORROW"), ChatEnd.STOP),
        ({"promptFeedback": {"blockReason": "SAFETY"}}, ChatEnd.BLOCKED),
    ],
)
async def test_each_end_is_named(
    chat: ChatModel, server: GeminiEmulator, last: Mapping[str, Any], end: ChatEnd
) -> None:
    server.script = [chunk({"text": "thinking", "thought": True}, {"text": "89"}), last]
    got = await events(chat)

    assert text(got) == "89"
    assert done(got).end is end


@pytest.mark.parametrize("only", [{"promptFeedback": {"blockReason": "BLOCKLIST"}}, chunk(finish="OTHER")])
async def test_a_blocked_question_is_an_answer_without_words(
    chat: ChatModel, server: GeminiEmulator, meter: FakeMeter, only: Mapping[str, Any]
) -> None:
    server.script = [only]

    assert [type(event) for event in await events(chat)] == [ChatDone]
    assert len(meter.uses) == 1


@pytest.mark.parametrize(
    ("last", "category"),
    [
        (chunk(finish="MALFORMED_FUNCTION_CALL"), FailureCategory.BAD_RESPONSE),
        (chunk(finish="UNEXPECTED_TOOL_CALL"), FailureCategory.BAD_RESPONSE),
        (chunk(finish="MISSING_THOUGHT_SIGNATURE"), FailureCategory.BAD_REQUEST),
        (chunk({"functionCall": {"args": {}}}, finish="STOP"), FailureCategory.BAD_RESPONSE),
        (chunk({"functionCall": {"name": "f", "args": [1]}}, finish="STOP"), FailureCategory.BAD_RESPONSE),
        ({"error": {"code": 429, "status": "RESOURCE_EXHAUSTED"}}, FailureCategory.RATE_LIMITED),
        ({"error": {"code": 504}}, FailureCategory.TIMEOUT),
        ({"error": "gone"}, FailureCategory.UNAVAILABLE),
    ],
)
async def test_answers_that_fail_late_are_named(
    chat: ChatModel, server: GeminiEmulator, last: Mapping[str, Any], category: FailureCategory
) -> None:
    server.script = [chunk({"text": "It "}), last]
    with pytest.raises(ProviderError) as caught:
        await events(chat)
    assert caught.value.category is category


@pytest.mark.parametrize(
    "odd",
    [
        {},
        {"candidates": None},
        {"candidates": [{"content": None, "finishReason": None}]},
        {"candidates": [{"content": {"parts": [None, 7, {"text": 5}, {"executableCode": {}}]}}]},
        {"usageMetadata": "none", "promptFeedback": {}, "modelVersion": 5},
    ],
)
async def test_odd_chunks_do_no_harm(chat: ChatModel, server: GeminiEmulator, odd: Mapping[str, Any]) -> None:
    server.script = [odd, chunk({"text": "89"}), odd, chunk(finish="STOP")]

    assert text(await events(chat)) == "89"


def error(code: int, status: str, *details: Mapping[str, Any]) -> Refusal:
    body = {"error": {"code": code, "status": status, "message": "no", "details": list(details)}}
    return Refusal(code, {}, body, json.dumps(body))


WAIT = {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "1.5s"}


@pytest.mark.parametrize(
    ("refusal", "category", "again_s"),
    [
        (error(429, "RESOURCE_EXHAUSTED", WAIT), FailureCategory.RATE_LIMITED, 1.5),
        (error(503, "UNAVAILABLE", WAIT), FailureCategory.UNAVAILABLE, 1.5),
        (error(429, "RESOURCE_EXHAUSTED", {"violations": [{"quotaId": "RequestsPerMinute"}]}, WAIT),
         FailureCategory.RATE_LIMITED, 1.5),
        (error(429, "RESOURCE_EXHAUSTED", {"violations": [{"quotaId": "RequestsPerDay-Free"}]}, WAIT),
         FailureCategory.QUOTA, None),
        (error(400, "INVALID_ARGUMENT", {"reason": "API_KEY_INVALID"}), FailureCategory.AUTH, None),
        (error(400, "INVALID_ARGUMENT"), None, None),
        (error(400, "FAILED_PRECONDITION"), FailureCategory.AUTH, None),
        (error(403, "PERMISSION_DENIED", {"reason": "BILLING_DISABLED"}), FailureCategory.QUOTA, None),
        (error(429, "RESOURCE_EXHAUSTED", {**WAIT, "retryDelay": "soon"}), FailureCategory.RATE_LIMITED, None),
        (Refusal(503, {}, {}, '[{"error": {"status": "UNAVAILABLE", "message": "no"}}]'), FailureCategory.UNAVAILABLE, None),
        (Refusal(502, {}, {}, "<html>"), None, None),
    ],
)  # fmt: skip
def test_refusals_are_read(refusal: Refusal, category: FailureCategory | None, again_s: float | None) -> None:
    read = read_refusal(refusal)
    assert (read[0], read[2]) == (category, again_s)


async def test_the_list_goes_on_over_pages_and_leaves_out_what_cannot_answer(chat: ChatModel) -> None:
    assert await chat.models() == ["gemini-2.5-flash", "gemini-3-flash"]


async def test_vertex_asks_for_a_new_token_where_one_was_revoked() -> None:
    async with VertexEmulator() as server:
        settings = Gemini(vertex_base_url=server.base_url, vertex_location=LOCATION)
        chat = vertex_chat(settings, account_json(f"{server.base_url}/token"), FakeMeter(), CLOCK)
        for call in (lambda: events(chat), chat.models):
            await events(chat)
            server.desk.issued.clear()
            with pytest.raises(ProviderError) as caught:
                await call()
            assert caught.value.category is FailureCategory.AUTH
            assert text(await events(chat)) == server.text
        await chat.aclose()

    path = f"/v1beta1/projects/{PROJECT}/locations/{LOCATION}/publishers/google/models/{MODEL}:streamGenerateContent"
    assert server.requests[-1].path == path


async def test_vertex_keeps_its_token_over_other_failures() -> None:
    async with VertexEmulator() as server:
        settings = Gemini(vertex_base_url=server.base_url, vertex_location=LOCATION)
        chat = vertex_chat(settings, account_json(f"{server.base_url}/token"), FakeMeter(), CLOCK)
        server.fail_next(Fault.OVERLOADED)
        with pytest.raises(ProviderError):
            await events(chat)
        await events(chat)
        await chat.aclose()

    assert len(server.desk.issued) == 1


def test_vertex_without_a_project_says_so() -> None:
    with pytest.raises(ProviderError, match="name a project") as caught:
        vertex_chat(Gemini(), account_json("https://oauth2.googleapis.com/token", project_id=None), FakeMeter(), CLOCK)
    assert caught.value.category is FailureCategory.AUTH
