"""Text to speech."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Protocol

from holo_app.domain.audio import AudioChunk
from holo_app.domain.speech import VisemeCue, WordCue


@dataclass(frozen=True, slots=True)
class TtsCapabilities:
    """What an engine can do.

    name: the provider, as stored with a turn. languages: BCP 47 primary tags it speaks. voices: names for `voice`.
    """

    name: str
    languages: frozenset[str]
    voices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pictured:
    """Pictures go with the sound (see ports.avatar). utterance: which one's. at_s: the second of it at which a chunk begins."""

    utterance: int
    at_s: float


@dataclass(frozen=True, slots=True)
class SpeechChunk:
    """A piece of synthesised speech.

    visemes and words are timed from the start of the **whole** synthesis (the first chunk's first sample), ordered, and
    cover the audio up to the end of this chunk at least as far as the chunk itself reaches. pictures: a cloud avatar's go with
    it, and are seen once only: such speech cannot be kept.
    """

    audio: AudioChunk
    visemes: tuple[VisemeCue, ...] = ()
    words: tuple[WordCue, ...] = ()
    pictures: Pictured | None = None


class TextToSpeech(Protocol):
    """Speak one clause or sentence.

    Yields chunks of one rate, in order; text without anything to say yields none. Every word of the text appears in exactly
    one WordCue. Closing the generator early cancels the work. Never blocks the event loop. The only error is ProviderError.
    """

    @property
    def capabilities(self) -> TtsCapabilities: ...

    def synthesize(self, text: str, *, voice: str, language: str) -> AsyncGenerator[SpeechChunk]: ...

    async def aclose(self) -> None:
        """End child processes and connections. May be called twice."""
        ...
