"""Mouth shapes and word times for the sound of a room: brought by a voice of our own, or guessed from the sound."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Protocol

from holo_app.domain.speech import Viseme, VisemeCue, WordCue
from holo_app.ports.tts import SpeechChunk
from holo_app.providers.livekit_room.loudness import QUIET_DBFS, dbfs, mouth_of
from holo_app.providers.livekit_room.word_pace import Pace, WordTimes

_LOOK_S: Final = 0.005


class Cues(Protocol):
    """Asked for each piece of sound in turn. Times are from the first sample of the utterance."""

    def piece(self, pcm: bytes, from_s: float, to_s: float) -> tuple[list[VisemeCue], list[WordCue]]:
        """The mouth from there to there, without a gap, and the words that are over."""
        ...

    def rest(self, end_s: float) -> list[WordCue]:
        """The sound is over: the words that were not told yet."""
        ...


class GuessedCues:
    """From loudness and the voice's pace."""

    def __init__(self, words: Sequence[str], pace: Pace) -> None:
        self._words = WordTimes(list(words), pace)

    def piece(self, pcm: bytes, from_s: float, to_s: float) -> tuple[list[VisemeCue], list[WordCue]]:
        level = dbfs(pcm)
        words = self._words.sounded(to_s - from_s, to_s) if level >= QUIET_DBFS else ()
        return [VisemeCue(mouth_of(level), from_s, to_s)], list(words)

    def rest(self, end_s: float) -> list[WordCue]:
        return list(self._words.ended(end_s))


class BroughtCues:
    """Those of the speech that was sent. The room's sound begins with its first audible sample."""

    def __init__(self, words: Sequence[str]) -> None:
        self._texts = list(words)
        self._told = 0
        self._visemes: list[VisemeCue] = []
        self._words: list[WordCue] = []
        self._lead_s: float | None = None
        self._sent_s = 0.0

    def sent(self, chunk: SpeechChunk) -> None:
        """A piece of the speech, on its way to the avatar."""
        if self._lead_s is None:
            quiet_s = _leading_quiet_s(chunk)
            if quiet_s is not None:
                self._lead_s = self._sent_s + quiet_s
        self._sent_s += chunk.audio.seconds
        self._visemes += chunk.visemes
        self._words += chunk.words

    def piece(self, pcm: bytes, from_s: float, to_s: float) -> tuple[list[VisemeCue], list[WordCue]]:
        del pcm
        lead_s = self._lead_s or 0.0
        words = []
        while self._told < len(self._words) and self._words[self._told].end_s - lead_s <= to_s:
            cue = self._words[self._told]
            words.append(WordCue(cue.text, max(cue.start_s - lead_s, 0.0), max(cue.end_s - lead_s, 0.0)))
            self._told += 1
        return self._mouth(from_s, to_s, lead_s), words

    def rest(self, end_s: float) -> list[WordCue]:
        lead_s = self._lead_s or 0.0
        known = [cue.text for cue in self._words]
        rest = [
            WordCue(cue.text, min(max(cue.start_s - lead_s, 0.0), end_s), min(max(cue.end_s - lead_s, 0.0), end_s))
            for cue in self._words[self._told :]
        ]
        self._told = len(self._words)
        # a voice of ours that failed to time some words: they are over when the sound is
        return rest + [WordCue(text, end_s, end_s) for text in self._texts[len(known) :]]

    def _mouth(self, from_s: float, to_s: float, lead_s: float) -> list[VisemeCue]:
        while self._visemes and self._visemes[0].end_s - lead_s <= from_s:
            self._visemes.pop(0)
        mouth, at_s = [], from_s
        for cue in self._visemes:
            start_s, end_s = cue.start_s - lead_s, min(cue.end_s - lead_s, to_s)
            if start_s >= to_s:
                break
            if end_s > at_s:
                mouth.append(VisemeCue(cue.viseme, at_s, end_s))
                at_s = end_s
        if at_s < to_s:
            mouth.append(VisemeCue(Viseme.SIL, at_s, to_s))
        return mouth


def _leading_quiet_s(chunk: SpeechChunk) -> float | None:
    """How long it is quiet at the beginning; None: all of it is."""
    audio = chunk.audio
    step = max(round(_LOOK_S * audio.rate_hz), 1) * 2
    for at in range(0, len(audio.pcm), step):
        if dbfs(audio.pcm[at : at + step]) >= QUIET_DBFS:
            return at / 2 / audio.rate_hz
    return None
