"""What our Piper server adds to the Wyoming protocol, on both of its sides. Other clients may ignore it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from wyoming.event import Event

_TYPE = "holo-phonemes"
SPOKEN_WORDS = "holo_spoken_words"
"""Key in the `context` of a `synthesize` request: the words of its text, each as it is to be spoken (a list of strings)."""


@dataclass(frozen=True, slots=True)
class Phoneme:
    """One IPA symbol or mark, and the sample of the whole speech at which it ends."""

    symbol: str
    end: int


@dataclass(frozen=True, slots=True)
class WordTime:
    """One word of the text, by its place there, in samples from the start of the whole speech."""

    word: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class SentenceTimes:
    """Comes before the audio of each sentence.

    start, end: the sentence, in samples from the start of the whole speech; a phoneme begins where the one before it ends, the
    first at `start`. words: in order; all sentences together have each word of the text once.
    """

    start: int
    end: int
    phonemes: tuple[Phoneme, ...]
    words: tuple[WordTime, ...]

    @staticmethod
    def is_type(event_type: str) -> bool:
        """Whether an event of this type carries it."""
        return event_type == _TYPE

    def event(self) -> Event:
        """As it goes over the wire."""
        data: dict[str, Any] = {
            "start": self.start,
            "end": self.end,
            "phonemes": [[phoneme.symbol, phoneme.end] for phoneme in self.phonemes],
            "words": [[word.word, word.start, word.end] for word in self.words],
        }
        return Event(_TYPE, data)

    @staticmethod
    def from_event(event: Event) -> SentenceTimes:
        """Raises: KeyError, TypeError, ValueError: the event does not hold it."""
        return SentenceTimes(
            int(event.data["start"]),
            int(event.data["end"]),
            tuple(Phoneme(str(symbol), int(end)) for symbol, end in event.data["phonemes"]),
            tuple(WordTime(int(word), int(start), int(end)) for word, start, end in event.data["words"]),
        )
