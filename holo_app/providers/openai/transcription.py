"""Transcription of whole utterances (`/v1/audio/transcriptions`): OpenAI, and local servers with the same path.

Source: OpenAI's OpenAPI description 2.3.0. No live service was called: the tests speak to an emulator, and so does the maker's
own client.
"""

from __future__ import annotations

import io
import wave
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import aclosing

from holo_app.domain.audio import BYTES_PER_SAMPLE, AudioChunk
from holo_app.domain.speech import Transcript
from holo_app.errors import FailureCategory, ProviderError
from holo_app.ports.clock import Clock
from holo_app.ports.meter import Meter
from holo_app.ports.stt import SttCapabilities
from holo_app.providers.hearing.metering import Listened
from holo_app.providers.hearing.sound import all_sound, check_language
from holo_app.providers.http.client import Ask, HttpClient
from holo_app.providers.http.json_values import JsonObject, text_in
from holo_app.providers.openai.failures import stream_failure
from holo_app.providers.openai.hearing import LANGUAGES, form_of, heard_in, hints, units

_SHORTEST_S = 0.1
"""OpenAI refuses what is shorter."""


class OpenAiTranscription:
    """A SpeechToText that hears utterances once they are over; the words come one by one then.

    client: with the key in its headers; it is closed with this. keyterms: names that are likely to be said, the likeliest
    first; asked for each utterance. candidates: languages that customers speak here.
    """

    def __init__(
        self,
        client: HttpClient,
        model: str,
        meter: Meter,
        clock: Clock,
        *,
        keyterms: Callable[[], Sequence[str]] = tuple,
        candidates: Sequence[str] = (),
    ) -> None:
        self._client = client
        self._model = model
        self._meter = meter
        self._clock = clock
        self._keyterms = keyterms
        self._candidates = candidates
        # Whisper, and the servers that have only that, answer in one piece
        self._streams = model.startswith("gpt-")

    @property
    def capabilities(self) -> SttCapabilities:
        return SttCapabilities(self._client.provider, LANGUAGES, streaming=False)

    async def transcribe(self, audio: AsyncIterator[AudioChunk], *, language: str) -> AsyncGenerator[Transcript]:
        provider = self._client.provider
        check_language(provider, language, LANGUAGES)
        whole = await all_sound(provider, audio, least_s=_SHORTEST_S)
        if whole is None:
            yield Transcript("", language, final=True)
            return
        with Listened(self._meter, self._clock, provider, self._model) as listened:
            if not self._streams:
                answer = await self._client.json(self._ask(whole, language))
                listened.sent(whole.seconds)
                yield _final(answer, language, listened)
                return
            async with self._client.events(self._ask(whole, language)) as events:
                listened.sent(whole.seconds)
                async with aclosing(_transcripts(provider, events, language, listened)) as transcripts:
                    async for transcript in transcripts:
                        yield transcript

    async def aclose(self) -> None:
        await self._client.aclose()

    def _ask(self, whole: AudioChunk, language: str) -> Ask:
        told = hints(self._model, language, self._candidates, self._keyterms())
        form = {"model": self._model, "response_format": "json", **form_of(told)}
        if self._streams:
            form["stream"] = "true"
        return Ask("audio/transcriptions", form=form, files={"file": ("utterance.wav", wav(whole), "audio/wav")})


def wav(sound: AudioChunk) -> bytes:
    """A WAV file."""
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(BYTES_PER_SAMPLE)
        writer.setframerate(sound.rate_hz)
        writer.writeframes(sound.pcm)
    return file.getvalue()


async def _transcripts(
    provider: str, events: AsyncGenerator[JsonObject], language: str, listened: Listened
) -> AsyncGenerator[Transcript]:
    text = ""
    async for event in events:
        if (failure := stream_failure(provider, event)) is not None:
            raise failure
        match text_in(event, "type"):
            case "transcript.text.delta":
                text += text_in(event, "delta")
                if text.strip():
                    yield Transcript(text.strip(), language, final=False)
            case "transcript.text.done":
                yield _final(event, language, listened)
                return
            case _:
                pass
    raise ProviderError(provider, FailureCategory.CANCELLED_BY_PEER, "the transcript has no end")


def _final(answer: JsonObject, language: str, listened: Listened) -> Transcript:
    listened.measured(units(answer.get("usage")))
    return Transcript(text_in(answer, "text").strip(), heard_in(answer, language), final=True)
