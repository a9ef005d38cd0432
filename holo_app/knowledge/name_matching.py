"""Find the products that a question names, also half and also misheard ("hair on watch" for the Heron watch)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from holo_app.domain.product import Product
from holo_app.knowledge.phonetics import skeleton, sound_of, sounds_like
from holo_app.knowledge.wording import stem, tokens

_LONGEST_WINDOW = 3
_MIN_FUZZY_LENGTH = 4
_SURE = 0.8
"""Likeness at which an unknown word is taken for a name's word."""
_SURE_OF_PIECES = 0.83
"""The same for several words that recognition may have torn apart."""
_SUPPORTED = 0.66
"""Likeness that is enough where the question also says what kind of thing that product is."""
_MIN_COVERAGE = 0.34
_PREFILTER = 0.3
_WIDEST_NAME = 5
"""Words of one name stand at most so far apart in a question."""
_WHOLE = 0.9


@dataclass(frozen=True, slots=True)
class NameMatch:
    """start, end: the question's tokens, end exclusive. coverage: share of the name's own words that were said, 0..1."""

    sku: str
    start: int
    end: int
    coverage: float
    words: int


@dataclass(frozen=True, slots=True)
class _Hit:
    word: str
    start: int
    end: int
    likeness: float


class NameIndex:
    """The words by which products can be named: those of their names that no category, tag or colour already uses."""

    def __init__(self, products: Sequence[Product], *, generic: Collection[str], known: Collection[str]) -> None:
        """generic: stems that say kinds, not names. known: words of the language, never taken for misheard names."""
        self._known = frozenset(known)
        self._skus_by_number: dict[str, str] = {}
        self._names: dict[str, tuple[frozenset[str], ...]] = {}
        for product in products:
            self._skus_by_number["".join(tokens(product.sku))] = product.sku
            own = frozenset(own_words(product.name, generic))
            others = [frozenset(tokens(name.rpartition(", ")[0] or name)) for name in product.names.values()]
            strange = [words for words in others if not words & own]
            self._names[product.sku] = tuple(dict.fromkeys((own, *strange)))
        self._words = sorted({word for names in self._names.values() for name in names for word in name})
        self._stems = defaultdict[str, list[str]](list)
        for word in self._words:
            self._stems[stem(word)].append(word)
        self._sounds = _Sounds(self._words)

    def find(
        self, question: Sequence[str], *, ordinary: Collection[str], supported: Collection[str]
    ) -> list[NameMatch]:
        """The best reading of the question's tokens; siblings that share the words said come together.

        ordinary: words that alone name nothing. supported: SKUs whose kind the question speaks of.
        """
        hits = self._hits(question)
        candidates = [
            match
            for sku, names in self._names.items()
            for name in names
            for match in _readings(sku, name, hits, ordinary, supported=sku in supported)
        ]
        candidates += self._skus(question)
        return _consume(candidates)

    def _hits(self, question: Sequence[str]) -> list[_Hit]:
        hits = [
            _Hit(word, position, position + 1, 1.0)
            for position, token in enumerate(question)
            for word in self._stems.get(stem(token), ())
        ]
        windows = [
            (start, start + length)
            for length in range(1, _LONGEST_WINDOW + 1)
            for start in range(len(question) - length + 1)
            if self._may_be_misheard(question[start : start + length])
        ]
        joined = ["".join(question[start:end]) for start, end in windows]
        for (start, end), word, likeness in self._sounds.alike(windows, joined):
            least = _SUPPORTED if end - start == 1 else _SURE_OF_PIECES
            if likeness >= least:
                hits.append(_Hit(word, start, end, likeness))
        return hits

    def _may_be_misheard(self, window: Sequence[str]) -> bool:
        if len("".join(window)) < _MIN_FUZZY_LENGTH - 1 or any(token[0].isdigit() for token in window):
            return False
        return len(window) > 1 or window[0] not in self._known

    def _skus(self, question: Sequence[str]) -> Iterable[NameMatch]:
        for length in range(1, _LONGEST_WINDOW + 1):
            for start in range(len(question) - length + 1):
                sku = self._skus_by_number.get("".join(question[start : start + length]))
                if sku:
                    yield NameMatch(sku, start, start + length, 1.0, length)


