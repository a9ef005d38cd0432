"""From words to timed sentences, in the child process."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from holo_app.providers.local_voice.alignment import SPACE, word_spans
from holo_app.providers.local_voice.events import Phoneme, SentenceTimes, WordTime
from holo_app.providers.onnx.session import StopSwitch


@dataclass(frozen=True, slots=True)
class Spoken:
    """One sentence. samples: its length. ends: for each symbol of the sentence, the sample at which it ends.

    sound: PCM16 at the voice's rate, in pieces that are made when they are asked for; raises ProviderError as `Voice.speak`.
    """

    samples: int
    ends: tuple[int, ...]
    sound: Iterator[bytes]


class Voice(Protocol):
    """Turns text into symbols and symbols into sound. Blocks; one thread at a time."""

    @property
    def rate_hz(self) -> int:
        """Samples per second."""
        ...

    def warm_up(self) -> None:
        """Speak once for itself, so that the first sentence is as quick and as loud as the others. Raises: ProviderError."""
        ...

    def sentences(self, text: str) -> list[list[str]]:
        """The symbols (IPA, stress, length, punctuation, spaces) of each sentence in `text`."""
        ...

    def speak(self, symbols: Sequence[str], switch: StopSwitch) -> Spoken:
        """Say one sentence. Raises: ProviderError: it failed, or `switch` ended it."""
        ...


@dataclass(frozen=True, slots=True)
class TimedSentence:
    """One sentence of the speech: its times and its PCM16, in pieces that are made when they are asked for."""

    times: SentenceTimes
    sound: Iterator[bytes]


@dataclass(frozen=True, slots=True)
class _Span:
    """The symbols that a word has, counted over the whole text."""

    word: int
    start: int
    end: int


def speak(voice: Voice, words: Sequence[str], switch: StopSwitch) -> Iterator[TimedSentence]:
    """Say `words` (each as it is to be spoken) as one text, sentence by sentence. Blocks. Raises: ProviderError."""
    sentences = voice.sentences(" ".join(words))
    if not sentences:
        return
    # the sentences are parted by a space that is in none of them, so that words end with them
    whole = [symbol for sentence in sentences for symbol in (*sentence, SPACE)]
    alone = [[symbol for sentence in voice.sentences(word) for symbol in (*sentence, SPACE)] for word in words]
    spans = [_Span(i, *span) for i, span in enumerate(word_spans(whole, alone))]
    first_symbol = first_sample = 0
    for index, symbols in enumerate(sentences):
        past = first_symbol + len(symbols) + 1
        last = index == len(sentences) - 1
        mine = [span for span in spans if first_symbol <= span.start and (last or span.start < past)]
        spoken = voice.speak(symbols, switch)
        yield TimedSentence(_times(symbols, spoken, first_sample, first_symbol, mine), spoken.sound)
        first_symbol = past
        first_sample += spoken.samples


def _times(
    symbols: Sequence[str], spoken: Spoken, first_sample: int, first_symbol: int, spans: Sequence[_Span]
) -> SentenceTimes:
    ends = [first_sample + end for end in spoken.ends]
    starts = [first_sample, *ends[:-1]]

    def time(span: _Span) -> WordTime:
        start = min(span.start - first_symbol, len(symbols))
        end = min(span.end - first_symbol, len(symbols))
        if end <= start:
            moment = ends[start - 1] if start else first_sample
            return WordTime(span.word, moment, moment)
        return WordTime(span.word, starts[start], ends[end - 1])

    return SentenceTimes(
        first_sample,
        first_sample + spoken.samples,
        tuple(Phoneme(symbol, end) for symbol, end in zip(symbols, ends, strict=True)),
        tuple(time(span) for span in spans),
    )
