"""Cartesia's voices as a TextToSpeech: one socket is kept open, and its phonemes move the mouth.

Source: cartesia 4.2.0, its maker's client, and docs.cartesia.ai. No live service was called: the tests speak to an
emulator that the maker's own client speaks to as well.
"""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator
from contextlib import AbstractAsyncContextManager, aclosing
from dataclasses import dataclass, field

from holo_app.errors import FailureCategory, ProviderError
from holo_app.ports.clock import Clock
from holo_app.ports.meter import Meter
from holo_app.ports.tts import SpeechChunk, TtsCapabilities
from holo_app.providers.cartesia import messages
from holo_app.providers.cartesia.failures import failure, read_refusal
from holo_app.providers.http.client import Ask, HttpClient
from holo_app.providers.http.json_values import JsonObject, list_in, text_in
from holo_app.providers.lip_shapes.timed import Timed
from holo_app.providers.lip_shapes.track import SpeechTrack, says_something
from holo_app.providers.sockets.sharing import Call, Dialect, SharedSocket
from holo_app.providers.sockets.socket import Socket, open_socket, socket_address
from holo_app.providers.voice_accounts import VoiceAccount

_NAME = "cartesia"
_PATIENCE_S = 0.4
"""Of sound: times come beside it, and often a little after."""
_OWN_VOICE = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_MOST_CONTEXTS = 20
_SPOKEN = (
    "ar bg bn cs da de el en es fi fr gu he hi hr hu id it ja ka kn ko ml mr ms nl no pa pl pt ro ru sk sv ta te th "
    "tl tr uk vi zh"
)
_LANGUAGES = frozenset(_SPOKEN.split())


@dataclass(frozen=True, slots=True)
class CartesiaSettings:
    """voice: the id of what a character that names another maker's voice is spoken with."""

    base_url: str = "https://api.cartesia.ai"
    api_version: str = "2026-08-14"
    model: str = "sonic-3"
    voice: str = ""
    key: str = field(default="", repr=False)


class CartesiaTts:
    """A TextToSpeech."""

    def __init__(self, settings: CartesiaSettings, meter: Meter, clock: Clock) -> None:
        self._settings = settings
        self._meter = meter
        self._clock = clock
        self._headers = {"authorization": f"Bearer {settings.key}", "cartesia-version": settings.api_version}
        self._client = HttpClient(_NAME, settings.base_url, self._headers, read=read_refusal)
        self._socket = SharedSocket(
            _NAME, self._open, Dialect(messages.context_of, messages.is_last, most_calls=_MOST_CONTEXTS)
        )

    @property
    def capabilities(self) -> TtsCapabilities:
        return TtsCapabilities(_NAME, _LANGUAGES, (self._settings.voice,) if self._settings.voice else ())

    async def synthesize(self, text: str, *, voice: str, language: str) -> AsyncGenerator[SpeechChunk]:
        if language not in _LANGUAGES:
            raise ProviderError(_NAME, FailureCategory.BAD_REQUEST, f"language {language} is not spoken")
        if not says_something(text):
            return
        speech = _Speech(SpeechTrack(text, messages.RATE_HZ, language, timed=True, patience_s=_PATIENCE_S))
        context = self._clock.new_id().hex
        with VoiceAccount(self._meter, self._clock, _NAME, self._settings.model, text) as account:
            asking = messages.speaking(context, text.strip(), self._settings.model, self._spoken_by(voice), language)
            call = Call(context, [asking], messages.giving_up(context))
            async with aclosing(self._socket.answers(call)) as answers:
                async for message in answers:
                    speech.take(message)
                    account.sounded = account.sounded or speech.track.sound_s > 0
                    if (chunk := speech.track.ready()) is not None:
                        yield chunk
            last = speech.track.end()
            if last is None:
                raise ProviderError(_NAME, FailureCategory.BAD_RESPONSE, "it said nothing")
            yield last

    async def warm_up(self) -> None:
        """Open the socket ahead of a visit's first clause. Raises: ProviderError."""
        await self._socket.open_ahead()

    async def voices(self) -> list[str]:
        """The ids of the voices that the key may use, at most 100. Costs nothing, and a wrong key is refused."""
        answer = await self._client.json(Ask("/voices", method="GET", query={"limit": 100}))
        return [voice for entry in list_in(answer, "data") if (voice := text_in(entry, "id"))]

    async def aclose(self) -> None:
        await self._socket.aclose()
        await self._client.aclose()

    def _open(self) -> AbstractAsyncContextManager[Socket]:
        query = {"cartesia_version": self._settings.api_version}
        address = socket_address(self._settings.base_url, "/tts/websocket", query)
        return open_socket(_NAME, address, self._headers, read=read_refusal)

    def _spoken_by(self, voice: str) -> str:
        chosen = voice if _OWN_VOICE.fullmatch(voice) else self._settings.voice
        if not chosen:
            raise ProviderError(_NAME, FailureCategory.BAD_REQUEST, "no voice is set: cartesia.voice")
        return chosen


class _Speech:
    """Puts the messages of one context together. Where a language has no phonemes the letters of its words do."""

    def __init__(self, track: SpeechTrack) -> None:
        self.track = track
        self._phonemes = False
        self._words: list[Timed] = []

    def take(self, message: JsonObject) -> None:
        """One more. Raises: ProviderError: it says that something went wrong, or its sound is none."""
        match message.get("type"):
            case "error":
                raise failure(_NAME, message)
            case "chunk":
                self.track.sound(messages.sound_of(_NAME, message))
            case "timestamps":
                words = messages.words_of(message)
                self._words += words
                self.track.words(words)
            case "phoneme_timestamps":
                phonemes = messages.phonemes_of(message)
                self._phonemes = self._phonemes or bool(phonemes)
                self.track.phonemes(phonemes)
        if not self._phonemes and self._words and self.track.sound_s > _PATIENCE_S:
            self.track.spelling(self._words)
            self._words = []
