"""One committed state of the catalogue, ready to be searched. Built off the event loop, never changed afterwards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from holo_app.domain.product import Product, StoreFact
from holo_app.knowledge.kind_matching import KindIndex, kind_stems
from holo_app.knowledge.language_pack import LanguagePack
from holo_app.knowledge.name_matching import NameIndex, NameMatch
from holo_app.knowledge.wording import stems, surfaces, tokens, without
from holo_app.ports.embedder import Embedder
from holo_app.ports.retriever import Match, MatchKind, ScoredFact, ScoredProduct

_NAMED_BONUS = 1.0
_KIND_BONUS = 0.5
_USE_BONUS = 0.35
_FURTHER_MATCH_BONUS = 0.15


class CatalogueIndex:
    """Products and facts of one catalogue version with their vectors."""

    def __init__(
        self,
        version: int,
        products: Sequence[Product],
        facts: Sequence[StoreFact],
        *,
        embedder: Embedder,
        packs: Mapping[str, LanguagePack],
    ) -> None:
        """Embeds everything: about 4 ms a product. Raises: ProviderError."""
        self.version = version
        self.products = tuple(products)
        self.by_sku = {product.sku: product for product in products}
        self.categories = tuple(sorted({product.category for product in products if product.category}))
        self._facts = tuple(facts)
        self._packs = packs
        self._embedder = embedder
        stops = stems(word for pack in packs.values() for word in pack.words.stop)
        known = _known_words(products, facts, packs)
        self._names = NameIndex(products, generic=kind_stems(products) | stops, known=known)
        self._kinds = KindIndex(products, embedder)
        self._product_rows, self._product_vectors = self._embed([_product_texts(p) for p in products])
        self._fact_rows, self._fact_vectors = self._embed([_fact_texts(fact) for fact in facts])

    def search(self, text: str, language: str) -> tuple[list[ScoredProduct], list[ScoredFact]]:
        """Products and facts, best first. About 5 ms for some hundred products. Raises: ProviderError."""
        question = np.asarray(self._embedder.embed([text])[0], dtype=np.float32)
        matches = self._matches(text, language)
        meaning = _best_of(self._product_vectors @ question, self._product_rows, len(self.products))
        products = [
            ScoredProduct(product, float(score) + _bonus(found), tuple(found))
            for product, score in zip(self.products, meaning, strict=True)
            for found in [matches.get(product.sku, [])]
        ]
        likeness = _best_of(self._fact_vectors @ question, self._fact_rows, len(self._facts))
        facts = [ScoredFact(fact, float(score)) for fact, score in zip(self._facts, likeness, strict=True)]
        return sorted(products, key=lambda p: -p.score), sorted(facts, key=lambda f: -f.score)

    def _matches(self, text: str, language: str) -> dict[str, list[Match]]:
        pack = self._packs.get(language)
        stop = pack.words.stop if pack else frozenset[str]()
        ordinary = (pack.words.ordinary if pack else frozenset[str]()) | stop
        words = tokens(text)
        translations = pack.words.translations if pack else {}
        content = tuple(part for word in without(words, stop) for part in translations.get(word, (word,)))
        found = self._kinds.find(content, surfaces(text))
        named = self._names.find(words, ordinary=ordinary, supported=found.keys())
        for match in named:
            found.setdefault(match.sku, []).insert(0, _as_match(match, words))
        return found

    def _embed(self, groups: Sequence[Sequence[str]]) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
        texts = [text for group in groups for text in group]
        rows = np.asarray([at for at, group in enumerate(groups) for _ in group], dtype=np.intp)
        vectors = np.asarray(self._embedder.embed(texts), dtype=np.float32)
        return rows, vectors.reshape(len(texts), self._embedder.dimensions)


def _as_match(match: NameMatch, words: Sequence[str]) -> Match:
    return Match(MatchKind.NAME, tuple(words[match.start : match.end]), min(match.coverage, 1.0))


def _best_of(likeness: NDArray[np.float32], rows: NDArray[np.intp], count: int) -> NDArray[np.float32]:
    """The best value of each row's texts: (texts,) → (count,)."""
    best = np.full(count, -1.0, dtype=np.float32)
    np.maximum.at(best, rows, likeness)
    return best


def _bonus(matches: Sequence[Match]) -> float:
    weights = {MatchKind.NAME: _NAMED_BONUS, MatchKind.KIND: _KIND_BONUS, MatchKind.USE: _USE_BONUS}
    if not matches:
        return 0.0
    distinct = {match.words for match in matches}
    best = max(weights[match.kind] * match.strength for match in matches)
    return best + _FURTHER_MATCH_BONUS * (len(distinct) - 1)


def _product_texts(product: Product) -> list[str]:
    names = dict.fromkeys((product.name, *product.names.values()))
    return [
        *names,
        product.description or product.name,
        f"{product.name}: {', '.join((product.category, *product.tags))}",
    ]


def _fact_texts(fact: StoreFact) -> list[str]:
    return [question for asked in fact.questions.values() for question in asked] or list(fact.texts.values())


def _known_words(
    products: Sequence[Product], facts: Sequence[StoreFact], packs: Mapping[str, LanguagePack]
) -> frozenset[str]:
    texts = [text for product in products for text in (product.description, product.category, *product.tags)]
    texts += [value for product in products for value in product.attributes.values()]
    texts += [text for fact in facts for text in (*fact.texts.values(), *_fact_texts(fact))]
    for pack in packs.values():
        cues = [*pack.intents, *(attribute.cue for attribute in pack.attributes)]
        texts += [example for cue in cues for example in cue.examples]
        texts += [" ".join(pack.words.stop | pack.words.ordinary)]
    return frozenset(word for text in texts for word in tokens(text))
