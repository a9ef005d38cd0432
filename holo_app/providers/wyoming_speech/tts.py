"""Any Wyoming synthesis server as a TextToSpeech. Tried against real servers of our own; no live service was called."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass

from wyoming.event import Event
from wyoming.tts import Synthesize, SynthesizeVoice

from holo_app.domain.usage import ProviderRole, Unit, Use
from holo_app.errors import FailureCategory, ProviderError
from holo_app.ports.clock import Clock
from holo_app.ports.meter import CURRENT_TURN, Meter
from holo_app.ports.tts import SpeechChunk, TtsCapabilities
from holo_app.providers.lip_shapes.track import SpeechTrack
from holo_app.providers.wyoming.client import WyomingConnection, connection
from holo_app.providers.wyoming.description import Described, describe
from holo_app.providers.wyoming.failures import failure_of
from holo_app.providers.wyoming_speech.failures import cut_off
from holo_app.providers.wyoming_speech.sound import Sound, sound_of

_NAME = "wyoming"


@dataclass(frozen=True, slots=True)
class WyomingTtsSettings:
    """address: `tcp://host:port` or `unix:///path`. voice: one of the server's; empty: its choice for the language.

    languages: what it is taken to speak until it has said so, and where it does not say. Primary tags.
    """

    address: str
    voice: str = ""
    languages: frozenset[str] = frozenset({"en"})


class WyomingTts:
    """A connection for each text. The protocol tells no times: the mouth follows the sound, and words are spread over it.

    The server is asked once what it can do: by `warm_up`, else before the first text.
    """

    def __init__(self, settings: WyomingTtsSettings, meter: Meter, clock: Clock) -> None:
        self._settings = settings
        self._meter = meter
        self._clock = clock
        self._described: Described | None = None
        self._closed = False

    @property
    def capabilities(self) -> TtsCapabilities:
        said = self._described or Described()
        languages = frozenset(said.languages) or self._settings.languages
        return TtsCapabilities(_NAME, languages, tuple(said.voices) or (self._settings.voice,))

    async def warm_up(self) -> None:
        """Ask the server what it can do. Raises: ProviderError."""
        self._described = await describe(_NAME, self._settings.address, "tts")

    async def synthesize(self, text: str, *, voice: str, language: str) -> AsyncGenerator[SpeechChunk]:
        if self._closed:
            raise ProviderError(_NAME, FailureCategory.UNAVAILABLE, "closed")
        if not any(map(str.isalnum, text)):
            return
        asked = False
        name = ""
        try:
            if self._described is None:
                await self.warm_up()
            if language not in self.capabilities.languages:
                raise ProviderError(_NAME, FailureCategory.BAD_REQUEST, f"language {language} is not spoken")
            name = self._voice(voice, language)
            request = Synthesize(" ".join(text.split()), SynthesizeVoice(name or None, self._tag(language)))
            async with connection(_NAME, self._settings.address) as server:
                await server.send(request.event())
                asked = True
                async with aclosing(_speech(server, text, language)) as chunks:
                    async for chunk in chunks:
                        yield chunk
        finally:
            units = {Unit.CHARACTERS: float(len(text))} if asked else {}
            turn = CURRENT_TURN.get()
            self._meter.used(Use(ProviderRole.TTS, _NAME, name, self._clock.utc(), units, turn=turn))

    async def aclose(self) -> None:
        self._closed = True

    def _voice(self, wanted: str, language: str) -> str:
        """The voice to ask for: the wanted one, else that of the settings, each if it speaks the language; "": the server's."""
        voices = (self._described or Described()).voices
        for name in (wanted, self._settings.voice):
            if language in voices.get(name, ()):
                return name
        return ""

    def _tag(self, language: str) -> str:
        return (self._described or Described()).languages.get(language, language)


async def _speech(server: WyomingConnection, text: str, language: str) -> AsyncGenerator[SpeechChunk]:
    track: SpeechTrack | None = None
    rate_hz = 0
    async with aclosing(_sounds(server)) as sounds:
        async for sound in sounds:
            if track is None:
                rate_hz, track = sound.rate_hz, SpeechTrack(text, sound.rate_hz, language)
            if sound.rate_hz != rate_hz:
                raise ProviderError(_NAME, FailureCategory.BAD_RESPONSE, "the sample rate changes within the speech")
            track.sound(sound.pcm)
            if (chunk := track.ready()) is not None:
                yield chunk
    if track is None:
        raise ProviderError(_NAME, FailureCategory.BAD_RESPONSE, "no sound came")
    if (chunk := track.end()) is not None:
        yield chunk


async def _sounds(server: WyomingConnection) -> AsyncGenerator[Sound]:
    """The sound of one answer, as it comes."""
    with cut_off(server):
        while True:
            event: Event = await server.receive()
            match event.type:
                case "audio-chunk":
                    yield sound_of(_NAME, event)
                case "audio-stop":
                    return
                case "error":
                    raise failure_of(_NAME, event)
                case _:
                    pass  # each chunk says again what `audio-start` said
