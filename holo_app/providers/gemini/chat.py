"""Google's Gemini, streamed, by an API key or through Vertex.

Source: google-genai 3.4.0 and ai.google.dev. No live service was called: the tests speak to an emulator, and so does the
makers' own client.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass

from holo_app.config.vendors import Gemini
from holo_app.errors import FailureCategory, ProviderError
from holo_app.ports.chat import ChatDone, ChatEnd, ChatEvent, ChatRequest, ChatUse, ToolCall
from holo_app.ports.clock import Clock
from holo_app.ports.llm import TextDelta
from holo_app.ports.meter import Meter
from holo_app.providers.chat_metering import Counted
from holo_app.providers.gemini.body import MADE_UP, OURS, gemini_body
from holo_app.providers.gemini.failures import read_refusal, stream_failure
from holo_app.providers.google_tokens.account import service_account
from holo_app.providers.google_tokens.tokens import GoogleTokens
from holo_app.providers.http.client import Ask, HttpClient
from holo_app.providers.http.json_values import JsonObject, count_in, inside, list_in, text_in
from holo_app.providers.tool_arguments import tool_arguments

_VERTEX_VERSION = "v1beta1"
_LONGEST_LIST = 1000
_PAGES = 10
_ENDS = {
    "STOP": ChatEnd.STOP,
    "MAX_TOKENS": ChatEnd.LENGTH,
    **dict.fromkeys(
        ("SAFETY", "RECITATION", "LANGUAGE", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII", "MODEL_ARMOR"), ChatEnd.BLOCKED
    ),
}
_FAILURES = {
    "MALFORMED_FUNCTION_CALL": FailureCategory.BAD_RESPONSE,
    "UNEXPECTED_TOOL_CALL": FailureCategory.BAD_RESPONSE,
    "TOO_MANY_TOOL_CALLS": FailureCategory.BAD_RESPONSE,
    "MALFORMED_RESPONSE": FailureCategory.BAD_RESPONSE,
    "MISSING_THOUGHT_SIGNATURE": FailureCategory.BAD_REQUEST,
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where the models are. folder: the path before a model's name. list: the path of the list of them, list_key: its key."""

    folder: str
    list: str
    list_key: str


class GeminiChat:
    """A ChatModel. client: with the API key in its headers, where there is one; else tokens. Both are closed with this.

    thinking_budget: tokens that it may think before it speaks; -1: its own choice.
    """

    def __init__(
        self,
        client: HttpClient,
        place: Place,
        model: str,
        meter: Meter,
        clock: Clock,
        *,
        tokens: GoogleTokens | None = None,
        thinking_budget: int = 0,
    ) -> None:
        self._client = client
        self._place = place
        self._model = model.removeprefix("models/")
        self._meter = meter
        self._clock = clock
        self._tokens = tokens
        self._thinking_budget = thinking_budget

    @property
    def name(self) -> str:
        return self._client.provider

    async def stream(self, request: ChatRequest) -> AsyncGenerator[ChatEvent]:
        with Counted(self._meter, self._clock, self.name, self._model, request) as counted:
            answer = _Answer(self.name, self._model, counted)
            headers = await self._headers()
            ask = Ask(
                f"{self._place.folder}/{self._model}:streamGenerateContent",
                gemini_body(request, self._model, self._thinking_budget),
                query={"alt": "sse"},
                headers=headers,
            )
            try:
                async with self._client.events(ask) as chunks:
                    counted.begun = True
                    async for chunk in chunks:
                        if text := answer.push(chunk):
                            yield TextDelta(text)
            except ProviderError as error:
                self._distrust(error, headers)
                raise
            for event in answer.whole():
                yield event

    async def models(self) -> list[str]:
        headers = await self._headers()
        found: set[str] = set()
        query: dict[str, str | int | float | bool | None] = {"pageSize": _LONGEST_LIST}
        for _ in range(_PAGES):
            ask = Ask(self._place.list, method="GET", query=query, headers=headers)
            try:
                answer = await self._client.json(ask)
            except ProviderError as error:
                self._distrust(error, headers)
                raise
            found.update(filter(None, map(_chat_model, list_in(answer, self._place.list_key))))
            token = text_in(answer, "nextPageToken")
            if not token:
                break
            query = {**query, "pageToken": token}
        return sorted(found)

    async def aclose(self) -> None:
        await self._client.aclose()
        if self._tokens is not None:
            await self._tokens.aclose()

    async def _headers(self) -> dict[str, str]:
        return {} if self._tokens is None else {"authorization": f"Bearer {await self._tokens.bearer()}"}

    def _distrust(self, error: ProviderError, headers: dict[str, str]) -> None:
        """A token may be revoked before its time."""
        if self._tokens is not None and error.category is FailureCategory.AUTH:
            self._tokens.forget(headers["authorization"].removeprefix("Bearer "))


