"""The makers' own clients, unmodified, talk to the emulators: these follow the wire, not our client."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from tests.emulators.anthropic import KEY as ANTHROPIC_KEY
from tests.emulators.anthropic import MODEL as ANTHROPIC_MODEL
from tests.emulators.anthropic import AnthropicEmulator
from tests.emulators.faults import Fault
from tests.emulators.gemini import KEY as GEMINI_KEY
from tests.emulators.gemini import LOCATION, SIGNATURE, GeminiEmulator, VertexEmulator
from tests.emulators.gemini import MODEL as GEMINI_MODEL
from tests.emulators.google_tokens import PROJECT, account_json
from tests.emulators.openai import KEY, MODEL, OpenAiEmulator
from tests.emulators.openai_like import LlamaCppEmulator, OllamaEmulator, OpenRouterEmulator, VllmEmulator

CALLS = [("find_product", '{"q": "tea"}'), ("opening_hours", "{}")]
PARAMETERS: dict[str, Any] = {"type": "object", "properties": {"q": {"type": "string"}}}
TOOLS = [{"type": "function", "function": {"name": "find_product", "description": "Finds.", "parameters": PARAMETERS}}]
MESSAGES = [{"role": "user", "content": "How much is it?"}]
SERVERS: list[tuple[Callable[..., OpenAiEmulator], str]] = [
    (OpenAiEmulator, MODEL),
    (OpenRouterEmulator, "openai/gpt-4o-mini"),
    (OllamaEmulator, "llama3.2"),
    (LlamaCppEmulator, "default"),
    (VllmEmulator, "default"),
]


@asynccontextmanager
async def openai_client(emulator: OpenAiEmulator, **options: Any) -> AsyncIterator[Any]:
    openai = pytest.importorskip("openai")
    async with openai.AsyncOpenAI(api_key=KEY, base_url=emulator.base_url, **options) as client:
        yield client


@pytest.mark.parametrize(("server", "model"), SERVERS, ids=lambda value: getattr(value, "__name__", ""))
async def test_openais_client_streams_text_and_usage(server: Callable[..., OpenAiEmulator], model: str) -> None:
    async with server() as emulator, openai_client(emulator) as client:
        stream = await client.chat.completions.create(
            model=model, messages=MESSAGES, stream=True, stream_options={"include_usage": True}
        )
        chunks = [chunk async for chunk in stream]
        listed = [entry.id async for entry in await client.models.list()]

    choices = [choice for chunk in chunks for choice in chunk.choices]
    assert "".join(choice.delta.content or "" for choice in choices) == emulator.text
    assert [choice.finish_reason for choice in choices if choice.finish_reason] == ["stop"]
    assert chunks[-1].usage.total_tokens == 132
    assert chunks[-1].usage.prompt_tokens_details.cached_tokens == 64
    assert len(listed) == 2


@pytest.mark.parametrize(("server", "model"), SERVERS, ids=lambda value: getattr(value, "__name__", ""))
async def test_openais_client_puts_calls_together(server: Callable[..., OpenAiEmulator], model: str) -> None:
    async with (
        server(calls=CALLS) as emulator,
        openai_client(emulator) as client,
        client.chat.completions.stream(model=model, messages=MESSAGES, tools=TOOLS) as stream,
    ):
        completion = await stream.get_final_completion()

    calls = completion.choices[0].message.tool_calls
    assert [(call.function.name, json.loads(call.function.arguments)) for call in calls] == [
        ("find_product", {"q": "tea"}),
        ("opening_hours", {}),
    ]


async def test_openais_client_names_the_failures() -> None:
    openai = pytest.importorskip("openai")
    async with OpenAiEmulator() as emulator, openai_client(emulator, max_retries=0) as client:

        async def ask() -> None:
            stream = await client.chat.completions.create(model=MODEL, messages=MESSAGES, stream=True)
            async for _ in stream:
                pass

        for fault, error, code in (
            (Fault.UNAUTHORIZED, openai.AuthenticationError, "invalid_api_key"),
            (Fault.QUOTA, openai.RateLimitError, "insufficient_quota"),
            (Fault.RATE_LIMITED_FOR, openai.RateLimitError, "rate_limit_exceeded"),
            (Fault.BAD_REQUEST, openai.BadRequestError, None),
            (Fault.OVERLOADED, openai.InternalServerError, None),
            (Fault.FAILS_LATE, openai.APIError, None),
        ):
            emulator.fail_next(fault)
            with pytest.raises(error) as caught:
                await ask()
            assert caught.value.code == code


async def test_openais_client_asks_again_after_a_429() -> None:
    async with OpenAiEmulator() as emulator, openai_client(emulator, max_retries=1) as client:
        emulator.fail_next(Fault.RATE_LIMITED)
        assert [entry.id async for entry in await client.models.list()] == [MODEL, "gpt-5"]
        assert len(emulator.requests) == 2


@asynccontextmanager
async def anthropic_client(emulator: AnthropicEmulator, **options: Any) -> AsyncIterator[Any]:
    anthropic = pytest.importorskip("anthropic")
    async with anthropic.AsyncAnthropic(api_key=ANTHROPIC_KEY, base_url=emulator.base_url, **options) as client:
        yield client


async def test_anthropics_client_streams_text_and_calls() -> None:
    tools = [{"name": "find_product", "description": "Finds.", "input_schema": PARAMETERS}]
    async with AnthropicEmulator(calls=CALLS) as emulator, anthropic_client(emulator) as client:
        async with client.messages.stream(model=ANTHROPIC_MODEL, max_tokens=90, messages=MESSAGES) as stream:
            text = "".join([piece async for piece in stream.text_stream])
            usage = (await stream.get_final_message()).usage
        async with client.messages.stream(
            model=ANTHROPIC_MODEL, max_tokens=90, messages=MESSAGES, tools=tools
        ) as stream:
            called = await stream.get_final_message()
        listed = [entry.id async for entry in await client.models.list()]

    assert text == emulator.text
    assert (usage.input_tokens, usage.cache_read_input_tokens, usage.output_tokens) == (50, 64, 12)
    assert called.stop_reason == "tool_use"
    assert [(block.name, block.input) for block in called.content] == [
        ("find_product", {"q": "tea"}),
        ("opening_hours", {}),
    ]
    assert listed == [ANTHROPIC_MODEL, "claude-opus-4-6"]


async def test_anthropics_client_names_the_failures_and_asks_again() -> None:
    anthropic = pytest.importorskip("anthropic")
    async with AnthropicEmulator() as emulator, anthropic_client(emulator, max_retries=0) as client:

        async def ask(asking: Any) -> str:
            async with asking.messages.stream(model=ANTHROPIC_MODEL, max_tokens=90, messages=MESSAGES) as stream:
                return "".join([piece async for piece in stream.text_stream])

        for fault, error in (
            (Fault.UNAUTHORIZED, anthropic.AuthenticationError),
            (Fault.RATE_LIMITED_FOR, anthropic.RateLimitError),
            (Fault.BAD_REQUEST, anthropic.BadRequestError),
            (Fault.OVERLOADED, anthropic.InternalServerError),
            (Fault.FAILS_LATE, anthropic.APIStatusError),
        ):
            emulator.fail_next(fault)
            with pytest.raises(error):
                await ask(client)
        emulator.fail_next(Fault.OVERLOADED)
        assert await ask(client.with_options(max_retries=1)) == emulator.text


# its client is built on aiohttp in a way that aiohttp discourages
of_google = pytest.mark.filterwarnings("ignore:Inheritance class AiohttpClientSession:DeprecationWarning")


@asynccontextmanager
async def gemini_client(**options: Any) -> AsyncIterator[Any]:
    genai = pytest.importorskip("google.genai")
    client = genai.Client(**options)
    try:
        yield client.aio
    finally:
        await client.aio.aclose()
        client.close()


async def gemini_answer(client: Any, **config: Any) -> list[Any]:
    stream = await client.models.generate_content_stream(model=GEMINI_MODEL, contents="How much?", config=config)
    return [chunk async for chunk in stream]


@of_google
async def test_geminis_client_streams_text_and_calls() -> None:
    pytest.importorskip("google.genai")
    declared = [{"function_declarations": [{"name": "find_product", "parameters_json_schema": PARAMETERS}]}]
    async with (
        GeminiEmulator(calls=[("find_product", {"q": "tea"})]) as emulator,
        gemini_client(api_key=GEMINI_KEY, http_options={"base_url": emulator.base_url}) as client,
    ):
        spoken = await gemini_answer(client)
        called = await gemini_answer(client, tools=declared)

    assert "".join(chunk.text or "" for chunk in spoken) == emulator.text
    assert spoken[-1].usage_metadata.total_token_count == 132
    assert spoken[-1].candidates[0].finish_reason == "STOP"
    parts = [part for chunk in called for part in chunk.candidates[0].content.parts if part.function_call]
    assert [(part.function_call.name, part.function_call.args) for part in parts] == [("find_product", {"q": "tea"})]
    assert parts[0].thought_signature == b"ABCDEFG"
    assert SIGNATURE == "QUJDREVGRw=="


@of_google
async def test_geminis_client_names_the_failures() -> None:
    errors = pytest.importorskip("google.genai.errors")
    async with (
        GeminiEmulator() as emulator,
        gemini_client(api_key=GEMINI_KEY, http_options={"base_url": emulator.base_url}) as client,
    ):
        for fault, error, code in (
            (Fault.UNAUTHORIZED, errors.ClientError, 400),
            (Fault.RATE_LIMITED_FOR, errors.ClientError, 429),
            (Fault.OVERLOADED, errors.ServerError, 503),
            (Fault.FAILS_LATE, errors.ServerError, 503),
        ):
            emulator.fail_next(fault)
            with pytest.raises(error) as caught:
                await gemini_answer(client)
            assert caught.value.code == code


@of_google
async def test_googles_own_credentials_open_vertex() -> None:
    pytest.importorskip("google.genai")
    pytest.importorskip("requests")
    service_account = pytest.importorskip("google.oauth2.service_account")
    async with VertexEmulator() as emulator:
        credentials = service_account.Credentials.from_service_account_info(
            json.loads(account_json(f"{emulator.base_url}/token")),
            scopes=["https://www.googleapis.com/auth/cloud-platform"],
        )
        async with gemini_client(
            vertexai=True,
            project=PROJECT,
            location=LOCATION,
            credentials=credentials,
            http_options={"base_url": emulator.base_url},
        ) as client:
            spoken = await gemini_answer(client)

    assert "".join(chunk.text or "" for chunk in spoken) == emulator.text
    assert len(emulator.desk.issued) == 1
