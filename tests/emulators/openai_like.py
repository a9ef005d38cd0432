"""Servers that speak OpenAI's dialect, each with its ways.

Source: the documentation of OpenRouter, Ollama and llama.cpp; vLLM's, and what is marked so, from general knowledge.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from aiohttp import web

from tests.emulators.faults import REFUSALS, Fault
from tests.emulators.openai import OpenAiEmulator
from tests.emulators.web import Refused

COST = 0.000123
_WAITING = ": OPENROUTER PROCESSING\n\n"


class OpenRouterEmulator(OpenAiEmulator):
    """Cost with the usage, comments while it waits, errors with a number for a code, and its own way to fail late."""

    _ERRORS: Mapping[Fault, tuple[int, str]] = {
        Fault.UNAUTHORIZED: (401, "No auth credentials found"),
        Fault.QUOTA: (402, "Insufficient credits"),
        Fault.RATE_LIMITED: (429, "Rate limit exceeded"),
        Fault.RATE_LIMITED_FOR: (429, "Rate limit exceeded"),
        Fault.BAD_REQUEST: (400, "No models provided"),
        Fault.SERVER_ERROR: (502, "Provider returned error"),
        Fault.OVERLOADED: (503, "No provider fits"),
    }

    @property
    def base_url(self) -> str:
        return super().base_url.removesuffix("/v1") + "/api/v1"

    def routes(self, router: web.UrlDispatcher) -> None:
        router.add_post("/api/v1/chat/completions", self._chat)
        router.add_get("/api/v1/models", self._open_models)
        router.add_get("/api/v1/key", self._key)

    def refusal(self, fault: Fault) -> Refused:
        status, message = self._ERRORS[fault]
        metadata = {"provider_name": "Azure"} if fault is Fault.SERVER_ERROR else {}
        return Refused(status, {"error": {"code": status, "message": message, "metadata": metadata}})

    def late_failure(self) -> Mapping[str, Any]:
        choice = {"index": 0, "delta": {"content": ""}, "finish_reason": "error"}
        error = {"code": 502, "message": "Provider disconnected"}
        return {**self._chunk([choice]), "provider": "Azure", "error": error}

    def framed(self, event: Mapping[str, Any] | str) -> bytes:
        return _WAITING.encode() + super().framed(event)

    def _usage(self) -> Mapping[str, Any]:
        return {**super()._usage(), "cost": COST, "cost_details": {"upstream_inference_cost": None}}

    async def _open_models(self, request: web.Request) -> web.StreamResponse:
        """Everybody may see them."""
        await self.record(request)
        return web.json_response({"data": [{"id": "openai/gpt-4o-mini"}, {"id": "anthropic/claude-haiku-4.5"}]})

    async def _key(self, request: web.Request) -> web.StreamResponse:
        await self.record(request)
        fault = await self.next_fault()
        if fault in REFUSALS:
            return self.refused(fault)
        if not self._authorised(request):
            return self.refused(Fault.UNAUTHORIZED)
        data = {"label": "sk-or-v1-123...", "limit": 5, "usage": 0.1, "limit_remaining": 4.9, "is_free_tier": False}
        return web.json_response({"data": data})


class _LocalEmulator(OpenAiEmulator):
    """Servers in the shop: whoever reaches them may ask, unless they were started with a key."""

    locked = False

    def _authorised(self, request: web.Request) -> bool:
        return not self.locked or super()._authorised(request)


class OllamaEmulator(_LocalEmulator):
    """It gives calls whole, in one piece, and names a model that nobody has pulled. pulled: its models."""

    pulled = ("llama3.2:latest",)

    def routes(self, router: web.UrlDispatcher) -> None:
        super().routes(router)
        router.add_post("/api/generate", self._generate)

    def refusal(self, fault: Fault) -> Refused:
        kinds = {
            Fault.BAD_REQUEST: (400, "invalid_request_error", "invalid message role"),
            Fault.SERVER_ERROR: (500, "api_error", "model runner has unexpectedly stopped"),
            Fault.OVERLOADED: (503, "api_error", "server busy, please try again. maximum pending requests exceeded"),
            Fault.UNAUTHORIZED: (401, "api_error", "unauthorized"),
        }
        status, kind, message = kinds[fault]
        return Refused(status, {"error": {"message": message, "type": kind, "param": None, "code": None}})

    def late_failure(self) -> Mapping[str, Any]:
        return {"error": {"message": "an error was encountered while running the model", "type": "api_error"}}

    def unknown_model(self, model: str) -> Refused | None:
        if not self._missing(model):
            return None
        message = f'model "{model}" not found, try pulling it first'
        return Refused(404, {"error": {"message": message, "type": "not_found_error", "param": None, "code": None}})

    async def _generate(self, request: web.Request) -> web.StreamResponse:
        """Ollama's own interface: without a prompt it only loads the model, and errors are plain texts."""
        asked = await self.record(request)
        if self._missing(asked.body["model"]):
            return web.json_response({"error": f"model '{asked.body['model']}' not found"}, status=404)
        return web.json_response({"model": asked.body["model"], "response": "", "done": True, "done_reason": "load"})

    def _missing(self, model: str) -> bool:
        return f"{model.removesuffix(':latest')}:latest" not in self.pulled

    def _call_pieces(self) -> list[Mapping[str, Any]]:
        return [
            {
                "index": place,
                "id": f"call_{place}abc",
                "type": "function",
                "function": {"name": name, "arguments": arguments},
            }
            for place, (name, arguments) in enumerate(self.calls)
        ]


