"""The shop's data as a language model reads them: one short line for a product or a fact, and no line that it does not need."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from holo_app.domain.money import Money
from holo_app.domain.product import Product, StoreFact
from holo_app.knowledge.wording import stems, tokens

_SYMBOLS = {"GBP": "£", "EUR": "€", "USD": "$"}


def product_line(product: Product, language: str, words: Collection[str] = (), *, whole: bool = False) -> str:
    """SKU, name, price and stock, and what is known about `words`; whole: all that is known."""
    parts = [product.sku, _flat(product.name_in(language))]
    if product.price is not None:
        parts.append(price_text(product.price))
    if product.stock is not None:
        parts.append(f"{product.stock} in stock" if product.stock else "sold out")
    if whole and product.description:
        parts.append(_flat(product.description))
    parts += [f"{_flat(label)}: {_flat(value)}" for label, value in _attributes(product, words, whole=whole)]
    return " | ".join(parts)


def fact_line(fact: StoreFact, language: str) -> str:
    """What the shop says about itself, in its own words."""
    text = fact.texts.get(language) or next(iter(fact.texts.values()), "")
    return f"{_flat(fact.key)}: {_flat(text)}"


def price_text(price: Money) -> str:
    """`£49`, `£39.90`, `49.00 CHF`."""
    amount = str(price.major)
    symbol = _SYMBOLS.get(price.currency)
    return f"{symbol}{amount.removesuffix('.00')}" if symbol else f"{amount} {price.currency}"


def _attributes(product: Product, words: Collection[str], *, whole: bool) -> Iterator[tuple[str, str]]:
    wanted = stems(words)
    for label, value in product.attributes.items():
        if whole or wanted & stems(tokens(label)) or wanted & stems(tokens(value)):
            yield label, value


def _flat(text: str) -> str:
    """One line without marks of our own: a text of the catalogue stays one field of its line."""
    return " ".join(text.replace("|", "/").split())
