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
from holo_app.providers.local_voice.events import SentenceTimes
from holo_app.providers.local_voice.spoken_form import spoken_words
from holo_app.providers.local_voice.visemes import timed_phonemes
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

    English is spelt out (prices, units) before it goes out: few servers read it well. What our own servers tell beyond the
    protocol moves the mouth.

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
            request = Synthesize(_written(text, language), SynthesizeVoice(name or None, self._tag(language)))
            async with connection(_NAME, self._settings.address) as server:
                await server.send(request.event())
                asked = True
                async with aclosing(_Speech(text, language).chunks(server)) as chunks:
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


def _written(text: str, language: str) -> str:
    words = text.split()
    return " ".join(spoken_words(words) if language == "en" else words)


class _Speech:
    """Puts the server's events together into chunks."""

    def __init__(self, text: str, language: str) -> None:
        self._text = text
        self._language = language
        self._track: SpeechTrack | None = None
        self._rate_hz = 0
        self._early: list[SentenceTimes] = []

    async def chunks(self, server: WyomingConnection) -> AsyncGenerator[SpeechChunk]:
        """What there is to hear, as it comes. Raises: ProviderError."""
        while True:
            with cut_off(server):
                event = await server.receive()
            match event.type:
                case "audio-chunk":
                    if (chunk := self._heard(sound_of(_NAME, event))) is not None:
                        yield chunk
                case "audio-stop":
                    break
                case "error":
                    raise failure_of(_NAME, event)
                case kind if SentenceTimes.is_type(kind):
                    self._told(event)
                case _:
                    pass  # each chunk says again what `audio-start` said
        if self._track is None:
            raise ProviderError(_NAME, FailureCategory.BAD_RESPONSE, "no sound came")
        if (chunk := self._track.end()) is not None:
            yield chunk

    def _heard(self, sound: Sound) -> SpeechChunk | None:
        if self._track is None:
            self._rate_hz = sound.rate_hz
            self._track = SpeechTrack(self._text, sound.rate_hz, self._language)
        if sound.rate_hz != self._rate_hz:
            raise ProviderError(_NAME, FailureCategory.BAD_RESPONSE, "the sample rate changes within the speech")
        while self._early:
            self._track.phonemes(timed_phonemes(self._early.pop(0), sound.rate_hz))
        self._track.sound(sound.pcm)
        return self._track.ready()

    def _told(self, event: Event) -> None:
        """Our own servers tell when each phoneme sounds, ahead of its sound."""
        try:
            self._early.append(SentenceTimes.from_event(event))
        except (KeyError, TypeError, ValueError) as error:
            raise ProviderError(_NAME, FailureCategory.BAD_RESPONSE, repr(error)) from error