class LlamaCppEmulator(_LocalEmulator):
    """Numbers for codes, timings, thoughts beside the answer, and 503 while it loads."""

    def refusal(self, fault: Fault) -> Refused:
        kinds = {
            Fault.UNAUTHORIZED: (401, "authentication_error", "Invalid API Key"),
            Fault.BAD_REQUEST: (400, "invalid_request_error", "Missing messages"),
            Fault.SERVER_ERROR: (500, "server_error", "Failed to parse input"),
            Fault.OVERLOADED: (503, "unavailable_error", "Loading model"),
        }
        status, kind, message = kinds[fault]
        return Refused(status, {"error": {"code": status, "message": message, "type": kind}})

    def late_failure(self) -> Mapping[str, Any]:
        return {"error": {"code": 500, "message": "Context shift failed", "type": "server_error"}}

    def _answer(self, body: Mapping[str, Any]) -> list[Mapping[str, Any] | str]:
        first, *rest = super()._answer(body)
        thoughts = [self._chunk([self._choice({"reasoning_content": piece})]) for piece in ("The customer ", "asks")]
        finished = [
            {**event, "timings": {"prompt_n": 120, "predicted_n": 12, "predicted_ms": 80.5}}
            if isinstance(event, Mapping) and event.get("usage")
            else event
            for event in rest
        ]
        return [first, *thoughts, *finished]


class VllmEmulator(_LocalEmulator):
    """Usage with every piece, thoughts in `reasoning`. old: errors at the top, and a new id with each piece of a call."""

    def __init__(self, text: str = "It costs £149 – naïve, but true.", calls: Sequence[tuple[str, str]] = ()) -> None:
        super().__init__(text, calls)
        self.old = False

    def refusal(self, fault: Fault) -> Refused:
        kinds = {
            Fault.BAD_REQUEST: (400, "BadRequestError", "This model's maximum context length is 4096 tokens."),
            Fault.SERVER_ERROR: (500, "InternalServerError", "EngineCore encountered an issue."),
            Fault.OVERLOADED: (503, "ServiceUnavailableError", "The engine is paused."),
        }
        if fault is Fault.UNAUTHORIZED:
            return Refused(401, {"error": "Unauthorized"})
        status, kind, message = kinds[fault]
        error = {"message": message, "type": kind, "param": None, "code": status}
        return Refused(status, {"object": "error", **error} if self.old else {"error": error})

    def late_failure(self) -> Mapping[str, Any]:
        error = {"message": "EngineCore died", "type": "InternalServerError", "param": None, "code": 500}
        return {"object": "error", **error} if self.old else {"error": error}

    def _answer(self, body: Mapping[str, Any]) -> list[Mapping[str, Any] | str]:
        first, *rest = super()._answer(body)
        counted = {"prompt_tokens": 120, "completion_tokens": 1, "total_tokens": 121}
        thought = {**self._chunk([self._choice({"reasoning": "Hm."})]), "usage": counted}
        return [first, thought, *rest]

    def _call_pieces(self) -> list[Mapping[str, Any]]:
        pieces = super()._call_pieces()
        if self.old:
            return [{**piece, "id": f"chatcmpl-tool-{at}"} for at, piece in enumerate(pieces)]
        return pieces
