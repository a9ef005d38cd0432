"""What the shop sells and what it says about itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from holo_app.domain.money import Money

_EMPTY: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Product:
    """One article of the catalogue.

    names: the product's name by language code; `name` is the default. attributes: label → value, in the order of the
    catalogue (`"weight" → "2.3 kg"`). image: file name or path of its picture. stock: pieces in the shop; None means
    that the shop does not count it, and then nothing is said about stock.
    """

    sku: str
    name: str
    description: str
    price: Money | None
    stock: int | None
    category: str = ""
    tags: tuple[str, ...] = ()
    attributes: Mapping[str, str] = field(default_factory=lambda: _EMPTY)
    image: str | None = None
    names: Mapping[str, str] = field(default_factory=lambda: _EMPTY)

    def name_in(self, language: str) -> str:
        """The name in `language`, else the default name."""
        return self.names.get(language, self.name)


@dataclass(frozen=True, slots=True)
class StoreFact:
    """Something the shop says about itself: opening hours, returns, the fitting room.

    texts: the sentence to say, by language. questions: how people ask for it, by language; they are what retrieval
    compares a question with.
    """

    key: str
    texts: Mapping[str, str]
    questions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
