"""ElevenLabs' voices as a TextToSpeech: one socket is kept open, and each text is a context of it.

Source: elevenlabs 2.78.0, its maker's client, and elevenlabs.io. No live service was called: the tests speak to an
emulator that the maker's own client speaks to as well.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, aclosing
from dataclasses import dataclass, field

from holo_app.domain.usage import Unit
from holo_app.errors import FailureCategory, ProviderError
from holo_app.ports.clock import Clock
from holo_app.ports.meter import Meter
from holo_app.ports.tts import SpeechChunk, TtsCapabilities
from holo_app.providers.elevenlabs import messages
from holo_app.providers.elevenlabs.failures import expired, failure, is_failure, read_close, read_refusal
from holo_app.providers.http.client import Ask, HttpClient
from holo_app.providers.http.json_values import count_in, list_in, number_in, text_in
from holo_app.providers.lip_shapes.track import SpeechTrack, says_something
from holo_app.providers.sockets.sharing import Call, Dialect, SharedSocket
from holo_app.providers.sockets.socket import Socket, open_socket, socket_address
from holo_app.providers.voice_accounts import VoiceAccount

_NAME = "elevenlabs"
_RATE_HZ = 24_000
_FORMAT = "pcm_24000"
_KEPT_OPEN_S = 180
"""The longest that a socket may be without a word. A context lives no longer than it speaks, so that none has to be kept
alive from here; a socket that idled out is opened anew."""
_MOST_CONTEXTS = 5
_MOST_SOCKETS = 3
_OWN_VOICE = re.compile(r"[A-Za-z0-9]{20}")
_NAMED_LANGUAGE = ("eleven_flash_v2_5", "eleven_turbo_v2_5", "eleven_v3")
"""Other models refuse to be told the language: they hear it from the text."""
_SPOKEN = "ar bg cs da de el en es fi fil fr hi hr hu id it ja ko ms nl no pl pt ro ru sk sv ta tr uk vi zh"
_LANGUAGES = frozenset(_SPOKEN.split())


@dataclass(frozen=True, slots=True)
class ElevenLabsSettings:
    """Where and how it is asked.

    voice: the id of what a character that names another maker's voice is spoken with. over_http: without the socket, for
    networks that let none through; the first sound then comes later.
    """

    base_url: str = "https://api.elevenlabs.io"
    model: str = "eleven_flash_v2_5"
    voice: str = "21m00Tcm4TlvDq8ikWAM"
    over_http: bool = False
    key: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class _Asked:
    """One text. told: gets what the maker says it used."""

    text: str
    voice: str
    language: str
    told: Callable[[Mapping[Unit, float]], None]


class ElevenLabsTts:
    """A TextToSpeech."""

    def __init__(self, settings: ElevenLabsSettings, meter: Meter, clock: Clock) -> None:
        self._settings = settings
        self._meter = meter
        self._clock = clock
        self._headers = {"xi-api-key": settings.key}
        self._client = HttpClient(_NAME, settings.base_url, self._headers, read=read_refusal)
        self._sockets: dict[str, SharedSocket] = {}
        self._closed = False

    @property
    def capabilities(self) -> TtsCapabilities:
        return TtsCapabilities(_NAME, _LANGUAGES, (self._settings.voice,))

    async def synthesize(self, text: str, *, voice: str, language: str) -> AsyncGenerator[SpeechChunk]:
        if language not in _LANGUAGES:
            raise ProviderError(_NAME, FailureCategory.BAD_REQUEST, f"language {language} is not spoken")
        if not says_something(text):
            return
        track = SpeechTrack(text, _RATE_HZ, language, timed=True)
        spoken_by = voice if _OWN_VOICE.fullmatch(voice) else self._settings.voice
        over = self._over_http if self._settings.over_http else self._over_socket
        with VoiceAccount(self._meter, self._clock, _NAME, self._settings.model, text) as account:
            asked = _Asked(text.strip(), spoken_by, language, account.told)
            async with aclosing(over(asked, track)) as heard:
                async for _ in heard:
                    account.sounded = True
                    if (chunk := track.ready()) is not None:
                        yield chunk
            last = track.end()
            if last is None:
                raise ProviderError(_NAME, FailureCategory.BAD_RESPONSE, "it said nothing")
            yield last

    async def warm_up(self, language: str = "en") -> None:
        """Open the socket ahead of a visit's first clause. It idles out after three minutes. Raises: ProviderError."""
        if not self._settings.over_http:
            await (await self._socket(self._settings.voice, language)).open_ahead()

    async def voices(self) -> list[str]:
        """The ids of the voices that the key may use, at most 100. Costs nothing, and a wrong key is refused."""
        answer = await self._client.json(Ask("/v2/voices", method="GET", query={"page_size": 100}))
        return [voice for entry in list_in(answer, "voices") if (voice := text_in(entry, "voice_id"))]

    async def quota(self) -> tuple[int, int]:
        """Characters used and allowed in this period."""
        answer = await self._client.json(Ask("/v1/user/subscription", method="GET"))
        return count_in(answer, "character_count"), count_in(answer, "character_limit")

    async def aclose(self) -> None:
        self._closed = True
        sockets, self._sockets = list(self._sockets.values()), {}
        await asyncio.gather(*(socket.aclose() for socket in sockets))
        await self._client.aclose()

    async def _over_socket(self, asked: _Asked, track: SpeechTrack) -> AsyncGenerator[None]:
        """One turn for each piece of sound that went into `track`."""
        context = self._clock.new_id().hex
        call = Call(context, messages.speaking(context, asked.text))
        socket = await self._socket(asked.voice, asked.language)
        async with aclosing(socket.answers(call)) as answers:
            async for message in answers:
                if is_failure(message):
                    raise failure(_NAME, message)
                if sound := messages.sound_of(_NAME, message):
                    at_s = track.sound_s
                    track.word_characters(messages.written(message, at_s))
                    track.spelling_characters(messages.spoken(message, at_s))
                    track.sound(sound)
                    yield

    async def _over_http(self, asked: _Asked, track: SpeechTrack) -> AsyncGenerator[None]:
        path = f"/v1/text-to-speech/{asked.voice}/stream/with-timestamps"
        body = {"text": asked.text, "model_id": self._settings.model, **self._language(asked.language)}
        ask = Ask(path, body, query={"output_format": _FORMAT})
        async with self._client.lines(ask, seen=lambda headers: asked.told(_cost(headers))) as lines:
            async for line in lines:
                if is_failure(line):
                    raise failure(_NAME, line)
                track.word_characters(messages.written_in_line(line))
                track.spelling_characters(messages.spoken_in_line(line))
                if sound := messages.sound_of(_NAME, line, "audio_base64"):
                    track.sound(sound)
                    yield

    async def _socket(self, voice: str, language: str) -> SharedSocket:
        """The one for a voice and a language, which stand in its address."""
        if self._closed:
            raise ProviderError(_NAME, FailureCategory.UNAVAILABLE, "it was closed")
        address = self._address(voice, language)
        kept = self._sockets.pop(address, None)
        # the one that was asked for last stands last
        self._sockets[address] = socket = kept or SharedSocket(
            _NAME,
            lambda: self._open(address),
            Dialect(messages.context_of, messages.is_last, expired, _MOST_CONTEXTS),
        )
        idle = [old for old, other in self._sockets.items() if other is not socket and not other.busy]
        for old in idle[: max(0, len(self._sockets) - _MOST_SOCKETS)]:
            await self._sockets.pop(old).aclose()
        return socket

    def _open(self, address: str) -> AbstractAsyncContextManager[Socket]:
        return open_socket(_NAME, address, self._headers, read=read_refusal, read_close=read_close)

    def _address(self, voice: str, language: str) -> str:
        query: dict[str, str | int | float | bool] = {
            "model_id": self._settings.model,
            "output_format": _FORMAT,
            "auto_mode": True,
            "sync_alignment": True,
            "inactivity_timeout": _KEPT_OPEN_S,
            **self._language(language),
        }
        return socket_address(self._settings.base_url, f"/v1/text-to-speech/{voice}/multi-stream-input", query)

    def _language(self, language: str) -> dict[str, str]:
        return {"language_code": language} if self._settings.model.startswith(_NAMED_LANGUAGE) else {}


def _cost(headers: Mapping[str, str]) -> dict[Unit, float]:
    """What the maker bills, in its characters, where it says so."""
    cost = number_in(dict(headers), "character-cost")
    return {} if cost is None else {Unit.CHARACTERS: cost}
