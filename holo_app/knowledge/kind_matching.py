"""Find the products whose sort or use a question speaks of, in any language the embedder knows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from holo_app.domain.product import Product
from holo_app.knowledge.wording import stems, tokens
from holo_app.ports.embedder import Embedder
from holo_app.ports.retriever import Match, MatchKind

_SAME_MEANING = 0.64
"""Cosine between single words from which they mean one thing: `Geschenk` and `gift` 0.92, `coat` and `jacket` 0.71."""
_BEST_ONLY = 0.08
"""Terms this much less alike than the best one are not meant."""
_MIN_LENGTH = 3
_MOST_REMEMBERED = 4096


@dataclass(frozen=True, slots=True)
class _Term:
    text: str
    stems: frozenset[str]
    kinds: frozenset[str]
    """SKUs that are such a thing."""
    uses: frozenset[str]
    """SKUs that are for it or go with it."""


def kind_stems(products: Sequence[Product]) -> frozenset[str]:
    """Stems of all words that categories, tags and colours use: they never name one product."""
    words: set[str] = set()
    for product in products:
        for text in (product.category, *product.tags, product.attributes.get("colour", "")):
            words |= stems(tokens(text))
    return frozenset(words)


class KindIndex:
    """Tags and categories with their vectors."""

    def __init__(self, products: Sequence[Product], embedder: Embedder) -> None:
        self._embedder = embedder
        self._tags = _tags(products)
        self._terms = [*self._tags, *_translated_kinds(products)]
        self._vectors = _rows(embedder, [term.text for term in self._tags])
        self._word_vectors: dict[str, NDArray[np.float32]] = {}

    def find(self, content: Sequence[str], surface: Mapping[str, str]) -> dict[str, list[Match]]:
        """Matches by SKU for the content words of a question (and for pairs of neighbours).

        surface: how the words are written, where that differs from their folded form.
        """
        # one call for all words is several times faster than one for each
        unknown = (word for word in content if len(word) >= _MIN_LENGTH and not self._same_words((word,)))
        self._remember([form for word in unknown for form in _forms(word, surface)])
        pairs = [tuple(content[at : at + 2]) for at in range(len(content) - 1)]
        found: dict[str, list[Match]] = defaultdict(list)
        taken: set[str] = set()
        for words in [*pairs, *((word,) for word in content)]:
            if taken.issuperset(words):
                continue
            terms = self._same_words(words) or (self._same_meaning(words[0], surface) if len(words) == 1 else [])
            if terms and len(words) > 1:
                taken.update(words)
            for term, strength in terms:
                for sku in term.kinds:
                    found[sku].append(Match(MatchKind.KIND, words, strength))
                for sku in term.uses - term.kinds:
                    found[sku].append(Match(MatchKind.USE, words, strength))
        return found

    def _remember(self, words: Sequence[str]) -> None:
        if len(self._word_vectors) > _MOST_REMEMBERED:
            self._word_vectors.clear()
        missing = [word for word in dict.fromkeys(words) if word not in self._word_vectors]
        if not missing:
            return
        for word, vector in zip(missing, _rows(self._embedder, missing), strict=True):
            self._word_vectors[word] = vector

    def _same_words(self, words: tuple[str, ...]) -> list[tuple[_Term, float]]:
        wanted = stems(words)
        return [(term, 1.0) for term in self._terms if term.stems == wanted]

    def _same_meaning(self, word: str, surface: Mapping[str, str]) -> list[tuple[_Term, float]]:
        if len(word) < _MIN_LENGTH or not self._tags or word[0].isdigit():
            return []
        forms = _forms(word, surface)
        self._remember(forms)
        likeness = np.max([self._vectors @ self._word_vectors[form] for form in forms], axis=0)
        least = max(_SAME_MEANING, float(likeness.max()) - _BEST_ONLY)
        return [(self._tags[at], float(likeness[at])) for at in np.flatnonzero(likeness >= least)]


def _forms(word: str, surface: Mapping[str, str]) -> list[str]:
    """The word as it is written and with a capital: German nouns mean little to the encoder without theirs."""
    written = surface.get(word, word)
    return list(dict.fromkeys((written, written.capitalize())))


def _translated_kinds(products: Sequence[Product]) -> list[_Term]:
    """Words that only the translations of a name have: its own name stays the same, `Watch` becomes `Uhr`."""
    kinds = defaultdict[str, set[str]](set)
    for product in products:
        own = set(tokens(product.name))
        for name in product.names.values():
            base = name.rpartition(", ")[0] or name
            for word in set(tokens(base)) - own:
                kinds[word].add(product.sku)
    return [_Term(word, stems([word]), frozenset(skus), frozenset()) for word, skus in kinds.items()]


def _tags(products: Sequence[Product]) -> list[_Term]:
    kinds, uses = defaultdict[str, set[str]](set), defaultdict[str, set[str]](set)
    for product in products:
        name = stems(tokens(product.name)) | stems(tokens(product.category))
        for position, tag in enumerate(product.tags):
            is_kind = position == 0 or stems(tokens(tag)) <= name
            (kinds if is_kind else uses)[tag].add(product.sku)
        for word in _category_words(product.category):
            kinds[word].add(product.sku)
    primary = {tag for product in products for tag in product.tags[:1]}
    for tag in primary & uses.keys():
        # what is the first tag of one product is a sort of thing wherever it stands
        kinds[tag] |= uses.pop(tag)
    return [
        _Term(text, stems(tokens(text)), frozenset(kinds[text]), frozenset(uses[text]))
        for text in sorted({*kinds, *uses})
    ]


def _category_words(category: str) -> list[str]:
    return [category] if category else []


def _rows(embedder: Embedder, texts: Sequence[str]) -> NDArray[np.float32]:
    vectors = embedder.embed(list(texts))
    return np.asarray(vectors, dtype=np.float32).reshape(len(texts), embedder.dimensions)
