"""llama.cpp as a ChatModel: a server somewhere, or one that the kiosk keeps as a child process.

Source: llama.cpp's server documentation (health, grammar, `cache_prompt`); it speaks OpenAI's chat completions. No live service
was called: the tests run a stand-in, the benchmark `tests/benchmarks/assistant` a real llama.cpp with a real model.
"""

from __future__ import annotations

import sys
from collections.abc import AsyncGenerator, Callable, Collection
from contextlib import aclosing
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

import structlog

from holo_app.errors import FailureCategory, ProviderError
from holo_app.ports.chat import ChatDone, ChatEnd, ChatEvent, ChatModel, ChatRequest
from holo_app.ports.llm import TextDelta
from holo_app.providers.http.client import Ask, HttpClient
from holo_app.providers.llamacpp.guided import GuidedReader, grammar, guided
from holo_app.providers.supervision.child import ChildSettings, SupervisedChild

log = structlog.get_logger(__name__)

NAME = "llamacpp"
Extra = tuple[tuple[str, object], ...]
Speak = Callable[[HttpClient, Extra], ChatModel]
"""Makes the model that talks to a client in OpenAI's dialect, with fields of llama.cpp's own in each request."""
Connect = Callable[[str], HttpClient]
"""Makes the client for an address (`http://127.0.0.1:4711/v1`)."""


class GuidedChat:
    """A ChatModel on one llama.cpp server; requests with tools are held to a grammar.

    client: closed with this. opening: tools that go with words (see `guided.grammar`).
    """

    def __init__(self, client: HttpClient, speak: Speak, opening: Collection[str] = ()) -> None:
        self._client = client
        self._speak = speak
        self._opening = frozenset(opening)

    @property
    def name(self) -> str:
        return self._client.provider

    async def stream(self, request: ChatRequest) -> AsyncGenerator[ChatEvent]:
        reader = GuidedReader()
        # a grammar even without tools: small models add markup whatever they are told
        extra: Extra = (("grammar", grammar(request.tools, self._opening)), ("cache_prompt", True))
        async with aclosing(self._speak(self._client, extra).stream(guided(request, self._opening))) as events:
            async for event in events:
                match event:
                    case TextDelta(text):
                        for piece in reader.push(text):
                            yield piece
                    case ChatDone():
                        for piece in reader.finish():
                            yield piece
                        yield replace(event, end=ChatEnd.CALLS) if reader.called else event
                    case _:
                        yield event

    async def models(self) -> list[str]:
        return await self._speak(self._client, ()).models()

    async def healthy(self) -> None:
        """Whether it can answer. Raises: ProviderError(UNAVAILABLE): it is not there, or still loads its model."""
        await self._client.json(Ask("health", method="GET"))

    async def aclose(self) -> None:
        await self._client.aclose()


@dataclass(frozen=True, slots=True)
class LocalModelSettings:
    """A model file and the process that runs it.

    model: a .gguf file. context: tokens. threads: 0: one for each core. patience_s: how long a question waits for a model
    that is not loaded: short, because others can answer it. load_timeout_s: for loading and the warm-up. server_command:
    starts the server (`holo_app.providers.llamacpp.server:main`); its options are added.
    """

    model: Path
    context: int = 4096
    threads: int = 0
    patience_s: float = 0.3
    load_timeout_s: float = 180.0
    server_command: tuple[str, ...] = (sys.executable, "-m", "holo_app.providers.llamacpp.server")


class LocalModelState(StrEnum):
    """How the local model is."""

    STOPPED = "stopped"
    LOADING = "loading"
    """Its file is being read, or it is started again after it died."""
    READY = "ready"


class LocalModelChat:
    """A ChatModel whose server is a child process, started by `start` or the first question, and again whenever it dies.

    Construct it on the event loop that it is used on. opening: as for GuidedChat.
    """

    def __init__(
        self, settings: LocalModelSettings, connect: Connect, speak: Speak, opening: Collection[str] = ()
    ) -> None:
        self._settings = settings
        self._opening = opening
        self._connect = connect
        self._speak = speak
        self._kept = ChildSettings(
            NAME, self._command(), start_timeout_s=settings.load_timeout_s, ping_every_s=10.0, ping_timeout_s=5.0
        )
        self._child = SupervisedChild(self._kept, self._ping, welcome=self._welcome)
        self._chat: GuidedChat | None = None
        self._warm: ChatRequest | None = None
        self._state = LocalModelState.STOPPED

    @property
    def name(self) -> str:
        return NAME

    @property
    def pid(self) -> int | None:
        """The process id, while one runs."""
        return self._child.pid

    @property
    def state(self) -> LocalModelState:
        """How it is, for staff."""
        if self._state is LocalModelState.READY and not self._child.is_ready:
            return LocalModelState.LOADING
        return self._state

    def start(self, warm_up: ChatRequest | None = None) -> None:
        """Begin to load; returns at once.

        warm_up: what it is asked first, each time that it was started, so that the instructions have been read when a
        customer comes; None: nothing.
        """
        self._warm = warm_up
        self._state = LocalModelState.LOADING if self._state is LocalModelState.STOPPED else self._state
        self._child.start()

    async def loaded(self) -> None:
        """Wait until it can answer. Raises: ProviderError(UNAVAILABLE): it cannot."""
        self.start(self._warm)
        await self._child.address(self._settings.load_timeout_s)

    async def stream(self, request: ChatRequest) -> AsyncGenerator[ChatEvent]:
        chat = await self._ready()
        try:
            async with aclosing(chat.stream(request)) as events:
                async for event in events:
                    yield event
        except ProviderError as error:
            if error.category is FailureCategory.UNAVAILABLE:
                self._child.suspect()
            raise

    async def models(self) -> list[str]:
        return await (await self._ready()).models()

    async def aclose(self) -> None:
        self._state = LocalModelState.STOPPED
        await self._child.aclose()
        if self._chat is not None:
            await self._chat.aclose()

    async def _ready(self) -> GuidedChat:
        self.start(self._warm)
        try:
            await self._child.address(self._settings.patience_s)
        except ProviderError as error:
            loading = f"the model is being loaded ({error.detail})"
            raise ProviderError(NAME, FailureCategory.UNAVAILABLE, loading) from error
        if self._chat is None:
            raise ProviderError(NAME, FailureCategory.UNAVAILABLE, "closed")
        return self._chat

    async def _welcome(self, address: str) -> None:
        """A new process is there: talk to it from now on, and let it read what every question begins with."""
        if self._chat is not None:
            await self._chat.aclose()
        self._chat = GuidedChat(self._connect(f"{address}/v1"), self._speak, self._opening)
        if self._warm is not None:
            try:
                async with aclosing(self._chat.stream(replace(self._warm, longest_tokens=1))) as events:
                    async for _ in events:
                        pass
            except ProviderError as error:
                log.warning("local_model_not_warm", category=error.category.value)
        self._state = LocalModelState.READY

    async def _ping(self, _: str) -> None:
        if self._chat is not None:
            await self._chat.healthy()

    def _command(self) -> tuple[str, ...]:
        settings = self._settings
        options = {"--model": settings.model, "--context": settings.context, "--threads": settings.threads}
        return (*settings.server_command, *(str(part) for option in options.items() for part in option))
