"""Lets speech through up to the end of the last word that is whole, so that another voice can go on at the next one."""

from __future__ import annotations

from array import array
from collections import deque
from dataclasses import replace

from holo_app.domain.audio import BYTES_PER_SAMPLE, AudioChunk
from holo_app.domain.speech import VisemeCue, WordCue
from holo_app.ports.tts import Pictured, SpeechChunk

_LONGEST_HELD_S = 0.8
"""A word that takes longer, such as a long number, is let through in parts; cut, it is said again."""
_FADE_S = 0.008
_NOTHING_S = 0.0005
"""Less of a mouth shape is not worth a cue of its own."""
_ROUNDING_S = 1e-6


class WholeWords:
    """One engine's speech, chunk by chunk. Its cues count from its own start; what is let through counts from `start_s` on.

    hold: False: nobody could go on, so everything is let through as it comes.
    """

    def __init__(self, start_s: float = 0.0, *, hold: bool = True) -> None:
        self._start_s = start_s
        self._hold = hold
        self._pcm = bytearray()
        self._rate_hz = 0
        self._let_through = 0
        self._words: deque[WordCue] = deque()
        self._visemes: deque[VisemeCue] = deque()
        self._pictures: Pictured | None = None
        self.said = 0
        """Whole words that were let through."""

    @property
    def end_s(self) -> float:
        """Where what was let through ends, in the whole synthesis."""
        return self._start_s + (self._let_through / self._rate_hz if self._rate_hz else 0.0)

    def push(self, chunk: SpeechChunk) -> SpeechChunk | None:
        """Enter a chunk; returns what can be let through now."""
        self._rate_hz = chunk.audio.rate_hz
        if chunk.pictures is not None:
            before_s = (self._let_through + self._held) / self._rate_hz
            self._pictures = replace(chunk.pictures, at_s=chunk.pictures.at_s - before_s)
        self._pcm += chunk.audio.pcm
        self._words += chunk.words
        self._visemes += chunk.visemes
        return self._passed(self._whole_until() if self._hold else self._held)

    def finish(self, tail: bytes = b"") -> SpeechChunk | None:
        """The engine has said all: the rest. tail: sound that was still on its way."""
        self._pcm += tail
        return self._passed(self._held, last=True)

    def cut(self) -> SpeechChunk | None:
        """The engine failed: the sound fades out. What else was held is thrown away."""
        size = min(self._held, round(_FADE_S * self._rate_hz))
        faded = array("h", bytes(self._pcm[: size * BYTES_PER_SAMPLE]))
        for place in range(size):
            faded[place] = faded[place] * (size - place) // (size + 1)
        self._pcm[: size * BYTES_PER_SAMPLE] = faded.tobytes()
        self._words.clear()
        return self._passed(size)

    @property
    def _held(self) -> int:
        """Samples that were not let through."""
        return len(self._pcm) // BYTES_PER_SAMPLE

    def _whole_until(self) -> int:
        """Samples of what is held that belong to whole words, with the pause after them where the next word is known."""
        received = self._let_through + self._held
        whole = 0
        for word in self._words:
            if round(word.end_s * self._rate_hz) > received:
                whole = max(whole, min(received, round(word.start_s * self._rate_hz)) - self._let_through)
                break
            whole = max(whole, round(word.end_s * self._rate_hz) - self._let_through)
        return self._held if self._held - whole > _LONGEST_HELD_S * self._rate_hz else whole

    def _passed(self, samples: int, *, last: bool = False) -> SpeechChunk | None:
        """Let so many of the samples through, with their cues."""
        pcm = bytes(self._pcm[: samples * BYTES_PER_SAMPLE])
        del self._pcm[: len(pcm)]
        pictures = self._pictures
        if pictures is not None:
            pictures = replace(pictures, at_s=pictures.at_s + self._let_through / self._rate_hz)
        self._let_through += samples
        words = self._words_until(self._let_through, last=last)
        visemes = self._visemes_until(self._let_through)
        if not (pcm or words):
            return None
        return SpeechChunk(AudioChunk(pcm, self._rate_hz), visemes, words, pictures)

    def _words_until(self, samples: int, *, last: bool) -> tuple[WordCue, ...]:
        until_s = samples / self._rate_hz if self._rate_hz else 0.0
        words = []
        while self._words and (last or not self._hold or round(self._words[0].end_s * self._rate_hz) <= samples):
            word = self._words.popleft()
            if self._hold:
                word = replace(word, start_s=min(word.start_s, until_s), end_s=min(word.end_s, until_s))
            words.append(WordCue(word.text, self._start_s + word.start_s, self._start_s + word.end_s))
        self.said += len(words)
        return tuple(words)

    def _visemes_until(self, samples: int) -> tuple[VisemeCue, ...]:
        """The mouth shapes of what is let through; one that goes on is parted there."""
        until_s = samples / self._rate_hz if self._rate_hz else 0.0
        visemes = []
        while self._visemes and (not self._hold or self._visemes[0].start_s < until_s - _ROUNDING_S):
            cue = self._visemes.popleft()
            if self._hold and cue.end_s - until_s > _NOTHING_S:
                self._visemes.appendleft(replace(cue, start_s=until_s))
                cue = replace(cue, end_s=until_s)
            visemes.append(VisemeCue(cue.viseme, self._start_s + cue.start_s, self._start_s + cue.end_s))
        return tuple(visemes)


def rest_of(text: str, said: int) -> str:
    """The text without its first `said` words."""
    return (text.split(maxsplit=said) + [""] * (said + 1))[said]