class _Answer:
    """One answer as it grows."""

    def __init__(self, provider: str, model: str, counted: Counted) -> None:
        self._provider = provider
        self._model = model
        self._counted = counted
        self._calls: list[ToolCall] = []
        self._end = ChatEnd.STOP
        self._use: ChatUse | None = None
        self._said = False

    def push(self, chunk: JsonObject) -> str:
        """Enter a chunk: the text in it that is to be said. Raises: ProviderError."""
        if chunk.get("error"):
            raise stream_failure(self._provider, chunk)
        self._model = text_in(chunk, "modelVersion") or self._model
        if isinstance(usage := chunk.get("usageMetadata"), dict):
            self._use = _use(usage)
            self._counted.told(self._use)
        candidate = inside(chunk, "candidates", 0)
        text = "".join(map(self._part, list_in(candidate, "content", "parts")))
        self._said = self._said or bool(text)
        if text_in(chunk, "promptFeedback", "blockReason"):
            self._counted.ended, self._end = True, ChatEnd.BLOCKED
        if reason := text_in(candidate, "finishReason"):
            self._finish(reason, text_in(candidate, "finishMessage"))
        return text

    def whole(self) -> list[ChatEvent]:
        """What is left to say once the stream is over. Raises: ProviderError."""
        if not self._counted.ended:
            raise ProviderError(self._provider, FailureCategory.CANCELLED_BY_PEER, "the answer has no end")
        use = self._counted.settled(self._use, self._model)
        return [*self._calls, ChatDone(ChatEnd.CALLS if self._calls else self._end, use, self._model)]

    def _part(self, part: object) -> str:
        text = text_in(part, "text")
        self._counted.said(text)
        if isinstance(call := inside(part, "functionCall"), dict):
            name = text_in(call, "name")
            if not name:
                raise ProviderError(self._provider, FailureCategory.BAD_RESPONSE, "a call names no function")
            signature = text_in(part, "thoughtSignature")
            self._calls.append(
                ToolCall(
                    text_in(call, "id") or f"{MADE_UP}{len(self._calls)}",
                    name,
                    tool_arguments(self._provider, name, call.get("args")),
                    seal=f"{OURS}{signature}" if signature else "",
                )
            )
        return "" if inside(part, "thought") is True else text

    def _finish(self, reason: str, message: str) -> None:
        self._counted.ended = True
        if reason in _FAILURES:
            raise ProviderError(self._provider, _FAILURES[reason], message[:200] or reason)
        # OTHER, and what is new: it was kept from saying more; where it said nothing, that is all there is to know
        self._end = _ENDS.get(reason, ChatEnd.STOP if self._said else ChatEnd.BLOCKED)


def gemini_chat(settings: Gemini, key: str, meter: Meter, clock: Clock) -> GeminiChat:
    """Gemini by an API key."""
    client = HttpClient("gemini", settings.base_url, {"x-goog-api-key": key}, read=read_refusal)
    models = f"{settings.api_version}/models"
    place = Place(models, models, "models")
    return GeminiChat(client, place, settings.chat_model, meter, clock, thinking_budget=settings.thinking_budget)


def vertex_chat(settings: Gemini, account: str, meter: Meter, clock: Clock) -> GeminiChat:
    """Gemini through Vertex. account: a service account's JSON. Raises: ProviderError(AUTH): it is none, or of no project."""
    found = service_account("vertex", account)
    project, location = settings.vertex_project or found.project, settings.vertex_location
    if not project:
        raise ProviderError("vertex", FailureCategory.AUTH, "neither the account nor the settings name a project")
    region = "" if location == "global" else f"{location}-"
    client = HttpClient(
        "vertex", settings.vertex_base_url or f"https://{region}aiplatform.googleapis.com", read=read_refusal
    )
    makers = "publishers/google/models"
    place = Place(
        f"{_VERTEX_VERSION}/projects/{project}/locations/{location}/{makers}",
        f"{_VERTEX_VERSION}/{makers}",
        "publisherModels",
    )
    return GeminiChat(
        client,
        place,
        settings.chat_model,
        meter,
        clock,
        tokens=GoogleTokens("vertex", found, clock),
        thinking_budget=settings.thinking_budget,
    )


def _chat_model(entry: object) -> str:
    """Its name, where it can answer."""
    methods = inside(entry, "supportedGenerationMethods")
    if isinstance(methods, list) and "generateContent" not in methods:
        return ""
    return text_in(entry, "name").rpartition("/")[2]


def _use(usage: JsonObject) -> ChatUse:
    """The counts are of all so far, not of one piece."""
    return ChatUse(
        input_tokens=count_in(usage, "promptTokenCount") + count_in(usage, "toolUsePromptTokenCount"),
        output_tokens=count_in(usage, "candidatesTokenCount") + count_in(usage, "thoughtsTokenCount"),
        cached_tokens=count_in(usage, "cachedContentTokenCount"),
    )
