"""Deepgram Flux (`/v2/listen`): recognition that says when the speaker is done.

Source: deepgram-sdk 7.17, Deepgram's documentation. No live service was called: the tests speak to an emulator, and so does
the maker's own client.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from functools import partial

from holo_app.domain.audio import AudioChunk
from holo_app.domain.speech import Transcript
from holo_app.errors import FailureCategory, ProviderError
from holo_app.ports.clock import Clock
from holo_app.ports.meter import Meter
from holo_app.ports.stt import SttCapabilities
from holo_app.providers.deepgram.access import DeepgramAccess, Ending, Line, failure_of, key_terms
from holo_app.providers.deepgram.languages import of_flux
from holo_app.providers.deepgram.turns import Turns
from holo_app.providers.hearing.metering import Listened
from holo_app.providers.hearing.sound import Frames, check_language, first_sound
from holo_app.providers.http.json_values import JsonObject, text_in
from holo_app.providers.sockets.exchange import exchanged
from holo_app.providers.sockets.socket import QueryValue

_NAME = "deepgram_flux"
_FRAME_S = 0.08
"""What Flux wants at a time."""


@dataclass(frozen=True, slots=True)
class TurnThresholds:
    """How sure Flux must be, 0..1. eager: to say that a turn may be over. sure: that it is."""

    eager: float = 0.4
    sure: float = 0.7


class DeepgramFlux:
    """A SpeechToText that streams and tells when a turn is over: one connection an utterance.

    keyterms: names that are likely to be said, the likeliest first; asked for each utterance. candidates: languages that
    customers speak here.
    """

    def __init__(
        self,
        access: DeepgramAccess,
        meter: Meter,
        clock: Clock,
        *,
        thresholds: TurnThresholds | None = None,
        keyterms: Callable[[], Sequence[str]] = tuple,
        candidates: Sequence[str] = (),
    ) -> None:
        self._access = access
        self._meter = meter
        self._clock = clock
        self._thresholds = thresholds or TurnThresholds()
        self._keyterms = keyterms
        self._candidates = candidates
        self._languages = of_flux(access.model)
        self._closed = False

    @property
    def capabilities(self) -> SttCapabilities:
        return SttCapabilities(_NAME, self._languages, streaming=True, turns=True)

    async def transcribe(self, audio: AsyncIterator[AudioChunk], *, language: str) -> AsyncGenerator[Transcript]:
        check_language(_NAME, language, self._languages)
        if self._closed:
            raise ProviderError(_NAME, FailureCategory.UNAVAILABLE, "it was closed")
        first = await first_sound(audio)
        if first is None:
            yield Transcript("", language, final=True)
            return
        ending = Ending()
        with Listened(self._meter, self._clock, _NAME, self._access.model) as listened:
            query = self._query(first.rate_hz, language)
            async with self._access.opened(_NAME, "/v2/listen", query) as socket:
                sending = partial(_send, Line(socket, listened, ending), first, audio)
                async with (
                    aclosing(exchanged(socket, sending)) as messages,
                    aclosing(_transcripts(messages, Turns(language), ending)) as transcripts,
                ):
                    async for transcript in transcripts:
                        yield transcript

    async def aclose(self) -> None:
        self._closed = True

    def _query(self, rate_hz: int, language: str) -> dict[str, QueryValue]:
        query: dict[str, QueryValue] = {
            "model": self._access.model,
            "encoding": "linear16",
            "sample_rate": rate_hz,
            "eager_eot_threshold": min(self._thresholds.eager, self._thresholds.sure),
            "eot_threshold": self._thresholds.sure,
        }
        if len(self._languages) > 1:
            hints = dict.fromkeys([language, *self._candidates])
            query["language_hint"] = [hint for hint in hints if hint in self._languages]
        if terms := key_terms(self._keyterms()):
            query["keyterm"] = terms
        return query


async def _send(line: Line, first: AudioChunk, audio: AsyncIterator[AudioChunk]) -> None:
    frames = Frames(_NAME, first.rate_hz, _FRAME_S)
    await line.send(frames, frames.push(first))
    async for chunk in audio:
        await line.send(frames, frames.push(chunk))
    await line.send(frames, [frames.rest(least_s=_FRAME_S)])
    await line.end()


async def _transcripts(
    messages: AsyncGenerator[JsonObject], turns: Turns, ending: Ending
) -> AsyncGenerator[Transcript]:
    try:
        async for message in messages:
            match text_in(message, "type"):
                case "TurnInfo":
                    turns.push(message)
                    if turns.text:
                        yield turns.transcript(final=False)
                case "Error":
                    raise failure_of(_NAME, message)
                case _:
                    pass
    except ProviderError as error:
        # it has no word for its end: where it has understood all that was sent, it does not matter how it hung up
        understood = ending.asked and turns.heard_s > ending.sent_s - _FRAME_S
        if error.category is not FailureCategory.CANCELLED_BY_PEER or not understood:
            raise
    if not ending.asked:
        raise ProviderError(_NAME, FailureCategory.CANCELLED_BY_PEER, "the transcript has no end")
    yield turns.transcript(final=True)
