"""A llama.cpp server whose model writes what a grammar allows. Source: llama.cpp's server documentation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aiohttp import web

from tests.emulators.openai_like import LlamaCppEmulator


class GuidedEmulator(LlamaCppEmulator):
    """Writes `calls` in lines of their own, where the grammar lets it look something up and it has not done so yet."""

    def routes(self, router: web.UrlDispatcher) -> None:
        super().routes(router)
        router.add_get("/v1/health", self._health)

    async def _health(self, request: web.Request) -> web.StreamResponse:
        await self.record(request)
        fault = await self.next_fault()
        return self.refused(fault) if fault is not None else web.json_response({"status": "ok"})

    def _answer(self, body: Mapping[str, Any]) -> list[Mapping[str, Any] | str]:
        looked_up = any(message["content"].startswith("@") for message in body["messages"])
        if not self.calls or looked_up or "\nlook ::=" not in body["grammar"]:
            return super()._answer(body)
        text, self.text = self.text, "\n".join(f"@{name} {arguments or '{}'}" for name, arguments in self.calls)
        try:
            return super()._answer(body)
        finally:
            self.text = text
