"""What does the shop know about this question?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from holo_app.domain.conversation import Message
from holo_app.domain.product import Product, StoreFact


class MatchKind(StrEnum):
    """How words of a question point to a product."""

    NAME = "name"
    """They name it, perhaps misheard."""
    KIND = "kind"
    """They say what sort of thing it is: "headphones"."""
    USE = "use"
    """They say what it is for or goes with: "for hiking", "for a child"."""


@dataclass(frozen=True, slots=True)
class Match:
    """words: the words of the question, lower case, without accents. strength: 0..1."""

    kind: MatchKind
    words: tuple[str, ...]
    strength: float


@dataclass(frozen=True, slots=True)
class ScoredProduct:
    """score: similarity, roughly 0..1, more where the question names the product; comparable within one retriever only.

    matches: the words of the question that point to it; empty where it was found by meaning alone.
    """

    product: Product
    score: float
    matches: tuple[Match, ...] = ()


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
