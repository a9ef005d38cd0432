"""Deepgram's live recognition (`/v1/listen`).

Source: deepgram-sdk 7.17, Deepgram's documentation. No live service was called: the tests speak to an emulator, and so does
the maker's own client.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import aclosing
from functools import partial

from holo_app.domain.audio import AudioChunk
from holo_app.domain.speech import Transcript
from holo_app.domain.usage import Unit
from holo_app.errors import FailureCategory, ProviderError
from holo_app.ports.clock import Clock
from holo_app.ports.meter import Meter
from holo_app.ports.stt import SttCapabilities
from holo_app.providers.deepgram.access import DeepgramAccess, Ending, Line, failure_of, key_terms
from holo_app.providers.deepgram.languages import of_nova, understands_all
from holo_app.providers.deepgram.words import Words
from holo_app.providers.hearing.metering import Listened
from holo_app.providers.hearing.sound import Frames, check_language, first_sound
from holo_app.providers.http.json_values import JsonObject, number_in, text_in
from holo_app.providers.sockets.exchange import exchanged
from holo_app.providers.sockets.socket import QueryValue, Socket

_NAME = "deepgram"
_FRAME_S = 0.05
_SHORTEST_FRAME_S = 0.02
_KEEP_ALIVE_S = 4.0
"""Deepgram closes after 10 s without a word, and asks for one every 3 to 5 s."""

_ENDPOINTING_MS = 300
"""Silence after which words are settled. Its own 10 ms would settle them in the midst of a sentence."""


class DeepgramLive:
    """A SpeechToText that streams: one connection an utterance.

    keyterms: names that are likely to be said, the likeliest first; asked for each utterance. candidates: languages that
    customers speak here. tells_languages: understand all of the model's languages, and say which one was heard; else only the
    expected one is understood.
    """

    def __init__(
        self,
        access: DeepgramAccess,
        meter: Meter,
        clock: Clock,
        *,
        keyterms: Callable[[], Sequence[str]] = tuple,
        candidates: Sequence[str] = (),
        tells_languages: bool = True,
        keep_alive_s: float = _KEEP_ALIVE_S,
    ) -> None:
        self._access = access
        self._meter = meter
        self._clock = clock
        self._keyterms = keyterms
        self._candidates = candidates
        self._tells_languages = tells_languages and understands_all(access.model)
        self._keep_alive_s = keep_alive_s
        self._languages = of_nova(access.model)
        self._closed = False

    @property
    def capabilities(self) -> SttCapabilities:
        return SttCapabilities(_NAME, self._languages, streaming=True)

    async def transcribe(self, audio: AsyncIterator[AudioChunk], *, language: str) -> AsyncGenerator[Transcript]:
        check_language(_NAME, language, self._languages)
        if self._closed:
            raise ProviderError(_NAME, FailureCategory.UNAVAILABLE, "it was closed")
        first = await first_sound(audio)
        if first is None:
            yield Transcript("", language, final=True)
            return
        words, ending = Words(language), Ending()
        with Listened(self._meter, self._clock, _NAME, self._access.model) as listened:
            query = self._query(first.rate_hz, language)
            async with self._access.opened(_NAME, "/v1/listen", query) as socket:
                sending = partial(self._send, Line(socket, listened, ending), first, audio)
                async with (
                    aclosing(exchanged(socket, sending)) as messages,
                    aclosing(_transcripts(messages, words, listened, ending)) as transcripts,
                ):
                    async for transcript in transcripts:
                        yield transcript

    async def aclose(self) -> None:
        self._closed = True

    def _query(self, rate_hz: int, language: str) -> dict[str, QueryValue]:
        query: dict[str, QueryValue] = {
            "model": self._access.model,
            "language": language,
            "encoding": "linear16",
            "sample_rate": rate_hz,
            "channels": 1,
            "interim_results": True,
            "punctuate": True,
            "endpointing": _ENDPOINTING_MS,
        }
        if self._tells_languages:
            hints = dict.fromkeys([language, *self._candidates])
            query["language"] = "multi"
            query["language_hint"] = [hint for hint in hints if hint in self._languages]
        if terms := key_terms(self._keyterms()):
            query["keyterm" if self._access.model.startswith("nova-3") else "keywords"] = terms
        return query

    async def _send(self, line: Line, first: AudioChunk, audio: AsyncIterator[AudioChunk]) -> None:
        frames = Frames(_NAME, first.rate_hz, _FRAME_S)
        await line.send(frames, frames.push(first))
        async with aclosing(self._kept_alive(line.socket, audio)) as chunks:
            async for chunk in chunks:
                await line.send(frames, frames.push(chunk))
        await line.send(frames, [frames.rest(least_s=_SHORTEST_FRAME_S)])
        await line.end()

    async def _kept_alive(self, socket: Socket, audio: AsyncIterator[AudioChunk]) -> AsyncGenerator[AudioChunk]:
        """The sound as it comes; while none comes, Deepgram is told that somebody is there."""
        while True:
            coming = asyncio.ensure_future(anext(audio, None))
            try:
                while not (await asyncio.wait([coming], timeout=self._keep_alive_s))[0]:
                    await socket.send({"type": "KeepAlive"})
                chunk = coming.result()
            finally:
                if not coming.done():
                    coming.cancel()
                    await asyncio.gather(coming, return_exceptions=True)
            if chunk is None:
                return
            yield chunk


async def _transcripts(
    messages: AsyncGenerator[JsonObject], words: Words, listened: Listened, ending: Ending
) -> AsyncGenerator[Transcript]:
    told = ""
    async for message in messages:
        match text_in(message, "type"):
            case "Results":
                words.push(message)
                if words.text != told:
                    told = words.text
                    yield words.transcript(final=False)
            case "Metadata" if ending.asked:
                seconds = number_in(message, "duration")
                channels = number_in(message, "channels") or 1.0
                listened.measured({Unit.AUDIO_SECONDS: seconds * channels} if seconds else {})
                break
            case "Error":
                raise failure_of(_NAME, message)
            case _:
                pass  # where speech starts and ends by Deepgram's own measure; the kiosk has a better one
    if not ending.asked:
        raise ProviderError(_NAME, FailureCategory.CANCELLED_BY_PEER, "the transcript has no end")
    yield words.transcript(final=True)
