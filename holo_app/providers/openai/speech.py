"""OpenAI's speech synthesis as a TextToSpeech. It tells nothing of times: the mouth goes by the sound, words by its pace.

Source: OpenAI's OpenAPI description 2.3.0. No live service was called: the tests speak to an emulator that OpenAI's own client
speaks to as well. OpenAI has announced that it shuts these models down on 6 January 2027.
"""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing
from typing import Any

from holo_app.domain.usage import Unit
from holo_app.errors import FailureCategory, ProviderError
from holo_app.ports.clock import Clock
from holo_app.ports.meter import Meter
from holo_app.ports.tts import SpeechChunk, TtsCapabilities
from holo_app.providers.http.client import Ask, HttpClient
from holo_app.providers.http.json_values import JsonObject, count_in, inside, text_in
from holo_app.providers.lip_shapes.track import SpeechTrack, says_something
from holo_app.providers.openai.failures import reported_failure
from holo_app.providers.voice_accounts import VoiceAccount

VOICES = (
    "alloy", "ash", "ballad", "cedar", "coral", "echo", "fable", "marin", "nova", "onyx", "sage", "shimmer", "verse",
)  # fmt: skip
_RATE_HZ = 24_000
_LONGEST_TEXT = 4_096
_SPOKEN = (
    "af ar az be bg bs ca cs cy da de el en es et fa fi fr gl he hi hr hu hy id is it ja kk kn ko lt lv mi mk mr ms "
    "ne nl no pl pt ro ru sk sl sr sv sw ta th tl tr uk ur vi zh"
)
_LANGUAGES = frozenset(_SPOKEN.split())
_SENTENCE_END = re.compile(r"(?<=[.!?…;])\s+")


class OpenAiSpeech:
    """A TextToSpeech. client: with the key in its headers. It is closed with this.

    voice: what a character that names another maker's voice is spoken with; one of VOICES, or the id of a custom voice
    (`voice_…`).
    """

    def __init__(self, client: HttpClient, model: str, voice: str, meter: Meter, clock: Clock) -> None:
        self._client = client
        self._model = model
        self._voice = voice
        self._meter = meter
        self._clock = clock

    @property
    def capabilities(self) -> TtsCapabilities:
        others = tuple(voice for voice in VOICES if voice != self._voice)
        return TtsCapabilities(self._client.provider, _LANGUAGES, (self._voice, *others))

    async def synthesize(self, text: str, *, voice: str, language: str) -> AsyncGenerator[SpeechChunk]:
        provider = self._client.provider
        if language not in _LANGUAGES:
            raise ProviderError(provider, FailureCategory.BAD_REQUEST, f"language {language} is not spoken")
        if not says_something(text):
            return
        track = SpeechTrack(text, _RATE_HZ, language)
        with VoiceAccount(self._meter, self._clock, provider, self._model, text) as account:
            for part in parts_of(text):
                async with aclosing(self._sound(self._body(part, voice), account)) as pieces:
                    async for pcm in pieces:
                        account.sounded = True
                        track.sound(pcm)
                        if (chunk := track.ready()) is not None:
                            yield chunk
            last = track.end()
            if last is None:
                raise ProviderError(provider, FailureCategory.BAD_RESPONSE, "it said nothing")
            yield last

    async def voices(self) -> list[str]:
        """The voices that it has. Asks for the models: nothing is billed, and a key that is wrong is refused."""
        await self._client.json(Ask("models", method="GET"))
        return list(VOICES)

    async def aclose(self) -> None:
        await self._client.aclose()

    @property
    def _tells_use(self) -> bool:
        """The older models send bare sound only."""
        return not self._model.startswith("tts-1")

    def _body(self, text: str, voice: str) -> dict[str, Any]:
        spoken = voice if voice in VOICES or voice.startswith("voice_") else self._voice
        return {
            "model": self._model,
            "input": text,
            "voice": {"id": spoken} if spoken.startswith("voice_") else spoken,
            "response_format": "pcm",
            "stream_format": "sse" if self._tells_use else "audio",
        }

    async def _sound(self, body: dict[str, Any], account: VoiceAccount) -> AsyncGenerator[bytes]:
        ask = Ask("audio/speech", body)
        if not self._tells_use:
            async with self._client.content(ask) as pieces:
                async for piece in pieces:
                    yield piece
            return
        async with self._client.events(ask) as events:
            async for event in events:
                if event.get("error") or event.get("type") == "error":
                    raise reported_failure(self._client.provider, event)
                if event.get("type") == "speech.audio.delta":
                    yield self._decoded(event)
                elif event.get("type") == "speech.audio.done":
                    account.told(_use(event))
                    return
        raise ProviderError(self._client.provider, FailureCategory.CANCELLED_BY_PEER, "the speech has no end")

    def _decoded(self, event: JsonObject) -> bytes:
        try:
            return b64decode(text_in(event, "audio"), validate=True)
        except ValueError:
            raise ProviderError(self._client.provider, FailureCategory.BAD_RESPONSE, "a sound is no base64") from None


def parts_of(text: str, longest: int = _LONGEST_TEXT) -> Iterator[str]:
    """The text in parts that are not too long for one request: cut after sentences, else between words, else anywhere."""
    part = ""
    for sentence in _SENTENCE_END.split(text):
        for piece in [sentence] if len(sentence) <= longest else _cut(sentence, longest):
            if part and len(part) + 1 + len(piece) > longest:
                yield part
                part = ""
            part = f"{part} {piece}" if part else piece
    if part:
        yield part


def _cut(sentence: str, longest: int) -> Iterator[str]:
    while len(sentence) > longest:
        at = sentence.rfind(" ", 1, longest + 1)
        at = longest if at < 0 else at
        yield sentence[:at]
        sentence = sentence[at:].lstrip()
    if sentence:
        yield sentence


def _use(event: JsonObject) -> dict[Unit, float]:
    if not isinstance(inside(event, "usage"), dict):
        return {}
    return {
        Unit.INPUT_TOKENS: float(count_in(event, "usage", "input_tokens")),
        Unit.OUTPUT_TOKENS: float(count_in(event, "usage", "output_tokens")),
    }
