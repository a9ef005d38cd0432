"""Transcription while somebody speaks, by OpenAI's Realtime interface.

Source: OpenAI's OpenAPI description 2.3.0 and its guide to realtime transcription. No live service was called: the tests speak
to an emulator, and so does the maker's own client.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping, Sequence
from contextlib import aclosing
from functools import partial
from typing import Any

import numpy as np

from holo_app.domain.audio import AudioChunk
from holo_app.domain.speech import Transcript
from holo_app.domain.usage import Unit
from holo_app.errors import FailureCategory, ProviderError
from holo_app.ports.clock import Clock
from holo_app.ports.meter import Meter
from holo_app.ports.stt import SttCapabilities
from holo_app.providers.hearing.metering import Listened
from holo_app.providers.hearing.sound import Frames, check_language, check_rate, first_sound, lengthened
from holo_app.providers.http.json_values import JsonObject, inside, text_in
from holo_app.providers.openai.failures import read_refusal, stream_failure
from holo_app.providers.openai.hearing import LANGUAGES, added, heard_in, hints, units
from holo_app.providers.openai.items import Items
from holo_app.providers.sockets.exchange import exchanged
from holo_app.providers.sockets.socket import Socket, open_socket, socket_address

_NAME = "openai_realtime"
_RATE_HZ = 24_000
"""The only one that it takes."""

_FRAME_S = 0.05
_SHORTEST_S = 0.1
"""OpenAI refuses to transcribe what is shorter."""

_TRANSCRIPTION = "conversation.item.input_audio_transcription."


class OpenAiRealtime:
    """A SpeechToText that streams: one connection an utterance. The kiosk says where it ends, not OpenAI.

    base_url: the HTTP or WebSocket address, with its version. key: an API key, or an ephemeral one. keyterms: names that are
    likely to be said, the likeliest first; asked for each utterance. candidates: languages that customers speak here.
    """

    def __init__(
        self,
        base_url: str,
        key: str,
        model: str,
        meter: Meter,
        clock: Clock,
        *,
        keyterms: Callable[[], Sequence[str]] = tuple,
        candidates: Sequence[str] = (),
    ) -> None:
        self._address = socket_address(base_url, "/realtime", {"intent": "transcription"})
        self._headers = {"Authorization": f"Bearer {key}"}
        self._model = model
        self._meter = meter
        self._clock = clock
        self._keyterms = keyterms
        self._candidates = candidates
        self._closed = False

    @property
    def capabilities(self) -> SttCapabilities:
        return SttCapabilities(_NAME, LANGUAGES, streaming=True)

    async def transcribe(self, audio: AsyncIterator[AudioChunk], *, language: str) -> AsyncGenerator[Transcript]:
        check_language(_NAME, language, LANGUAGES)
        if self._closed:
            raise ProviderError(_NAME, FailureCategory.UNAVAILABLE, "it was closed")
        first = await first_sound(audio)
        if first is None:
            yield Transcript("", language, final=True)
            return
        with Listened(self._meter, self._clock, _NAME, self._model) as listened:
            async with open_socket(_NAME, self._address, self._headers, read=read_refusal) as socket:
                sending = partial(_send, socket, self._session(language), first, audio, listened)
                async with (
                    aclosing(exchanged(socket, sending)) as events,
                    aclosing(_transcripts(events, language, listened)) as transcripts,
                ):
                    async for transcript in transcripts:
                        yield transcript

    async def aclose(self) -> None:
        self._closed = True

    def _session(self, language: str) -> Mapping[str, Any]:
        told = hints(self._model, language, self._candidates, self._keyterms())
        return {
            "type": "session.update",
            "session": {
                "type": "transcription",
                "audio": {
                    "input": {
                        "format": {"type": "audio/pcm", "rate": _RATE_HZ},
                        "transcription": {"model": self._model, **told},
                        "turn_detection": None,
                    }
                },
            },
        }


async def _send(
    socket: Socket, session: Mapping[str, Any], first: AudioChunk, audio: AsyncIterator[AudioChunk], listened: Listened
) -> None:
    frames, resampler, sent_s = Frames(_NAME, _RATE_HZ, _FRAME_S), _Resampler(first.rate_hz), 0.0

    async def append(frame: bytes) -> None:
        nonlocal sent_s
        await socket.send({"type": "input_audio_buffer.append", "audio": b64encode(frame).decode("ascii")})
        sent_s += frames.seconds(frame)
        listened.sent(frames.seconds(frame))

    await socket.send(session)
    for frame in frames.push(resampler.push(first)):
        await append(frame)
    async for chunk in audio:
        for frame in frames.push(resampler.push(chunk)):
            await append(frame)
    for frame in frames.push(resampler.rest()):
        await append(frame)
    if rest := lengthened(frames.rest(least_s=0.0), _RATE_HZ, _SHORTEST_S - sent_s):
        await append(rest)
    await socket.send({"type": "input_audio_buffer.commit"})


class _Resampler:
    """Sound of one rate, at OpenAI's."""

    def __init__(self, rate_hz: int) -> None:
        import soxr  # noqa: PLC0415 - only who streams to OpenAI needs it

        self._rate_hz = rate_hz
        self._stream = soxr.ResampleStream(rate_hz, _RATE_HZ, 1, dtype="int16")

    def push(self, chunk: AudioChunk) -> AudioChunk:
        """Raises: ProviderError(BAD_REQUEST): the sample rate changes."""
        check_rate(_NAME, chunk, self._rate_hz)
        return self._resampled(chunk.pcm, last=False)

    def rest(self) -> AudioChunk:
        """What the filter still holds."""
        return self._resampled(b"", last=True)

    def _resampled(self, pcm: bytes, *, last: bool) -> AudioChunk:
        samples = self._stream.resample_chunk(np.frombuffer(pcm, "<i2"), last=last)
        return AudioChunk(samples.astype("<i2").tobytes(), _RATE_HZ)


async def _transcripts(
    events: AsyncGenerator[JsonObject], language: str, listened: Listened
) -> AsyncGenerator[Transcript]:
    items, used, told = Items(), dict[Unit, float](), ""
    async for event in events:
        kind, item_id = text_in(event, "type"), text_in(event, "item_id")
        if kind == "input_audio_buffer.committed":
            items.commit(item_id, text_in(event, "previous_item_id"))
        elif kind == f"{_TRANSCRIPTION}delta":
            items.grow(item_id, text_in(event, "delta"))
        elif kind == f"{_TRANSCRIPTION}completed":
            items.complete(item_id, text_in(event, "transcript"))
            language = heard_in(event, language)
            used.update(added(used, units(event.get("usage"))))
            listened.measured(used)
        elif kind in {f"{_TRANSCRIPTION}failed", "error"}:
            raise _failure(event)
        if items.all_done:
            yield Transcript(items.text, language, final=True)
            return
        if items.text != told:
            told = items.text
            yield Transcript(told, language, final=False)
    raise ProviderError(_NAME, FailureCategory.CANCELLED_BY_PEER, "the transcript has no end")


def _failure(event: JsonObject) -> ProviderError:
    failure = stream_failure(_NAME, event) or ProviderError(_NAME, FailureCategory.UNAVAILABLE, "it says no reason")
    if failure.category is FailureCategory.UNAVAILABLE and inside(event, "error", "type") == "invalid_request_error":
        return ProviderError(_NAME, FailureCategory.BAD_REQUEST, failure.detail)
    return failure
