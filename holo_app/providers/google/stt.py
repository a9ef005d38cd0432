"""Google's speech recognition by REST: the utterance is sent when it is over, and may last a minute.

Source: google-cloud-speech 2.41.0. No live service was called.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import AsyncGenerator, AsyncIterator
from typing import Any

from holo_app.domain.audio import AudioChunk
from holo_app.domain.speech import Transcript
from holo_app.domain.usage import Unit
from holo_app.ports.clock import Clock
from holo_app.ports.meter import Meter
from holo_app.ports.stt import SttCapabilities
from holo_app.providers.google.access import GoogleAccess
from holo_app.providers.google.failures import NAME
from holo_app.providers.google.recogniser import Recogniser, Settled
from holo_app.providers.hearing.metering import Listened
from holo_app.providers.hearing.sound import all_sound, check_language
from holo_app.providers.http.client import Ask, HttpClient
from holo_app.providers.http.json_values import JsonObject, list_in, number_in, text_in
from holo_app.providers.locales import Locales


class GoogleStt:
    """A SpeechToText. client: of the recognition's address. It and the access are closed with this."""

    def __init__(
        self, client: HttpClient, access: GoogleAccess, recogniser: Recogniser, meter: Meter, clock: Clock
    ) -> None:
        self._client = client
        self._access = access
        self._recogniser = recogniser
        self._meter = meter
        self._clock = clock
        self._locales = Locales(recogniser.own_locales)

    @property
    def capabilities(self) -> SttCapabilities:
        return SttCapabilities(NAME, self._locales.languages, streaming=False)

    async def transcribe(self, audio: AsyncIterator[AudioChunk], *, language: str) -> AsyncGenerator[Transcript]:
        check_language(NAME, language, self._locales.languages)
        path = f"v2/{self._recogniser.path()}:recognize"
        sound = await all_sound(NAME, audio, least_s=0)
        if sound is None:
            yield Transcript("", language, final=True)
            return
        with Listened(self._meter, self._clock, NAME, self._recogniser.model) as account:
            async with self._access.headers() as headers:
                answer = await self._client.json(Ask(path, self._body(sound, language), headers=headers))
            account.sent(sound.seconds)
            billed_s = _seconds(text_in(answer, "metadata", "totalBilledDuration"))
            account.measured({} if billed_s is None else {Unit.AUDIO_SECONDS: billed_s})
            yield _heard(answer).transcript(language)

    async def aclose(self) -> None:
        await self._client.aclose()
        await self._access.aclose()

    def _body(self, sound: AudioChunk, language: str) -> dict[str, Any]:
        decoding = {"encoding": "LINEAR16", "sampleRateHertz": sound.rate_hz, "audioChannelCount": 1}
        return {
            "config": {
                "explicitDecodingConfig": decoding,
                "model": self._recogniser.model,
                "languageCodes": [self._locales.of(language)],
                "features": {"enableAutomaticPunctuation": True},
            },
            "content": b64encode(sound.pcm).decode(),
        }


def _heard(answer: JsonObject) -> Settled:
    settled = Settled()
    for result in list_in(answer, "results"):
        best = next(iter(list_in(result, "alternatives")), None)
        settled.add(text_in(best, "transcript"), number_in(best, "confidence"))
    return settled


def _seconds(duration: str) -> float | None:
    """A protobuf Duration as JSON: "1.5s"."""
    return number_in(duration.removesuffix("s")) if duration.endswith("s") else None
