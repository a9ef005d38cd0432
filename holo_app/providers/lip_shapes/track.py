"""One synthesis as it streams: sound in pieces of any size goes in, with whatever is known of its times; SpeechChunks come out.

Whatever a voice says or leaves out, what comes out keeps the promise of `ports.tts`: the mouth follows the sound from its first
sample to its last without a gap, and each word of the text has one time within the sound.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from holo_app.domain.audio import BYTES_PER_SAMPLE, AudioChunk
from holo_app.domain.speech import VisemeCue
from holo_app.ports.tts import SpeechChunk
from holo_app.providers.lip_shapes.letters import character_cues, word_cues
from holo_app.providers.lip_shapes.loudness import LoudnessShapes
from holo_app.providers.lip_shapes.phonemes import BREATH_S, phoneme_cues
from holo_app.providers.lip_shapes.timed import SHORTEST_S, Timed, gapless, in_order
from holo_app.providers.lip_shapes.words import WordTrack

_KEPT_S = 0.02
"""Some sound is always kept back, so that the words that are left at the end have something to go with."""
_SHORTEST_CHUNK_S = 0.02
_LONGEST_REST_S = 0.1
"""A chunk ends where a mouth shape does, unless that keeps back more sound than this."""


class SpeechTrack:
    """One synthesis of `text`. Not thread-safe; never fails.

    After each piece ask `ready` for what can be played; at the end ask `end`. Times are seconds from the start of the whole
    synthesis. Shapes that are known go before those of spelling or sound: where none is known the sound decides.

    timed: the engine says when words sound. patience_s: how much sound waits for shapes that are not there yet, where the
    engine sends them after it; 0: none.
    """

    def __init__(
        self, text: str, rate_hz: int, language: str = "en", *, timed: bool = False, patience_s: float = 0.0
    ) -> None:
        self._rate_hz = rate_hz
        self._language = language
        self._patience_s = patience_s
        self._words = WordTrack(text, timed=timed)
        self._loud = LoudnessShapes(rate_hz)
        self._known: list[VisemeCue] = []
        self._known_s = 0.0
        self._held = bytearray()
        self._sent = 0

    @property
    def sound_s(self) -> float:
        """How much sound came in."""
        return self._seconds(self._sent + len(self._held) // BYTES_PER_SAMPLE)

    def sound(self, pcm: bytes) -> None:
        """More sound: mono PCM16, also half a sample at the end of a piece."""
        before = len(self._held) // BYTES_PER_SAMPLE * BYTES_PER_SAMPLE
        self._held += pcm
        after = len(self._held) // BYTES_PER_SAMPLE * BYTES_PER_SAMPLE
        self._loud.push(bytes(self._held[before:after]))

    def words(self, words: Iterable[Timed]) -> None:
        """More words as the engine says them, in its own spelling. They time the words, not the mouth (see `spelling`)."""
        self._words.heard(words)

    def word_characters(self, characters: Iterable[Timed]) -> None:
        """More characters as the engine says them, blanks included. They time the words, not the mouth."""
        self._words.heard_characters(characters)

    def spelling(self, words: Iterable[Timed]) -> None:
        """More words whose letters move the mouth."""
        self._know(word_cues(words, self._language))

    def spelling_characters(self, characters: Iterable[Timed]) -> None:
        """More characters, blanks included, that move the mouth. A word whose characters come in two pieces counts as two."""
        self._know(character_cues(characters, self._language))

    def phonemes(self, phonemes: Iterable[Timed]) -> None:
        """More phonemes, in IPA, that move the mouth."""
        ordered = list(in_order(phonemes, self._known_s))
        if ordered:
            self._know(phoneme_cues(ordered, ordered[0].start_s, ordered[-1].end_s))

    def shapes(self, cues: Iterable[VisemeCue]) -> None:
        """More mouth shapes, as the engine has them."""
        self._know(cues)

    def ready(self) -> SpeechChunk | None:
        """What can be played now; None: nothing yet."""
        have_s = self.sound_s
        limit_s = min(have_s - _KEPT_S, max(self._loud.settled_s, self._known_s))
        if self._patience_s and have_s - self._known_s <= self._patience_s:
            limit_s = min(limit_s, self._known_s)
        start_s = self._seconds(self._sent)
        if limit_s - start_s < _SHORTEST_CHUNK_S:
            return None
        last = self._mouth(start_s, limit_s)[-1]
        if start_s < last.start_s and limit_s - last.start_s <= _LONGEST_REST_S:
            limit_s = last.start_s
        return self._chunk(int(limit_s * self._rate_hz))

    def end(self) -> SpeechChunk | None:
        """The sound is over: the rest of it; None where there was none at all."""
        self._loud.end()
        have = self._sent + len(self._held) // BYTES_PER_SAMPLE
        return self._chunk(have, last=True)

    def _chunk(self, until: int, *, last: bool = False) -> SpeechChunk | None:
        """The sound until that sample."""
        if until <= self._sent:
            return None
        start_s, end_s = self._seconds(self._sent), self._seconds(until)
        size = (until - self._sent) * BYTES_PER_SAMPLE
        pcm = bytes(self._held[:size])
        del self._held[:size]
        self._sent = until
        visemes = self._mouth(start_s, end_s)
        self._known = [cue for cue in self._known if cue.end_s > end_s]
        settle = self._words.rest if last else self._words.until
        return SpeechChunk(AudioChunk(pcm, self._rate_hz), visemes, settle(end_s, self._loud.sounding))

    def _know(self, cues: Iterable[VisemeCue]) -> None:
        for timed in cues:
            for piece in in_order([Timed("", timed.start_s, timed.end_s)], self._known_s):
                if piece.end_s - piece.start_s < SHORTEST_S:
                    continue
                start_s = piece.start_s
                if self._known and start_s - self._known[-1].end_s <= BREATH_S:
                    start_s = self._known[-1].end_s
                self._known.append(VisemeCue(timed.viseme, start_s, piece.end_s))
                self._known_s = piece.end_s

    def _mouth(self, start_s: float, end_s: float) -> tuple[VisemeCue, ...]:
        return gapless(self._shapes_between(start_s, end_s), start_s, end_s)

    def _shapes_between(self, start_s: float, end_s: float) -> Iterator[VisemeCue]:
        at_s = start_s
        for cue in self._known:
            if cue.end_s <= at_s:
                continue
            if cue.start_s >= end_s:
                break
            if cue.start_s - at_s >= SHORTEST_S:
                yield from self._loud.between(at_s, cue.start_s)
            yield cue
            at_s = cue.end_s
        if end_s - at_s >= SHORTEST_S:
            yield from self._loud.between(at_s, end_s)

    def _seconds(self, samples: int) -> float:
        return samples / self._rate_hz


def says_something(text: str) -> bool:
    """Whether there is anything in a text that a voice could say."""
    return any(sign.isalnum() for sign in text)
