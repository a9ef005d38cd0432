"""llama.cpp's server, as far as the kiosk uses it. Source: llama.cpp's server documentation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aiohttp import web

from tests.emulators.faults import Fault
from tests.emulators.openai import OpenAiEmulator
from tests.emulators.web import Refused

_KINDS = {
    Fault.UNAUTHORIZED: (401, "authentication_error", "Invalid API Key"),
    Fault.QUOTA: (402, "invalid_request_error", "There is no quota here, but there may be before it."),
    Fault.RATE_LIMITED: (429, "invalid_request_error", "Too many requests, says what stands before it."),
    Fault.RATE_LIMITED_FOR: (429, "invalid_request_error", "Too many requests, says what stands before it."),
    Fault.BAD_REQUEST: (400, "invalid_request_error", "Failed to parse grammar"),
    Fault.SERVER_ERROR: (500, "server_error", "Context size has been exceeded."),
    Fault.OVERLOADED: (503, "unavailable_error", "Loading model"),
}


class LlamaCppEmulator(OpenAiEmulator):
    """Writes `text`, calls in lines of their own included. Its error codes are numbers; no key is asked for."""

    def routes(self, router: web.UrlDispatcher) -> None:
        super().routes(router)
        router.add_get("/v1/health", self._health)

    def refusal(self, fault: Fault) -> Refused:
        status, kind, message = _KINDS[fault]
        return Refused(status, {"error": {"code": status, "message": message, "type": kind}})

    def late_failure(self) -> Mapping[str, Any]:
        return {"error": {"code": 500, "message": "Context size has been exceeded.", "type": "server_error"}}

    async def _health(self, request: web.Request) -> web.StreamResponse:
        await self.record(request)
        fault = await self.next_fault()
        return self.refused(fault) if fault is not None else web.json_response({"status": "ok"})

    def _authorised(self, request: web.Request) -> bool:
        return True
