"""Google's voices by REST. A mark before each word tells when it sounds; its letters move the mouth.

The newer voices (Chirp, Gemini) take no marks: their words go by the pace of the sound, and the mouth by its loudness.

Source: google-cloud-texttospeech 2.38.0. No live service was called.
"""

from __future__ import annotations

import re
import struct
from base64 import b64decode
from collections.abc import AsyncGenerator, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise

from holo_app.domain.audio import BYTES_PER_SAMPLE, AudioChunk
from holo_app.errors import FailureCategory, ProviderError
from holo_app.ports.clock import Clock
from holo_app.ports.meter import Meter
from holo_app.ports.tts import SpeechChunk, TtsCapabilities
from holo_app.providers.google.access import GoogleAccess
from holo_app.providers.google.failures import NAME
from holo_app.providers.http.client import Ask, HttpClient
from holo_app.providers.http.json_values import JsonObject, list_in, number_in, text_in
from holo_app.providers.lip_shapes.timed import Timed
from holo_app.providers.lip_shapes.track import SpeechTrack, says_something
from holo_app.providers.locales import Locales
from holo_app.providers.voice_accounts import VoiceAccount

_RATE_HZ = 24_000
_CHUNK_S = 0.5
_LONGEST_BYTES = 5_000
_VOICE = re.compile(r"[a-z]{2,3}-[A-Za-z0-9]{2,4}-[A-Za-z0-9-]+")
_TAKES_MARKS = re.compile(r"-(Standard|Wavenet|Neural2|Studio|News|Polyglot|Casual)-")
_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 may not hold, not even escaped."""


@dataclass(frozen=True, slots=True)
class Voice:
    """name: such as en-US-Neural2-C, or a Gemini voice's with its model; empty: one that the service chooses for the language.

    own_locales: such as `en-GB`, in place of the usual one of a language.
    """

    name: str = ""
    model: str = ""
    own_locales: tuple[str, ...] = ()


class GoogleTts:
    """A TextToSpeech. client: of the synthesis's address. It and the access are closed with this."""

    def __init__(self, client: HttpClient, access: GoogleAccess, voice: Voice, meter: Meter, clock: Clock) -> None:
        self._client = client
        self._access = access
        self._voice = voice
        self._meter = meter
        self._clock = clock
        self._locales = Locales(voice.own_locales)

    @property
    def capabilities(self) -> TtsCapabilities:
        return TtsCapabilities(NAME, self._locales.languages, (self._voice.name,))

    async def synthesize(self, text: str, *, voice: str, language: str) -> AsyncGenerator[SpeechChunk]:
        if language not in self._locales.languages:
            raise ProviderError(NAME, FailureCategory.BAD_REQUEST, f"language {language} is not spoken")
        if not says_something(text):
            return
        chosen = self._chosen(voice, language)
        said = _input(text, chosen)
        with VoiceAccount(self._meter, self._clock, NAME, chosen.get("name", ""), _billed(text, said)) as account:
            body = {
                "input": said,
                "voice": chosen,
                "audioConfig": {"audioEncoding": "LINEAR16", "sampleRateHertz": _RATE_HZ},
            }
            if "ssml" in said:
                body["enableTimePointing"] = ["SSML_MARK"]
            async with self._access.headers() as headers:
                answer = await self._client.json(Ask("v1beta1/text:synthesize", body, headers=headers))
            account.sounded = True
            for chunk in _speech(text, language, answer):
                yield chunk

    async def voices(self, language: str = "") -> list[str]:
        """The voices that it has, by name; the way to find out whether the key is good. Raises: ProviderError."""
        query = {"languageCode": self._locales.of(language)} if language in self._locales.languages else {}
        async with self._access.headers() as headers:
            answer = await self._client.json(Ask("v1/voices", method="GET", query=query, headers=headers))
        return sorted(name for entry in list_in(answer, "voices") if (name := text_in(entry, "name")))

    async def aclose(self) -> None:
        await self._client.aclose()
        await self._access.aclose()

    def _chosen(self, asked: str, language: str) -> dict[str, str]:
        """The voice that is asked for, or the one of the settings, if it speaks the language; else the service's own choice."""
        for name in (asked if _VOICE.fullmatch(asked) else "", self._voice.name):
            if _VOICE.fullmatch(name) and name.startswith(f"{language}-"):
                return {"languageCode": "-".join(name.split("-")[:2]), "name": name}
        chosen = {"languageCode": self._locales.of(language)}
        if self._voice.model and self._voice.name:
            chosen |= {"name": self._voice.name, "modelName": self._voice.model}
        return chosen


