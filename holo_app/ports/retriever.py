"""What does the shop know about this question?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from holo_app.domain.conversation import Message
from holo_app.domain.product import Product, StoreFact


@dataclass(frozen=True, slots=True)
class ScoredProduct:
    """score: similarity, roughly 0..1; comparable within one retriever only."""

    product: Product
    score: float


@dataclass(frozen=True, slots=True)
class ScoredFact:
    """A store fact with its similarity."""

    fact: StoreFact
    score: float


@dataclass(frozen=True, slots=True)
class Grounding:
    """Everything that an answer may rest on.

    products: best first. facts: best first. focus: products that the conversation was about, latest first. categories: all
    categories of the shop, for "what do you sell". catalogue_version changes whenever a product or fact does.
    """

    products: tuple[ScoredProduct, ...] = ()
    facts: tuple[ScoredFact, ...] = ()
    focus: tuple[Product, ...] = ()
    categories: tuple[str, ...] = ()
    catalogue_version: int = 0


class Retriever(Protocol):
    """Search the shop's products and facts. Never blocks the event loop for more than a few milliseconds."""

    async def retrieve(self, text: str, *, language: str, history: Sequence[Message] = ()) -> Grounding:
        """The best matches; an empty shop gives an empty Grounding. Raises: StorageError, ProviderError."""
        ...