def own_words(name: str, generic: Collection[str]) -> tuple[str, ...]:
    """The words of a name that are not generic; all of them where nothing else is left."""
    words = tokens(name)
    own = tuple(word for word in words if stem(word) not in generic and len(word) > 1 and not word[0].isdigit())
    return own or words


class _Sounds:
    """Words by sound, so that only few pairs need the slow comparison."""

    def __init__(self, words: Sequence[str]) -> None:
        self._words = words
        self._matrix = _bigrams(words)

    def alike(
        self, windows: Sequence[tuple[int, int]], texts: Sequence[str]
    ) -> Iterable[tuple[tuple[int, int], str, float]]:
        if not texts or not self._words:
            return
        close = np.argwhere(_bigrams(texts) @ self._matrix.T >= _PREFILTER)
        for row, column in close:
            word = self._words[int(column)]
            if len(word) >= _MIN_FUZZY_LENGTH:
                yield windows[int(row)], word, sounds_like(texts[int(row)], word)


_ALPHABET = 27


def _bigrams(words: Sequence[str]) -> NDArray[np.float32]:
    """(words, 27 · 27) unit rows: letter pairs of the sound and of the consonants."""
    matrix = np.zeros((len(words), _ALPHABET * _ALPHABET), dtype=np.float32)
    for row, word in enumerate(words):
        for form in (sound_of(word), skeleton(word)):
            codes = [0, *(max(0, min(26, ord(letter) - 96)) for letter in form), 0]
            for first, second in pairwise(codes):
                matrix[row, first * _ALPHABET + second] += 1.0
    norms = np.linalg.norm(matrix, axis=1, keepdims=True)
    return np.asarray(matrix / np.maximum(norms, 1e-6), dtype=np.float32)


def _readings(
    sku: str, name: frozenset[str], hits: Sequence[_Hit], ordinary: Collection[str], *, supported: bool
) -> Iterable[NameMatch]:
    """One reading for each place in the question where a word of this name stands, with the other words nearest to it."""
    usable = [hit for hit in hits if hit.word in name and (hit.likeness >= _SURE or supported)]
    for anchor in usable:
        best: dict[str, _Hit] = {anchor.word: anchor}
        for hit in usable:
            rival = best.get(hit.word)
            if rival is None or (rival is not anchor and _nearness(hit, anchor) < _nearness(rival, anchor)):
                best[hit.word] = hit
        together = {word: hit for word, hit in best.items() if abs(hit.start - anchor.start) <= _WIDEST_NAME}
        telling = [hit for word, hit in together.items() if word not in ordinary]
        coverage = sum(hit.likeness for hit in together.values()) / len(name)
        whole = coverage > _WHOLE and len(name) > 1
        if coverage >= _MIN_COVERAGE and (telling or whole):
            start = min(hit.start for hit in together.values())
            end = max(hit.end for hit in together.values())
            yield NameMatch(sku, start, end, coverage, len(together))


def _nearness(hit: _Hit, anchor: _Hit) -> tuple[int, float]:
    return abs(hit.start - anchor.start), -hit.likeness


def _consume(candidates: Sequence[NameMatch]) -> list[NameMatch]:
    """Give each stretch of the question to the reading that explains most of it; equals share it."""
    ranked = sorted(candidates, key=lambda match: (-match.words, -match.coverage, match.end - match.start))
    chosen: list[NameMatch] = []
    for match in ranked:
        if any(other.sku == match.sku for other in chosen):
            continue
        rivals = [other for other in chosen if other.start < match.end and match.start < other.end]
        if all((other.words, round(other.coverage, 2)) == (match.words, round(match.coverage, 2)) for other in rivals):
            chosen.append(match)
    return chosen
