"""The servers that speak OpenAI's dialect: their ways, and what their refusals mean."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from holo_app.bootstrap.clock import SystemClock
from holo_app.config.vendors import LlamaCpp, Ollama, OpenRouter, Vllm
from holo_app.errors import FailureCategory, ProviderError
from holo_app.ports.chat import ChatRequest
from holo_app.providers.http.failures import Refusal
from holo_app.providers.openai.failures import read_llamacpp, read_ollama, read_openrouter, read_refusal
from holo_app.providers.openai.servers import (
    Credit,
    llamacpp_chat,
    load_ollama_model,
    ollama_chat,
    openrouter_chat,
    openrouter_client,
    openrouter_credit,
    vllm_chat,
)
from tests.emulators.openai import KEY
from tests.emulators.openai_like import LlamaCppEmulator, OllamaEmulator, OpenRouterEmulator, VllmEmulator
from tests.fakes.meter import FakeMeter
from tests.providers.chatting import FIND, QUESTION, calls, closed

CLOCK = SystemClock()


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
