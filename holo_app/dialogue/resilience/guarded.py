"""The ports of the providers with their guard: each wraps one adapter, whose calls go through `Calls`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing

from holo_app.dialogue.punctual import says_something
from holo_app.dialogue.resilience.calls import Calls
from holo_app.dialogue.resilience.sound import SharedSound
from holo_app.dialogue.resilience.watches import SpeechWatch, Watch, WordsWatch
from holo_app.domain.audio import AudioChunk
from holo_app.domain.speech import Transcript
from holo_app.ports.chat import ChatEvent, ChatModel, ChatRequest, ToolCall
from holo_app.ports.clock import Clock
from holo_app.ports.llm import AnswerEvent, AnswerRequest, LanguageModel
from holo_app.ports.stt import SpeechToText, SttCapabilities
from holo_app.ports.tts import SpeechChunk, TextToSpeech, TtsCapabilities


class GuardedStt:
    """A SpeechToText; an attempt that failed before any word is made again with the sound from its start."""

    def __init__(self, stt: SpeechToText, calls: Calls, clock: Clock) -> None:
        self._stt = stt
        self._calls = calls
        self._clock = clock

    @property
    def capabilities(self) -> SttCapabilities:
        return self._stt.capabilities

    async def transcribe(self, audio: AsyncIterator[AudioChunk], *, language: str) -> AsyncGenerator[Transcript]:
        changed = asyncio.Event()
        async with aclosing(SharedSound(audio, self._clock, changed)) as sound:
            now, first_s = self._clock.monotonic(), self._calls.first_s()
            talks = self._stt.capabilities.turns
            watch = WordsWatch(self._calls.limits, now, first_s, lambda: sound.ended_at, talks=talks)
            words = self._calls.stream(
                lambda: self._stt.transcribe(sound.stream(), language=language), watch, changed=changed
            )
            async with aclosing(words):
                async for transcript in words:
                    yield transcript

    async def aclose(self) -> None:
        await self._stt.aclose()


class GuardedTts:
    """A TextToSpeech."""

    def __init__(self, tts: TextToSpeech, calls: Calls, clock: Clock) -> None:
        self._tts = tts
        self._calls = calls
        self._clock = clock

    @property
    def capabilities(self) -> TtsCapabilities:
        return self._tts.capabilities

    async def synthesize(self, text: str, *, voice: str, language: str) -> AsyncGenerator[SpeechChunk]:
        watch = SpeechWatch(self._calls.limits, self._clock.monotonic(), self._calls.first_s())
        speech = self._calls.stream(lambda: self._tts.synthesize(text, voice=voice, language=language), watch)
        async with aclosing(speech):
            async for chunk in speech:
                yield chunk

    async def aclose(self) -> None:
        await self._tts.aclose()


class GuardedChat:
    """A ChatModel: each request of an answer is one call. `models` is for staff, who want to see what really happens."""

    def __init__(self, chat: ChatModel, calls: Calls, clock: Clock) -> None:
        self._chat = chat
        self._calls = calls
        self._clock = clock

    @property
    def name(self) -> str:
        return self._chat.name

    async def stream(self, request: ChatRequest) -> AsyncGenerator[ChatEvent]:
        watch = Watch[ChatEvent](self._calls.limits, self._clock.monotonic(), self._calls.first_s(), _is_of_use)
        events = self._calls.stream(lambda: self._chat.stream(request), watch)
        async with aclosing(events):
            async for event in events:
                yield event

    async def models(self) -> list[str]:
        return await self._chat.models()

    async def aclose(self) -> None:
        await self._chat.aclose()


class GuardedAnswerer:
    """A LanguageModel that is one provider by itself; for answers made by a ChatModel guard that one."""

    def __init__(self, answerer: LanguageModel, calls: Calls, clock: Clock) -> None:
        self._answerer = answerer
        self._calls = calls
        self._clock = clock

    async def answer(self, request: AnswerRequest) -> AsyncGenerator[AnswerEvent]:
        watch = Watch[AnswerEvent](self._calls.limits, self._clock.monotonic(), self._calls.first_s(), says_something)
        events = self._calls.stream(lambda: self._answerer.answer(request), watch)
        async with aclosing(events):
            async for event in events:
                yield event

    async def aclose(self) -> None:
        await self._answerer.aclose()


def _is_of_use(event: ChatEvent) -> bool:
    return isinstance(event, ToolCall) or says_something(event)
