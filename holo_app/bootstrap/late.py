"""What a kiosk can do without for its first seconds: loaded in the background, and waited for by whoever needs it first."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing
from typing import Generic, Protocol, TypeVar

from holo_app.bootstrap.answers import Answers
from holo_app.dialogue.deadlines import StageDeadlines
from holo_app.dialogue.punctual import PunctualRetriever
from holo_app.domain.conversation import Message
from holo_app.errors import FailureCategory, HoloError, ProviderError
from holo_app.ports.llm import AnswerEvent, AnswerRequest
from holo_app.ports.retriever import Grounding
from holo_app.ports.tts import SpeechChunk, TextToSpeech, TtsCapabilities


class Closable(Protocol):
    """What is closed once, on the event loop."""

    async def aclose(self) -> None: ...


T = TypeVar("T", bound=Closable)


class Late(Generic[T]):
    """Something that is being loaded. What failed to load is tried again when it is next asked for."""

    def __init__(self, load: Callable[[], Awaitable[T]]) -> None:
        self._load = load
        self._task: asyncio.Future[T] | None = None

    def start(self) -> asyncio.Future[T]:
        """Begin to load, unless that has begun."""
        if self._task is None or (self._task.done() and self._task.exception() is not None):
            self._task = asyncio.ensure_future(self._load())
        return self._task

    async def get(self) -> T:
        """The thing, as soon as it is there. Raises: what its loading raises."""
        return await asyncio.shield(self.start())

    async def aclose(self) -> None:
        """Wait for the loading, whose threads cannot be stopped, and close what came of it."""
        if self._task is not None:
            await asyncio.wait([self._task])
            if self._task.exception() is None:
                await self._task.result().aclose()


class LateRetriever:
    """A Retriever over answers that are being loaded; its deadline begins when they are there."""

    def __init__(self, answers: Late[Answers], deadlines: StageDeadlines) -> None:
        self._answers = answers
        self._deadlines = deadlines

    async def retrieve(self, text: str, *, language: str, history: Sequence[Message] = ()) -> Grounding:
        answers = await _arrived(self._answers)
        retriever = PunctualRetriever(answers.retriever, self._deadlines)
        return await retriever.retrieve(text, language=language, history=history)


class LateComposer:
    """The composer of answers that are being loaded."""

    def __init__(self, answers: Late[Answers]) -> None:
        self._answers = answers

    async def answer(self, request: AnswerRequest) -> AsyncGenerator[AnswerEvent]:
        answers = await _arrived(self._answers)
        async with aclosing(answers.composer.answer(request)) as events:
            async for event in events:
                yield event

    async def aclose(self) -> None:
        """Nothing of its own."""


class LateTts:
    """A TextToSpeech that is being loaded."""

    def __init__(self, tts: Late[TextToSpeech]) -> None:
        self._tts = tts
        self._known = TtsCapabilities("loading", frozenset(), ())

    @property
    def capabilities(self) -> TtsCapabilities:
        """Those of the voice, once it has spoken."""
        return self._known

    async def synthesize(self, text: str, *, voice: str, language: str) -> AsyncGenerator[SpeechChunk]:
        tts = await self._tts.get()
        self._known = tts.capabilities
        async with aclosing(tts.synthesize(text, voice=voice, language=language)) as chunks:
            async for chunk in chunks:
                yield chunk

    async def aclose(self) -> None:
        await self._tts.aclose()


async def _arrived(answers: Late[Answers]) -> Answers:
    try:
        return await answers.get()
    except ProviderError:
        raise
    except HoloError as error:
        raise ProviderError("answers", FailureCategory.UNAVAILABLE, str(error)) from error
