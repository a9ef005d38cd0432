"""What a language model was told while it answers one question: nothing else may be claimed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from holo_app.domain.product import Product, StoreFact
from holo_app.ports.retriever import Grounding, ScoredFact, ScoredProduct


@dataclass(slots=True)
class Seen:
    """Products and facts in the order in which they were told."""

    products: dict[str, Product] = field(default_factory=dict)
    facts: dict[str, StoreFact] = field(default_factory=dict)
    categories: tuple[str, ...] = ()

    def add(self, products: Iterable[Product] = (), facts: Iterable[StoreFact] = ()) -> None:
        """More was told."""
        for product in products:
            self.products.setdefault(product.sku, product)
        for fact in facts:
            self.facts.setdefault(fact.key, fact)

    def grounding(self) -> Grounding:
        """As the guard takes it."""
        return Grounding(
            products=tuple(ScoredProduct(product, 1.0) for product in self.products.values()),
            facts=tuple(ScoredFact(fact, 1.0) for fact in self.facts.values()),
            categories=self.categories,
        )
