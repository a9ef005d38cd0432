"""From text with times to mouth shapes, for voices that say when a word or a character sounds, but not how.

Source of the idea: TalkingHead (M. Mikael, MIT): mouth shapes by letter-to-sound rules, scaled into word times; rules and code
are our own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from holo_app.domain.speech import Viseme, VisemeCue
from holo_app.providers.lip_shapes.phonemes import BREATH_S
from holo_app.providers.lip_shapes.spelling import sounds_of
from holo_app.providers.lip_shapes.timed import Timed, in_order

_VOWELS = frozenset({Viseme.AA, Viseme.E, Viseme.I, Viseme.O, Viseme.U})
_VOWEL_WEIGHT = 1.5
"""Vowels last longer than consonants; the rest of a word's time is shared evenly."""


def word_cues(words: Iterable[Timed], language: str) -> Iterator[VisemeCue]:
    """The mouth over words that each have a time, in order.

    There is no cue between words that are apart, nor where nothing is known of how a word sounds (another script).
    """
    for word in in_order(words):
        shapes = [shape for sound in sounds_of(word.text, language) for shape in sound.shapes]
        yield from _shared(shapes, word.start_s, word.end_s)


def character_cues(characters: Iterable[Timed], language: str) -> Iterator[VisemeCue]:
    """The mouth over characters that each have a time, in order: all of a word's, with the blanks and marks between words.

    A blank or a mark that lasts is a pause, in which the mouth closes.
    """
    word: list[Timed] = []
    for character in in_order(characters):
        if character.text.strip() and any(sign.isalnum() or sign in "'’-" for sign in character.text):
            word.append(character)
            continue
        yield from _spelt(word, language)
        word = []
        if character.end_s - character.start_s > BREATH_S:
            yield VisemeCue(Viseme.SIL, character.start_s, character.end_s)
    yield from _spelt(word, language)


def _spelt(characters: Sequence[Timed], language: str) -> Iterator[VisemeCue]:
    if not characters:
        return
    # a vendor's "character" may be several
    owner = [place for place, character in enumerate(characters) for _ in character.text]
    sounds = [sound for sound in sounds_of("".join(c.text for c in characters), language) if sound.shapes]
    starts = [characters[owner[sound.start]].start_s for sound in sounds]
    # letters that are not heard belong to the sound before them, and those at the start to the first
    starts[:1] = [characters[0].start_s] * len(starts[:1])
    ends = [*starts[1:], characters[-1].end_s]
    for sound, start_s, end_s in zip(sounds, starts, ends, strict=False):
        yield from _shared(sound.shapes, start_s, end_s)


def _shared(shapes: Sequence[Viseme], start_s: float, end_s: float) -> Iterator[VisemeCue]:
    weights = [_VOWEL_WEIGHT if shape in _VOWELS else 1.0 for shape in shapes]
    whole, passed, at_s = sum(weights), 0.0, start_s
    for shape, weight in zip(shapes, weights, strict=True):
        passed += weight
        until_s = start_s + (end_s - start_s) * passed / whole
        if until_s > at_s:
            yield VisemeCue(shape, at_s, until_s)
        at_s = until_s
