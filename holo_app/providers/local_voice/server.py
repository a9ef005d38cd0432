"""A Wyoming server around one voice, for a child process. Our client gets the times of phonemes and words with the sound."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing

from wyoming.error import Error
from wyoming.event import Event
from wyoming.ping import Ping, Pong
from wyoming.tts import Synthesize

from holo_app.errors import ProviderError
from holo_app.process import give_back_memory
from holo_app.providers.local_voice.events import SPOKEN_WORDS, SentenceTimes
from holo_app.providers.local_voice.speech import TimedSentence, Voice, speak
from holo_app.providers.onnx.session import StopSwitch
from holo_app.providers.wyoming.messages import AudioChunk, AudioStart, AudioStop, Describe, Info

_CHUNK_S = 0.1
_TIDY_EVERY_S = 60.0


class VoiceService:
    """Speaks for all connections, one request after the other; a connection that closes ends its request within some 30 ms.

    voices: by name; the first one speaks where none of them is asked for.
    """

    def __init__(self, voices: Mapping[str, Voice], info: Info) -> None:
        self._voices = voices
        self._info = info
        self._thread = ThreadPoolExecutor(1, "voice")
        self._tidied_at = time.monotonic()

    def session(self) -> VoiceService:
        """Connections have nothing of their own to remember."""
        return self

    async def answers(self, event: Event) -> AsyncGenerator[Event]:
        """The answers to one request."""
        if Ping.is_type(event.type):
            self._tidy()
            yield Pong(text=Ping.from_event(event).text).event()
        elif Describe.is_type(event.type):
            yield self._info.event()
        elif Synthesize.is_type(event.type):
            try:
                async with aclosing(self._speech(Synthesize.from_event(event))) as speech:
                    async for answer in speech:
                        yield answer
            except ProviderError as error:
                yield Error(text=str(error), code=error.category.value).event()

    def _tidy(self) -> None:
        """Somebody asks now and then whether we live: a good moment, unless it was one just now."""
        now = time.monotonic()
        if now - self._tidied_at >= _TIDY_EVERY_S:
            self._tidied_at = now
            self._thread.submit(give_back_memory)

    async def _speech(self, request: Synthesize) -> AsyncGenerator[Event]:
        voice = self._voice(request)
        rate_hz = voice.rate_hz
        yield AudioStart(rate_hz, 2, 1).event()
        async with aclosing(self._pieces(voice, _spoken_words(request))) as pieces:
            async for piece in pieces:
                if isinstance(piece, SentenceTimes):
                    yield piece.event()
                    continue
                for start in range(0, len(piece), _chunk_bytes(rate_hz)):
                    yield AudioChunk(rate_hz, 2, 1, piece[start : start + _chunk_bytes(rate_hz)]).event()
        yield AudioStop().event()

    def _voice(self, request: Synthesize) -> Voice:
        asked = request.voice and request.voice.name
        return self._voices.get(asked or "") or next(iter(self._voices.values()))

    async def _pieces(self, voice: Voice, words: Sequence[str]) -> AsyncGenerator[SentenceTimes | bytes]:
        """The times of each sentence, and its sound piece by piece, each made when the one before it is on its way."""
        loop = asyncio.get_running_loop()
        switch = StopSwitch()
        pieces = _flat(speak(voice, words, switch))
        try:
            while (piece := await loop.run_in_executor(self._thread, _next, pieces)) is not None:
                yield piece
        finally:
            switch.stop()


def _flat(sentences: Iterator[TimedSentence]) -> Iterator[SentenceTimes | bytes]:
    for sentence in sentences:
        yield sentence.times
        yield from sentence.sound


def _next(pieces: Iterator[SentenceTimes | bytes]) -> SentenceTimes | bytes | None:
    return next(pieces, None)


def _spoken_words(request: Synthesize) -> list[str]:
    words = (request.context or {}).get(SPOKEN_WORDS)
    if isinstance(words, list) and all(isinstance(word, str) for word in words):
        return words
    return request.text.split()


def _chunk_bytes(rate_hz: int) -> int:
    return 2 * round(rate_hz * _CHUNK_S)
