"""Speech that is kept in memory, by what was said, within a bound."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

from holo_app.ports.tts import SpeechChunk

MOST_BYTES = 8 * 2**20
"""Three minutes of an ordinary voice."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """What a voice is asked to say: the text in its spoken form, the character's voice, a BCP 47 tag."""

    spoken: str
    voice: str
    language: str


class KeptSpeech:
    """most_bytes: of sound. used_bytes: what is taken of that."""

    def __init__(self, most_bytes: int) -> None:
        self.used_bytes = 0
        self._most_bytes = most_bytes
        self._speech: OrderedDict[Phrase, tuple[SpeechChunk, ...]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._speech)

    def get(self, phrase: Phrase) -> tuple[SpeechChunk, ...]:
        """The speech of a phrase; none where it is not kept."""
        speech = self._speech.get(phrase, ())
        if speech:
            self._speech.move_to_end(phrase)
        return speech

    def keep(self, phrase: Phrase, speech: tuple[SpeechChunk, ...], *, make_room: bool = False) -> None:
        """Keep it, if it fits. make_room: what was not asked for for longest goes for it; what can never fit moves nothing.

        Speech with pictures is not kept: they are seen once only.
        """
        if any(chunk.pictures is not None for chunk in speech):
            return
        size = _size(speech)
        if phrase in self._speech or size > self._most_bytes:
            return
        while make_room and self.used_bytes + size > self._most_bytes:
            _, oldest = self._speech.popitem(last=False)
            self.used_bytes -= _size(oldest)
        if self.used_bytes + size <= self._most_bytes:
            self._speech[phrase] = speech
            self.used_bytes += size

    def clear(self) -> None:
        """Keep nothing any more."""
        self._speech.clear()
        self.used_bytes = 0


def _size(speech: tuple[SpeechChunk, ...]) -> int:
    return sum(len(chunk.audio.pcm) for chunk in speech)
