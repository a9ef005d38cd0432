"""Word times for exactly the words of a text, whatever an engine says about them: nothing, a length, or words of its own.

Engines read "149" out as three words, or split "Mon-Fri". Where the text and what an engine heard itself say agree they hold
each other in place, and what lies between two such places is shared out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher

from holo_app.domain.speech import WordCue
from holo_app.providers.lip_shapes.pace import Pace, weight_of
from holo_app.providers.lip_shapes.timed import Timed, in_order

_WINDOW = 24
"""How many words of the text are looked at beyond as many as the engine has said since the last one that is settled."""


class WordTrack:
    """The words of one text, settled as speech goes on. Each is given out once, in order, and ends within the sound.

    timed: the engine is to say when words sound; only where it never does are their times guessed, at the end.
    """

    def __init__(self, text: str, *, timed: bool = False) -> None:
        self._timed = timed
        self._words = text.split()
        self._plain = [_plain(word) for word in self._words]
        self._next = 0
        self._heard: list[Timed] = []
        self._first_heard = 0
        self._heard_s = 0.0
        self._settled: list[tuple[float, float]] = []
        self._given_s = 0.0
        self._pace = Pace(self._words)
        self._characters: list[Timed] = []

    def heard(self, words: Iterable[Timed]) -> None:
        """More words that the engine has said, by its own spelling, in order."""
        for word in in_order(words, self._heard_s):
            self._heard_s = word.end_s
            if _plain(word.text):
                self._heard.append(word)

    def heard_characters(self, characters: Iterable[Timed]) -> None:
        """More characters that the engine has said, blanks included, in order. A word counts once a blank follows it."""
        for character in characters:
            if character.text.strip():
                self._characters.append(character)
            else:
                self._end_of_word()

    def until(self, sound_s: float, sounding: Sequence[tuple[float, float]] = ()) -> tuple[WordCue, ...]:
        """The words, not given yet, that are known to end within the sound so far.

        sounding: where somebody speaks in it; what a word's time is guessed from where the engine says nothing.
        """
        if self._heard:
            self._match(last=False)
        elif not self._timed:
            self._settled += self._pace.until(sound_s, sounding)
        return self._given(sound_s)

    def rest(self, sound_s: float, sounding: Sequence[tuple[float, float]] = ()) -> tuple[WordCue, ...]:
        """All the others, now that the sound is over."""
        self._end_of_word()
        if self._heard:
            self._match(last=True)
        else:
            self._settled += self._pace.rest(sound_s, sounding)
        at_s = self._settled[-1][1] if self._settled else 0.0
        over_s = max(min((end for _, end in sounding[-1:]), default=sound_s), at_s)
        self._settled += shared(self._words[len(self._settled) :], at_s, over_s)
        self._settled[self._next :] = [
            (min(start_s, sound_s), min(end_s, sound_s)) for start_s, end_s in self._settled[self._next :]
        ]
        return self._given(sound_s)

    def _end_of_word(self) -> None:
        if self._characters:
            word, self._characters = self._characters, []
            self.heard([Timed("".join(c.text for c in word), word[0].start_s, word[-1].end_s)])

    def _given(self, sound_s: float) -> tuple[WordCue, ...]:
        given: list[WordCue] = []
        while self._next < len(self._settled) and self._settled[self._next][1] <= sound_s:
            start_s, end_s = self._settled[self._next]
            start_s = max(start_s, self._given_s)
            self._given_s = max(end_s, start_s)
            given.append(WordCue(self._words[self._next], start_s, self._given_s))
            self._next += 1
        return tuple(given)

    def _match(self, *, last: bool) -> None:
        """Settle the words of the text up to the last one that the engine has said too; all of them, if it has said all."""
        heard = self._heard[self._first_heard :]
        begin = len(self._settled)
        end = len(self._words) if last else min(len(self._words), begin + len(heard) + _WINDOW)
        said = [_plain(word.text) for word in heard]
        blocks = SequenceMatcher(None, self._plain[begin:end], said, autojunk=False).get_matching_blocks()
        text_at = heard_at = 0
        for block in blocks[:-1]:
            self._between(begin + text_at, begin + block.a, heard[heard_at : block.b])
            for place in range(block.size):
                word = heard[block.b + place]
                self._settled.append((word.start_s, word.end_s))
            text_at, heard_at = block.a + block.size, block.b + block.size
        if last and heard[heard_at:]:
            self._between(begin + text_at, end, heard[heard_at:])
            heard_at = len(heard)
        self._first_heard += heard_at

    def _between(self, start: int, end: int, heard: Sequence[Timed]) -> None:
        """Words of the text that stand where the engine said something else, or nothing."""
        at_s = self._settled[-1][1] if self._settled else 0.0
        start_s, end_s = (heard[0].start_s, heard[-1].end_s) if heard else (at_s, at_s)
        if end > start:
            self._settled += shared(self._words[start:end], max(start_s, at_s), max(end_s, at_s))


def shared(words: Sequence[str], start_s: float, end_s: float) -> list[tuple[float, float]]:
    """Start and end of each of the words that together take this time: the longer one is written, the longer it lasts."""
    weights = [weight_of(word) for word in words]
    whole, passed = sum(weights), 0.0
    times: list[tuple[float, float]] = []
    for weight in weights:
        passed += weight
        until_s = start_s + (end_s - start_s) * (passed / whole if whole else 1.0)
        times.append((times[-1][1] if times else start_s, min(until_s, end_s)))
    return times


def _plain(word: str) -> str:
    return "".join(sign for sign in word.casefold() if sign.isalnum())
