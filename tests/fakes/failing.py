"""Engines behind every port that fail, stall or die as the test wants, a call at a time."""

from __future__ import annotations

import asyncio
from array import array
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from uuid import UUID

from holo_app.domain.audio import AudioChunk
from holo_app.domain.speech import Transcript, Viseme, VisemeCue, WordCue
from holo_app.errors import FailureCategory, ProviderError
from holo_app.ports.chat import ChatDone, ChatEnd, ChatEvent, ChatRequest, ChatUse
from holo_app.ports.llm import AnswerDone, AnswerEvent, AnswerRequest, FactUsed, ProductShown, TextDelta
from holo_app.ports.meter import CURRENT_TURN
from holo_app.ports.stt import SttCapabilities
from holo_app.ports.tts import SpeechChunk, TtsCapabilities
from tests.fakes.script import SpokenScript


@dataclass
class Mishap:
    """after: items that still come. category: why it fails then; None: it hangs. again_s: when it wants to be asked again."""

    after: int = 0
    category: FailureCategory | None = FailureCategory.UNAVAILABLE
    again_s: float | None = None

    async def happen(self, provider: str) -> None:
        """Fail or hang."""
        if self.category is None:
            await asyncio.Event().wait()
        raise ProviderError(provider, self.category or FailureCategory.TIMEOUT, retry_after_s=self.again_s)


@dataclass
class Mishaps:
    """What happens to the next calls, in order; after them, `always` to all. calls: the turn of each call so far."""

    provider: str
    next: list[Mishap | None] = field(default_factory=list)
    always: Mishap | None = None
    calls: list[UUID | None] = field(default_factory=list)
    closed_early: int = 0

    def called(self) -> Mishap | None:
        """The mishap of the call that begins now."""
        self.calls.append(CURRENT_TURN.get())
        return self.next.pop(0) if self.next else self.always

    async def before(self, place: int, mishap: Mishap | None) -> None:
        """Called before each item, and after the last."""
        if mishap is not None and place >= mishap.after:
            await mishap.happen(self.provider)


class FailingAnswerer:
    """Says its lines one after the other, one every `word_s`; the first after `first_s`."""

    def __init__(
        self, name: str, *lines: str, first_s: float = 0.1, word_s: float = 0.02, states: FactUsed | None = None
    ) -> None:
        self.mishaps = Mishaps(name)
        self.name = name
        self.lines = lines or (f"I am {name}.",)
        self.first_s = first_s
        self.word_s = word_s
        self.states = states
        self.shows = ""
        self.requests: list[AnswerRequest] = []
        self.closed = 0

    async def answer(self, request: AnswerRequest) -> AsyncGenerator[AnswerEvent]:
        self.requests.append(request)
        mishap = self.mishaps.called()
        finished = False
        try:
            if self.states is not None:
                yield self.states
            if self.shows:
                yield ProductShown(self.shows)
            for place, line in enumerate(self.lines):
                await asyncio.sleep(self.word_s if place else self.first_s)
                await self.mishaps.before(place, mishap)
                yield TextDelta(line)
            await self.mishaps.before(len(self.lines), mishap)
            yield AnswerDone(self.name)
            finished = True
        finally:
            self.mishaps.closed_early += not finished

    async def aclose(self) -> None:
        self.closed += 1


class FailingChat:
    """A ChatModel that says its lines."""

    def __init__(self, name: str, *lines: str) -> None:
        self.mishaps = Mishaps(name)
        self.name = name
        self.lines = lines
        self.closed = 0

    async def stream(self, request: ChatRequest) -> AsyncGenerator[ChatEvent]:
        del request
        mishap = self.mishaps.called()
        for place, line in enumerate(self.lines):
            await self.mishaps.before(place, mishap)
            yield TextDelta(line)
        await self.mishaps.before(len(self.lines), mishap)
        yield ChatDone(ChatEnd.STOP, ChatUse(), self.name)

    async def models(self) -> list[str]:
        return [self.name]

    async def aclose(self) -> None:
        self.closed += 1


class FailingStt:
    """Understands `SpokenScript` sound `delay_s` after its end; an item of a mishap is a chunk of sound, then the words."""

    def __init__(
        self,
        name: str,
        script: SpokenScript,
        *,
        streaming: bool = True,
        delay_s: float = 0.15,
        languages: Sequence[str] = ("en",),
        turns: bool = False,
    ) -> None:
        self.mishaps = Mishaps(name)
        self.delay_s = delay_s
        self.heard: list[str] = []
        self.closed = 0
        self._script = script
        self._capabilities = SttCapabilities(name, frozenset(languages), streaming, turns)

    @property
    def capabilities(self) -> SttCapabilities:
        return self._capabilities

    async def transcribe(self, audio: AsyncIterator[AudioChunk], *, language: str) -> AsyncGenerator[Transcript]:
        mishap = self.mishaps.called()
        pcm, told, place = b"", "", 0
        finished = False
        try:
            if self.closed:
                raise ProviderError(self.mishaps.provider, FailureCategory.UNAVAILABLE, "closed")
            if language not in self._capabilities.languages:
                raise ProviderError(self.mishaps.provider, FailureCategory.BAD_REQUEST, language)
            async for chunk in audio:
                await self.mishaps.before(place, mishap)
                place += 1
                pcm += chunk.pcm
                text = self._words(pcm)
                if self._capabilities.streaming and (text != told or (text and self._capabilities.turns)):
                    told = text
                    yield Transcript(text, language, final=False)
            if mishap is not None:
                await mishap.happen(self.mishaps.provider)
            await asyncio.sleep(self.delay_s)
            self.heard.append(self._words(pcm))
            yield Transcript(self.heard[-1], language, final=True)
            finished = True
        finally:
            self.mishaps.closed_early += not finished

    async def aclose(self) -> None:
        self.closed += 1

    def _words(self, pcm: bytes) -> str:
        return " ".join(said.text for said in self._script.heard(AudioChunk(pcm)))


