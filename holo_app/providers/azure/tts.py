"""Azure's neural voices, with the mouth shapes and word times that they tell.

Source: Microsoft's JavaScript Speech SDK 1.52.0; the native SDK 1.53.0 speaks to the same emulator. No live service was called.
"""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from html import escape, unescape
from math import isfinite
from typing import Any
from uuid import uuid4

from holo_app.errors import FailureCategory, ProviderError
from holo_app.ports.clock import Clock
from holo_app.ports.meter import Meter
from holo_app.ports.tts import SpeechChunk, TtsCapabilities
from holo_app.providers.azure.frames import TICKS_A_SECOND, Frame, json_frame, read_frame, text_frame
from holo_app.providers.azure.kept import Kept, KeptConnection
from holo_app.providers.azure.service import NAME, AzureAccess, azure_socket, speech_config
from holo_app.providers.azure.visemes import VisemeMoments
from holo_app.providers.http.json_values import inside, list_in, number_in, text_in
from holo_app.providers.lip_shapes.timed import Timed
from holo_app.providers.lip_shapes.track import SpeechTrack
from holo_app.providers.locales import Locales
from holo_app.providers.sockets.socket import Socket
from holo_app.providers.voice_accounts import VoiceAccount

USUAL_VOICE = "en-US-AvaMultilingualNeural"
"""It speaks every language in `locales`, and the settings name another where a shop wants one."""

_PATH = "/cognitiveservices/websocket/v1"
_RATE_HZ = 24_000
_FORMAT = "raw-24khz-16bit-mono-pcm"
_VOICE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]+)+(:[A-Za-z0-9.-]+)?")
_PATIENCE_S = 0.25
"""Of sound that waits for its shapes: they come beside it, mostly before."""

_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 may not hold, not even escaped."""


class AzureTts:
    """A TextToSpeech. voice: such as en-US-AvaMultilingualNeural. own_locales: such as `en-GB`, in place of the usual one."""

    def __init__(
        self,
        access: AzureAccess,
        meter: Meter,
        clock: Clock,
        *,
        voice: str = USUAL_VOICE,
        own_locales: Sequence[str] = (),
    ) -> None:
        self._meter = meter
        self._clock = clock
        self._voice = voice or USUAL_VOICE
        self._locales = Locales(own_locales)
        self._connection = KeptConnection(lambda: azure_socket(access, _PATH))
        self._closed = False

    @property
    def capabilities(self) -> TtsCapabilities:
        return TtsCapabilities(NAME, self._locales.languages, (self._voice,))

    async def synthesize(self, text: str, *, voice: str, language: str) -> AsyncGenerator[SpeechChunk]:
        if self._closed:
            raise ProviderError(NAME, FailureCategory.UNAVAILABLE, "it was closed")
        if language not in self._locales.languages:
            raise ProviderError(NAME, FailureCategory.BAD_REQUEST, f"language {language} is not spoken")
        if not any(letter.isalnum() for letter in text):
            return
        named = voice if _VOICE.fullmatch(voice) else self._voice
        speech = _Speech(text, language)
        document = ssml(text, named, self._locales.of(language))
        with VoiceAccount(self._meter, self._clock, NAME, named, text) as account:
            async with aclosing(self._frames(document)) as frames:
                async for frame in frames:
                    if (chunk := speech.push(frame)) is not None:
                        account.sounded = True
                        yield chunk
            yield speech.end()

    async def warm_up(self) -> None:
        """Open a connection ahead of a visit's first clause. Raises: ProviderError."""
        await self._connection.open_ahead()

    async def aclose(self) -> None:
        self._closed = True
        await self._connection.aclose()

    async def _frames(self, document: str) -> AsyncGenerator[Frame]:
        """What comes for a document. A connection that had been kept, and is found to be gone, is opened anew once."""
        for attempt in (0, 1):
            kept = await self._connection.take(fresh=attempt > 0)
            heard = over = False
            try:
                await self._ask(kept, document)
                while (frame := await _next_frame(kept.socket)).path != "turn.end":
                    heard = True
                    yield frame
                over = True
                return
            except ProviderError as error:
                if heard or not kept.stood or error.category is not FailureCategory.CANCELLED_BY_PEER:
                    raise
            finally:
                await (self._connection.give_back(kept) if over else kept.close())

    async def _ask(self, kept: Kept, document: str) -> None:
        turn, now = uuid4().hex, self._clock.utc()
        if not kept.introduced:
            kept.introduced = True
            await kept.socket.send(json_frame("speech.config", turn, speech_config(), now))
        await kept.socket.send(json_frame("synthesis.context", turn, _CONTEXT, now))
        await kept.socket.send(text_frame("ssml", turn, document, now, "application/ssml+xml"))


def ssml(text: str, voice: str, locale: str) -> str:
    """A document that says `text` as it stands: nothing in it is markup."""
    words = escape(_NO_XML.sub(" ", text), quote=True)
    return (
        f'<speak version="1.0" xmlns="http://www.w3.org/2001/10/synthesis" xml:lang="{escape(locale)}">'
        f'<voice name="{escape(voice)}">{words}</voice></speak>'
    )


_CONTEXT: Mapping[str, Any] = {
    "synthesis": {
        "audio": {
            "outputFormat": _FORMAT,
            "metadataOptions": {
                "visemeEnabled": True,
                "wordBoundaryEnabled": True,
                "punctuationBoundaryEnabled": False,
                "sentenceBoundaryEnabled": False,
                "bookmarkEnabled": False,
                "sessionEndEnabled": True,
            },
        },
        "language": {"autoDetection": False},
    }
}


class _Speech:
    """One synthesis as its messages come."""

    def __init__(self, text: str, language: str) -> None:
        self._track = SpeechTrack(text, _RATE_HZ, language, timed=True, patience_s=_PATIENCE_S)
        self._mouth = VisemeMoments()

    def push(self, frame: Frame) -> SpeechChunk | None:
        """What can be played after this message. Raises: ProviderError(BAD_RESPONSE)."""
        if frame.path == "audio.metadata":
            for entry in list_in(frame.json(NAME), "Metadata"):
                self._told(text_in(entry, "Type"), inside(entry, "Data"))
        elif frame.path == "audio":
            self._track.sound(frame.sound)
            return self._track.ready()
        return None

    def end(self) -> SpeechChunk:
        """The rest. Raises: ProviderError(BAD_RESPONSE): there was no sound at all."""
        self._track.shapes(self._mouth.ends(self._track.sound_s))
        rest = self._track.end()
        if rest is None:
            raise ProviderError(NAME, FailureCategory.BAD_RESPONSE, "no sound came: does the voice speak the language?")
        return rest

    def _told(self, kind: str, data: object) -> None:
        """A time that is missing costs the lips or a caption, and nobody their answer."""
        offset = number_in(data, "Offset")
        if offset is None or not isfinite(offset):
            return
        at_s = offset / TICKS_A_SECOND
        viseme = inside(data, "VisemeId")
        if kind == "Viseme" and isinstance(viseme, int):
            self._track.shapes(self._mouth.begins(viseme, at_s))
        elif kind == "WordBoundary" and text_in(data, "text", "BoundaryType") != "PunctuationBoundary":
            lasts_s = (number_in(data, "Duration") or 0.0) / TICKS_A_SECOND
            self._track.words([Timed(unescape(text_in(data, "text", "Text")), at_s, at_s + lasts_s)])


async def _next_frame(socket: Socket) -> Frame:
    message = await socket.receive()
    if message is None:
        raise ProviderError(NAME, FailureCategory.CANCELLED_BY_PEER, "the speech has no end")
    return read_frame(NAME, message)
