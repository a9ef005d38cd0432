"""OpenAI's service, as far as the kiosk uses it. Source: OpenAI's OpenAPI description 2.3.0."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from aiohttp import web

from tests.emulators.faults import REFUSALS, Fault
from tests.emulators.web import Emulator, Refused, sse

KEY = "sk-emulated-0123456789abcdef"
MODEL = "gpt-4o-mini"
_ERRORS = {
    Fault.UNAUTHORIZED: (401, "invalid_request_error", "invalid_api_key", "Incorrect API key provided."),
    Fault.QUOTA: (429, "insufficient_quota", "insufficient_quota", "You exceeded your current quota."),
    Fault.RATE_LIMITED: (429, "requests", "rate_limit_exceeded", "Rate limit reached."),
    Fault.RATE_LIMITED_FOR: (429, "requests", "rate_limit_exceeded", "Rate limit reached."),
    Fault.BAD_REQUEST: (400, "invalid_request_error", None, "Unknown parameter."),
    Fault.SERVER_ERROR: (500, "server_error", None, "The server had an error."),
    Fault.OVERLOADED: (503, "server_error", None, "Overloaded."),
}


class OpenAiEmulator(Emulator):
    """Says `text`, or calls `calls` (name, JSON text) first where tools are offered and no result is there yet.

    script: the events of the next answers, in place of those; for what others make of this protocol.
    """

    def __init__(self, text: str = "It costs £149 – naïve, but true.", calls: Sequence[tuple[str, str]] = ()) -> None:
        super().__init__()
        self.text = text
        self.calls = list(calls)
        self.script: Sequence[Mapping[str, Any] | str] | None = None

    def routes(self, router: web.UrlDispatcher) -> None:
        router.add_post("/v1/chat/completions", self._chat)
        router.add_get("/v1/models", self._models)

    @property
    def base_url(self) -> str:
        return f"{super().base_url}/v1"

    def refusal(self, fault: Fault) -> Refused:
        status, kind, code, message = _ERRORS[fault]
        return Refused(status, {"error": {"message": message, "type": kind, "param": None, "code": code}})

    def late_failure(self) -> Mapping[str, Any]:
        return {"error": {"message": "The server had an error.", "type": "server_error", "param": None, "code": None}}

    def unknown_event(self) -> Mapping[str, Any]:
        return {**self._chunk([]), "obfuscation": "aBcD", "new_field": {"x": [1]}}

    def unknown_model(self, model: str) -> Refused | None:
        """How it refuses a model that it does not have."""
        if model != "no-such-model":
            return None
        message = f"The model `{model}` does not exist or you do not have access to it."
        error = {"message": message, "type": "invalid_request_error", "param": None, "code": "model_not_found"}
        return Refused(404, {"error": error})

    async def _models(self, request: web.Request) -> web.StreamResponse:
        await self.record(request)
        fault = await self.next_fault()
        if fault in REFUSALS:
            return self.refused(fault)
        if not self._authorised(request):
            return self.refused(Fault.UNAUTHORIZED)
        return web.json_response({"object": "list", "data": [{"id": MODEL, "object": "model"}, {"id": "gpt-5"}]})

    async def _chat(self, request: web.Request) -> web.StreamResponse:
        asked = await self.record(request)
        fault = await self.next_fault()
        if fault in REFUSALS:
            return self.refused(fault)
        if not self._authorised(request):
            return self.refused(Fault.UNAUTHORIZED)
        if (unknown := self.unknown_model(asked.body["model"])) is not None:
            return web.json_response(dict(unknown.body), status=unknown.status)
        events = self._answer(asked.body) if self.script is None else self.script
        return await self.stream(request, fault, [sse(event) for event in events], "text/event-stream")

    def _authorised(self, request: web.Request) -> bool:
        return request.headers.get("authorization") == f"Bearer {KEY}"

    def _answer(self, body: Mapping[str, Any]) -> list[Mapping[str, Any] | str]:
        answered = any(message["role"] == "tool" for message in body["messages"])
        calling = bool(body.get("tools")) and bool(self.calls) and not answered
        chunks: list[Mapping[str, Any] | str] = [self._chunk([self._choice({"role": "assistant", "content": ""})])]
        if calling:
            chunks += [self._chunk([self._choice({"tool_calls": [piece]})]) for piece in self._call_pieces()]
        else:
            words = self.text.split(" ")
            pieces = [word + " " for word in words[:-1]] + words[-1:]
            chunks += [self._chunk([self._choice({"content": piece})]) for piece in pieces]
        chunks.append(self._chunk([self._choice({}, "tool_calls" if calling else "stop")]))
        if body.get("stream_options", {}).get("include_usage"):
            chunks.append({**self._chunk([]), "usage": self._usage()})
        return [*chunks, "[DONE]"]

    def _call_pieces(self) -> list[Mapping[str, Any]]:
        pieces: list[Mapping[str, Any]] = []
        for index, (name, arguments) in enumerate(self.calls):
            half = len(arguments) // 2
            opening = {"name": name, "arguments": ""}
            pieces.append({"index": index, "id": f"call_{index}", "type": "function", "function": opening})
            pieces += [
                {"index": index, "function": {"arguments": part}} for part in (arguments[:half], arguments[half:])
            ]
        return pieces

    def _usage(self) -> Mapping[str, Any]:
        return {
            "prompt_tokens": 120,
            "completion_tokens": 12,
            "total_tokens": 132,
            "prompt_tokens_details": {"cached_tokens": 64, "audio_tokens": 0},
            "completion_tokens_details": {"reasoning_tokens": 0},
        }

    @staticmethod
    def _choice(delta: Mapping[str, Any], finish: str | None = None) -> Mapping[str, Any]:
        return {"index": 0, "delta": delta, "finish_reason": finish, "logprobs": None}

    @staticmethod
    def _chunk(choices: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        return {
            "id": "chatcmpl-1",
            "object": "chat.completion.chunk",
            "created": 1_790_000_000,
            "model": f"{MODEL}-2024-07-18",
            "choices": list(choices),
        }