class FailingTts:
    """Hums each word in a pitch of its own, `speed` times as fast as it is heard, in pieces of `piece_s`.

    The cues of a word come with the piece in which it begins; a mishap counts pieces.
    """

    def __init__(
        self,
        name: str,
        *,
        rate_hz: int = 24_000,
        word_s: float = 0.3,
        pause_s: float = 0.06,
        piece_s: float = 0.1,
        speed: float = 8.0,
        first_s: float = 0.15,
        level: int = 4_000,
        languages: Sequence[str] = ("en",),
    ) -> None:
        self.mishaps = Mishaps(name)
        self.first_s = first_s
        self.speed = speed
        self.spoken: list[str] = []
        self.closed = 0
        self._rate_hz = rate_hz
        self._word_s = word_s
        self._pause_s = pause_s
        self._piece_s = piece_s
        self._level = level
        self._capabilities = TtsCapabilities(name, frozenset(languages), (f"{name}'s voice",))

    @property
    def capabilities(self) -> TtsCapabilities:
        return self._capabilities

    async def synthesize(self, text: str, *, voice: str, language: str) -> AsyncGenerator[SpeechChunk]:
        del voice
        self.spoken.append(text)
        mishap = self.mishaps.called()
        finished = False
        try:
            if self.closed:
                raise ProviderError(self.mishaps.provider, FailureCategory.UNAVAILABLE, "closed")
            if language not in self._capabilities.languages:
                raise ProviderError(self.mishaps.provider, FailureCategory.BAD_REQUEST, language)
            pieces = cut_up(self.whole(text), self._piece_s)
            for place, piece in enumerate(pieces):
                await asyncio.sleep(piece.audio.seconds / self.speed if place else self.first_s)
                await self.mishaps.before(place, mishap)
                yield piece
            await self.mishaps.before(len(pieces), mishap)
            finished = True
        finally:
            self.mishaps.closed_early += not finished

    def whole(self, text: str) -> SpeechChunk | None:
        """All the speech of a text at once; None where there is nothing to say."""
        if not any(letter.isalnum() for letter in text):
            return None
        words, visemes, pcm = [], list[VisemeCue](), array("h")
        for word in text.split():
            start_s = len(pcm) / self._rate_hz
            half = round(self._word_s * self._rate_hz / 2)
            pcm.extend(([self._level] * _TONE + [-self._level] * _TONE) * (half // _TONE + 1))
            del pcm[round(start_s * self._rate_hz) + 2 * half :]
            pcm.extend([0] * round(self._pause_s * self._rate_hz))
            end_s = start_s + 2 * half / self._rate_hz
            words.append(WordCue(word, start_s, end_s))
            shapes = (Viseme.AA, Viseme.E, Viseme.SIL)
            edges = (start_s, start_s + half / self._rate_hz, end_s, len(pcm) / self._rate_hz)
            visemes += [VisemeCue(v, a, b) for v, (a, b) in zip(shapes, pairwise(edges), strict=True) if b > a]
        return SpeechChunk(AudioChunk(pcm.tobytes(), self._rate_hz), tuple(visemes), tuple(words))

    async def aclose(self) -> None:
        self.closed += 1


_TONE = 20
"""Samples of half a wave: low enough to stay what it is at another rate."""


def cut_up(speech: SpeechChunk | None, piece_s: float) -> list[SpeechChunk]:
    """The same speech in pieces; each cue comes with the piece in which it begins."""
    if speech is None:
        return []
    rate, pcm = speech.audio.rate_hz, speech.audio.pcm
    size = 2 * max(1, round(piece_s * rate))
    pieces = []
    for begin in range(0, len(pcm), size):
        span = (begin / 2 / rate, (begin + size) / 2 / rate)
        pieces.append(
            SpeechChunk(
                AudioChunk(pcm[begin : begin + size], rate),
                tuple(cue for cue in speech.visemes if span[0] <= cue.start_s < span[1]),
                tuple(cue for cue in speech.words if span[0] <= cue.start_s < span[1]),
            )
        )
    return pieces
