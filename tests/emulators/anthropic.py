"""Anthropic's service, as far as the kiosk uses it. Source: anthropic 2.11.0 and the platform's release notes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from aiohttp import web

from tests.emulators.faults import REFUSALS, Fault
from tests.emulators.web import Emulator, Refused, sse

KEY = "sk-ant-emulated-0123456789"
MODEL = "claude-haiku-4-5"
NEW_VERSION = "2026-10-21"
_VERSIONS = frozenset({"2023-06-01", NEW_VERSION})
_NOT_IN_NEW = frozenset({"temperature", "top_p", "top_k"})
_ERRORS = {
    Fault.UNAUTHORIZED: (401, "authentication_error", "invalid x-api-key"),
    Fault.QUOTA: (402, "billing_error", "Your billing needs attention."),
    Fault.RATE_LIMITED: (429, "rate_limit_error", "This request would exceed your rate limit."),
    Fault.RATE_LIMITED_FOR: (429, "rate_limit_error", "This request would exceed your rate limit."),
    Fault.BAD_REQUEST: (400, "invalid_request_error", "max_tokens: Field required"),
    Fault.SERVER_ERROR: (500, "api_error", "Internal server error"),
    Fault.OVERLOADED: (529, "overloaded_error", "Overloaded"),
}


class AnthropicEmulator(Emulator):
    """Says `text`, or calls `calls` (name, JSON text) first where tools are offered and no result is there yet.

    script: the events of the next answers, in place of those.
    """

    def __init__(self, text: str = "It costs £149 – naïve, but true.", calls: Sequence[tuple[str, str]] = ()) -> None:
        super().__init__()
        self.text = text
        self.calls = list(calls)
        self.script: Sequence[Mapping[str, Any]] | None = None

    def routes(self, router: web.UrlDispatcher) -> None:
        router.add_post("/v1/messages", self._messages)
        router.add_get("/v1/models", self._models)

    def refusal(self, fault: Fault) -> Refused:
        status, kind, message = _ERRORS[fault]
        return Refused(status, {"type": "error", "error": {"type": kind, "message": message}, "request_id": "req_1"})

    def late_failure(self) -> Mapping[str, Any]:
        return {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}

    def framed(self, event: Mapping[str, Any] | str) -> bytes:
        return sse(event, "" if isinstance(event, str) else str(event["type"]))

    async def _models(self, request: web.Request) -> web.StreamResponse:
        await self.record(request)
        fault = await self.next_fault()
        if fault in REFUSALS:
            return self.refused(fault)
        if not self._authorised(request):
            return self.refused(Fault.UNAUTHORIZED)
        models = [
            {"type": "model", "id": name, "display_name": name, "created_at": "2025-10-01T00:00:00Z"}
            for name in (MODEL, "claude-opus-4-6")
        ]
        return web.json_response({"data": models, "has_more": False, "first_id": MODEL, "last_id": "claude-opus-4-6"})

    async def _messages(self, request: web.Request) -> web.StreamResponse:
        asked = await self.record(request)
        fault = await self.next_fault()
        if fault in REFUSALS:
            return self.refused(fault)
        if not self._authorised(request):
            return self.refused(Fault.UNAUTHORIZED)
        if not self._valid(request, asked.body):
            return self.refused(Fault.BAD_REQUEST)
        events = self._answer(asked.body) if self.script is None else self.script
        return await self.stream(request, fault, [self.framed(event) for event in events], "text/event-stream")

    def _authorised(self, request: web.Request) -> bool:
        return request.headers.get("x-api-key") == KEY or request.headers.get("authorization") == f"Bearer {KEY}"

    def _valid(self, request: web.Request, body: Mapping[str, Any]) -> bool:
        version = request.headers.get("anthropic-version")
        if version not in _VERSIONS or "max_tokens" not in body:
            return False
        return version != NEW_VERSION or not _NOT_IN_NEW & body.keys()

    def _answer(self, body: Mapping[str, Any]) -> list[Mapping[str, Any]]:
        last = body["messages"][-1]["content"]
        answered = isinstance(last, list) and any(block["type"] == "tool_result" for block in last)
        calling = bool(body.get("tools")) and bool(self.calls) and not answered
        blocks = self._called() if calling else self._spoken()
        return [
            self._start(),
            *blocks,
            {
                "type": "message_delta",
                "delta": {"stop_reason": "tool_use" if calling else "end_turn", "stop_sequence": None},
                "usage": {"output_tokens": 12},
            },
            {"type": "message_stop"},
        ]

    def _spoken(self) -> list[Mapping[str, Any]]:
        words = self.text.split(" ")
        pieces = [word + " " for word in words[:-1]] + words[-1:]
        deltas = [{"type": "text_delta", "text": piece} for piece in pieces]
        return [*_block(0, {"type": "text", "text": ""}, deltas[:1]), {"type": "ping"}, *_more(0, deltas[1:])]

    def _called(self) -> list[Mapping[str, Any]]:
        events: list[Mapping[str, Any]] = []
        for place, (name, arguments) in enumerate(self.calls):
            half = len(arguments) // 2
            pieces = ["", arguments[:half], arguments[half:]]
            block = {"type": "tool_use", "id": f"toolu_{place}", "name": name, "input": {}}
            deltas = [{"type": "input_json_delta", "partial_json": piece} for piece in pieces]
            events += [*_block(place, block, deltas[:1]), *_more(place, deltas[1:])]
        return events

    @staticmethod
    def _start() -> Mapping[str, Any]:
        usage = {
            "input_tokens": 50,
            "cache_creation_input_tokens": 6,
            "cache_read_input_tokens": 64,
            "output_tokens": 1,
        }
        message: dict[str, Any] = {
            "id": "msg_1",
            "type": "message",
            "role": "assistant",
            "model": f"{MODEL}-20251001",
            "content": [],
            "stop_reason": None,
            "stop_sequence": None,
            "usage": usage,
        }
        return {"type": "message_start", "message": message}


def _block(place: int, block: Mapping[str, Any], deltas: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The beginning of a block."""
    start = {"type": "content_block_start", "index": place, "content_block": block}
    return [start, *({"type": "content_block_delta", "index": place, "delta": delta} for delta in deltas)]


def _more(place: int, deltas: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The rest of it."""
    grown = [{"type": "content_block_delta", "index": place, "delta": delta} for delta in deltas]
    return [*grown, {"type": "content_block_stop", "index": place}]