def marked(text: str) -> str:
    """A document that says `text` as it stands, with a mark before each word that is its place."""
    words = (
        f'<mark name="{place}"/>{escape(_NO_XML.sub(" ", word), quote=True)}' for place, word in enumerate(text.split())
    )
    return f"<speak>{' '.join(words)}</speak>"


def _input(text: str, voice: dict[str, str]) -> dict[str, str]:
    """What is to be said: with marks where the voice takes them and they fit in."""
    ssml = marked(text)
    takes_marks = "modelName" not in voice and ("name" not in voice or _TAKES_MARKS.search(voice["name"]) is not None)
    return {"ssml": ssml} if takes_marks and len(ssml.encode()) <= _LONGEST_BYTES else {"text": _NO_XML.sub(" ", text)}


def _billed(text: str, said: dict[str, str]) -> str:
    """What counts: all tags but marks do."""
    return f"<speak>{text}</speak>" if "ssml" in said else text


def _speech(text: str, language: str, answer: JsonObject) -> Iterator[SpeechChunk]:
    sound = _sound(answer)
    words = _timed(text.split(), answer, sound.seconds)
    track = SpeechTrack(text, sound.rate_hz, language, timed=bool(words))
    track.words(words)
    track.spelling(words)
    size = BYTES_PER_SAMPLE * round(_CHUNK_S * sound.rate_hz)
    for at in range(0, len(sound.pcm), size):
        track.sound(sound.pcm[at : at + size])
        if (chunk := track.ready()) is not None:
            yield chunk
    if (rest := track.end()) is not None:
        yield rest


def _timed(words: Sequence[str], answer: JsonObject, sound_s: float) -> list[Timed]:
    """The words whose marks were passed: each lasts until the next mark."""
    passed: list[tuple[int, float]] = []
    for point in list_in(answer, "timepoints"):
        place, at_s = text_in(point, "markName"), number_in(point, "timeSeconds")
        if place.isdecimal() and int(place) < len(words) and at_s is not None:
            passed.append((int(place), at_s))
    return [
        Timed(words[place], at_s, until_s) for (place, at_s), (_, until_s) in pairwise([*passed, (len(words), sound_s)])
    ]


def _sound(answer: JsonObject) -> AudioChunk:
    """The sound of an answer. Raises: ProviderError(BAD_RESPONSE)."""
    try:
        content = b64decode(text_in(answer, "audioContent"), validate=True)
    except ValueError:
        raise ProviderError(NAME, FailureCategory.BAD_RESPONSE, "the sound is no base64") from None
    rate_hz, pcm = unwrapped(content)
    if not pcm:
        raise ProviderError(NAME, FailureCategory.BAD_RESPONSE, "no sound came: does the voice speak the language?")
    return AudioChunk(pcm, rate_hz)


def unwrapped(content: bytes) -> tuple[int, bytes]:
    """Sample rate and PCM16 out of a WAV file, whose sizes need not be right; what is no WAV file is bare sound."""
    rate_hz, pcm, at = _RATE_HZ, content, 12
    if content[:4] == b"RIFF" and content[8:12] == b"WAVE":
        pcm = b""
        while at + 8 <= len(content):
            name, size = struct.unpack_from("<4sI", content, at)
            at += 8
            if name == b"fmt " and at + 8 <= len(content):
                rate_hz = struct.unpack_from("<I", content, at + 4)[0] or _RATE_HZ
            if name == b"data":
                pcm = content[at : at + size] if size else content[at:]
                break
            at += size + size % 2
    return rate_hz, pcm[: len(pcm) // BYTES_PER_SAMPLE * BYTES_PER_SAMPLE]
