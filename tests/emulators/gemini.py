"""Gemini's service, by an API key or through Vertex. Source: google-genai 3.4.0 and ai.google.dev."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from aiohttp import web

from tests.emulators.faults import REFUSALS, WAIT_S, Fault
from tests.emulators.google_tokens import PROJECT, TokenDesk
from tests.emulators.web import Emulator, Recorded, Refused

KEY = "AIzaSyEmulated-0123456789"
MODEL = "gemini-2.5-flash"
SIGNATURE = "QUJDREVGRw=="
LOCATION = "europe-west1"
_MAKERS = "publishers/google/models"
_RPC = "type.googleapis.com/google.rpc."
_WAIT = {"@type": f"{_RPC}RetryInfo", "retryDelay": f"{WAIT_S:g}s"}
_DAY = {
    "@type": f"{_RPC}QuotaFailure",
    "violations": [{"quotaMetric": "requests", "quotaId": "GenerateRequestsPerDayPerProjectPerModel"}],
}
_BAD_KEY = {"@type": f"{_RPC}ErrorInfo", "reason": "API_KEY_INVALID", "domain": "googleapis.com"}
_ERRORS: Mapping[Fault, tuple[int, str, str, Sequence[Mapping[str, Any]]]] = {
    Fault.QUOTA: (429, "RESOURCE_EXHAUSTED", "You exceeded your current quota.", [_DAY, _WAIT]),
    Fault.RATE_LIMITED: (429, "RESOURCE_EXHAUSTED", "Resource exhausted.", []),
    Fault.RATE_LIMITED_FOR: (429, "RESOURCE_EXHAUSTED", "Resource exhausted.", [_WAIT]),
    Fault.BAD_REQUEST: (400, "INVALID_ARGUMENT", "Invalid JSON payload received.", []),
    Fault.SERVER_ERROR: (500, "INTERNAL", "An internal error has occurred.", []),
    Fault.OVERLOADED: (503, "UNAVAILABLE", "The model is overloaded.", []),
}
_NO_KEY: tuple[int, str, str, Sequence[Mapping[str, Any]]] = (
    400,
    "INVALID_ARGUMENT",
    "API key not valid. Please pass a valid API key.",
    [_BAD_KEY],
)


class GeminiEmulator(Emulator):
    """Says `text`, or calls `calls` (name, arguments) first where functions are declared and no result is there yet.

    script: the chunks of the next answers, in place of those.
    """

    def __init__(
        self, text: str = "It costs £149 – naïve, but true.", calls: Sequence[tuple[str, Mapping[str, Any]]] = ()
    ) -> None:
        super().__init__()
        self.text = text
        self.calls = list(calls)
        self.script: Sequence[Mapping[str, Any]] | None = None

    def routes(self, router: web.UrlDispatcher) -> None:
        for version in ("v1", "v1beta"):
            router.add_get(f"/{version}/models", self._models)
            router.add_post(f"/{version}/models/{{model}}:streamGenerateContent", self._generate)

    def refusal(self, fault: Fault) -> Refused:
        status, name, message, details = _ERRORS.get(fault) or self._unauthorised()
        error = {"code": status, "message": message, "status": name, "details": list(details)}
        return Refused(status, {"error": error})

    def late_failure(self) -> Mapping[str, Any]:
        return {"error": {"code": 503, "message": "The model is overloaded.", "status": "UNAVAILABLE"}}

    def framed(self, event: Mapping[str, Any] | str) -> bytes:
        return super().framed(event).replace(b"\n\n", b"\r\n\r\n")

    def refused(self, fault: Fault) -> web.Response:
        response = super().refused(fault)
        response.headers.popall("retry-after", None)  # it stands in the body alone
        return response

    def _unauthorised(self) -> tuple[int, str, str, Sequence[Mapping[str, Any]]]:
        return _NO_KEY

    def _authorised(self, request: web.Request) -> bool:
        return request.headers.get("x-goog-api-key") == KEY

    def _listed(self) -> Mapping[str, Any]:
        return {
            "models": [
                {"name": f"models/{MODEL}", "supportedGenerationMethods": ["generateContent", "countTokens"]},
                {"name": "models/gemini-embedding-001", "supportedGenerationMethods": ["embedContent"]},
            ],
            "nextPageToken": "more",
        }

    def _rest(self) -> Mapping[str, Any]:
        return {"models": [{"name": "models/gemini-3-flash", "supportedGenerationMethods": ["generateContent"]}]}

    async def _models(self, request: web.Request) -> web.StreamResponse:
        asked = await self.record(request)
        if (refused := await self._turned_away(request)) is not None:
            return refused
        return web.json_response(self._rest() if asked.query.get("pageToken") == "more" else self._listed())

    async def _turned_away(self, request: web.Request) -> web.StreamResponse | None:
        fault = await self.next_fault()
        if fault in REFUSALS:
            return self.refused(fault)
        return None if self._authorised(request) else self.refused(Fault.UNAUTHORIZED)

    async def _generate(self, request: web.Request) -> web.StreamResponse:
        asked = await self.record(request)
        fault = await self.next_fault()
        if fault in REFUSALS:
            return self.refused(fault)
        if not self._authorised(request):
            return self.refused(Fault.UNAUTHORIZED)
        if asked.query.get("alt") != "sse" or not self._valid(asked):
            return self.refused(Fault.BAD_REQUEST)
        chunks = self._answer(asked.body) if self.script is None else self.script
        return await self.stream(request, fault, [self.framed(chunk) for chunk in chunks], "text/event-stream")

    @staticmethod
    def _valid(asked: Recorded) -> bool:
        """Gemini 3 wants signatures, and levels of thinking in place of tokens."""
        third = "gemini-3" in asked.path
        config = _field(asked.body, "generationConfig", "generation_config") or {}
        thinking = _field(config, "thinkingConfig", "thinking_config") or {}
        wrong = ("thinkingBudget", "thinking_budget") if third else ("thinkingLevel", "thinking_level")
        return _field(thinking, *wrong) is None and (not third or _signed(asked.body))

    def _answer(self, body: Mapping[str, Any]) -> list[Mapping[str, Any]]:
        calling = bool(body.get("tools")) and bool(self.calls) and not _has_result(body)
        if calling:
            parts: list[dict[str, Any]] = [
                {"functionCall": {"name": name, "args": dict(args)}} for name, args in self.calls
            ]
            parts[0]["thoughtSignature"] = SIGNATURE
        else:
            words = self.text.split(" ")
            parts = [{"text": piece} for piece in [*(word + " " for word in words[:-1]), words[-1]]]
        chunks: list[Mapping[str, Any]] = [self._chunk([{"text": "The customer wants", "thought": True}], 0)]
        chunks += [self._chunk([part], at + 1) for at, part in enumerate(parts)]
        chunks.append(self._chunk([{"text": "", "thoughtSignature": SIGNATURE}], 9, "STOP"))
        return chunks

    @staticmethod
    def _chunk(parts: Sequence[Mapping[str, Any]], answered: int, finish: str | None = None) -> dict[str, Any]:
        candidate: dict[str, Any] = {"content": {"role": "model", "parts": list(parts)}, "index": 0}
        if finish is not None:
            candidate["finishReason"] = finish
        return {
            "candidates": [candidate],
            "usageMetadata": {
                "promptTokenCount": 120,
                "candidatesTokenCount": answered,
                "thoughtsTokenCount": 3,
                "cachedContentTokenCount": 64,
                "totalTokenCount": 123 + answered,
            },
            "modelVersion": f"{MODEL}-001",
            "responseId": "r1",
        }


class VertexEmulator(GeminiEmulator):
    """The same through Vertex, with the token server beside it, which never goes wrong."""

    def __init__(
        self, text: str = "It costs £149 – naïve, but true.", calls: Sequence[tuple[str, Mapping[str, Any]]] = ()
    ) -> None:
        super().__init__(text, calls)
        self.desk = TokenDesk()

    def routes(self, router: web.UrlDispatcher) -> None:
        router.add_post("/token", self.desk.answer)
        router.add_get(f"/v1beta1/{_MAKERS}", self._models)
        folder = f"/v1beta1/projects/{PROJECT}/locations/{LOCATION}/{_MAKERS}"
        router.add_post(f"{folder}/{{model}}:streamGenerateContent", self._generate)

    def _unauthorised(self) -> tuple[int, str, str, Sequence[Mapping[str, Any]]]:
        return 401, "UNAUTHENTICATED", "Request had invalid authentication credentials.", []

    def _authorised(self, request: web.Request) -> bool:
        return self.desk.knows(request)

    def _listed(self) -> Mapping[str, Any]:
        return {"publisherModels": [{"name": f"{_MAKERS}/{MODEL}"}, {"name": f"{_MAKERS}/gemini-3-flash"}]}


def _field(owner: Mapping[str, Any], camel: str, snake: str) -> Any:
    """The service takes both spellings."""
    return owner.get(camel, owner.get(snake))


def _has_result(body: Mapping[str, Any]) -> bool:
    return any(_field(part, "functionResponse", "function_response") for part in body["contents"][-1].get("parts", []))


def _signed(body: Mapping[str, Any]) -> bool:
    """Whether the first call of each message of the model bears a signature."""
    for content in body["contents"]:
        calls = [part for part in content["parts"] if _field(part, "functionCall", "function_call")]
        if calls and not _field(calls[0], "thoughtSignature", "thought_signature"):
            return False
    return True
