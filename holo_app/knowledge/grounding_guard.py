"""Checks an answer, whoever wrote it, against the grounding: no number, price or stock claim that the data do not hold."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from holo_app.domain.product import Product
from holo_app.knowledge.wording import fold
from holo_app.ports.retriever import Grounding

_DIGITS = r"\d+(?:[.,]\d+|[\u00a0\u202f]\d{3})*"
_NUMBER = re.compile(_DIGITS)
_PRICE = re.compile(
    rf"[£€$¥]\s?(?P<before>{_DIGITS})|(?P<after>{_DIGITS})\s?(?:[£€$¥]|"
    r"(?:pounds?|quid|euros?|dollars?|pfund|livres|gbp|eur|usd)\b)",
    re.IGNORECASE,
)
_SOLD_OUT = re.compile(r"\b(sold out|out of stock|ausverkauft|nicht vorratig|nicht auf lager|epuise\w*|rupture)\b")
_IN_STOCK = re.compile(r"\b(in stock|auf lager|vorratig|en stock)\b")
_NEGATION = re.compile(r"\b(not|no|kein\w*|nicht|pas|aucun\w*|don t|do not|isn t)\b")


class Claim(StrEnum):
    """What kind of claim is unfounded."""

    NUMBER = "number"
    PRICE = "price"
    STOCK = "stock"


@dataclass(frozen=True, slots=True)
class Unfounded:
    """claim: of which kind; text: the words of the answer."""

    claim: Claim
    text: str


def figures_in(text, words=()):
    return {_value(f) for f in _numbers(text)}


def named_products(sentence, products):
    return _named(sentence, tuple(products))


def unfounded(answer: str, grounding: Grounding, *, words=(), about=(), asked="") -> list[Unfounded]:
    """Every claim of `answer` that the grounding does not carry, in order of kind. Empty: the answer may be said.

    A price must be the price of some product, or stand in a text of the shop. A sentence that names products may hold
    only their prices. Any other number must stand in the data. "Sold out" and "in stock" must be true of the products
    that their sentence names.
    """
    products = _products(grounding)
    texts = [text for scored in grounding.facts for text in scored.fact.texts.values()]
    known = _numbers_of_data(products, texts)
    return [
        *_bad_prices(answer, products, texts),
        *(Unfounded(Claim.NUMBER, found) for found in _numbers(answer) if _value(found) not in known),
        *_bad_stock(answer, products, texts),
    ]


def _products(grounding: Grounding) -> tuple[Product, ...]:
    found = {scored.product.sku: scored.product for scored in grounding.products}
    found.update({product.sku: product for product in grounding.focus})
    return tuple(found.values())


def _bad_prices(answer: str, products: tuple[Product, ...], texts: list[str]) -> Iterator[Unfounded]:
    prices = {product.price.major for product in products if product.price}
    told = {_value(found) for text in texts for found in _prices(text)}
    told |= {_value(found) for product in products for found in _prices(_own_text(product))}
    for sentence in _sentences(answer):
        named = _named(sentence, products)
        allowed = {product.price.major for product in named if product.price} if named else prices
        for found in _prices(sentence):
            if _value(found) not in allowed | told:
                yield Unfounded(Claim.PRICE, found)


def _bad_stock(answer: str, products: tuple[Product, ...], texts: list[str]) -> Iterator[Unfounded]:
    quoted = {fold(sentence) for text in texts for sentence in _sentences(text)}
    for sentence in _sentences(answer):
        plain = fold(sentence)
        named = _named(sentence, products)
        if plain in quoted or not named:
            continue
        denied = bool(_SOLD_OUT.search(plain)) or bool(_IN_STOCK.search(plain) and _NEGATION.search(plain))
        claimed = bool(_IN_STOCK.search(plain)) and not denied
        if denied and all(product.stock != 0 for product in named):
            yield Unfounded(Claim.STOCK, sentence)
        if claimed and not any(product.stock for product in named):
            yield Unfounded(Claim.STOCK, sentence)


def _named(sentence: str, products: tuple[Product, ...]) -> tuple[Product, ...]:
    """Products whose name (at least up to its comma) stands in the sentence; of names in one another, the longest."""
    plain = fold(sentence)
    bases = {fold(name.rpartition(", ")[0] or name): None for p in products for name in (p.name, *p.names.values())}
    said = [base for base in bases if base and base in plain]
    whole = {base for base in said if not any(base != other and base in other for other in said)}
    return tuple(
        product
        for product in products
        if any(fold(n.rpartition(", ")[0] or n) in whole for n in (product.name, *product.names.values()))
    )


def _sentences(text: str) -> list[str]:
    return [part for part in re.split(r"(?<=[.!?;])\s+", text.strip()) if part]


def _own_text(product: Product) -> str:
    names = (product.name, *product.names.values())
    return " | ".join(
        (*names, product.sku, product.description, *product.tags, product.category, *product.attributes.values())
    )


def _numbers_of_data(products: tuple[Product, ...], texts: list[str]) -> set[Decimal]:
    known = {_value(found) for text in texts for found in _numbers(text)}
    for product in products:
        known |= {_value(found) for found in _numbers(_own_text(product))}
        if product.price:
            known.add(product.price.major)
        if product.stock is not None:
            known.add(Decimal(product.stock))
    return known


def _numbers(text: str) -> list[str]:
    return _NUMBER.findall(text)


def _prices(text: str) -> list[str]:
    return [match["before"] or match["after"] for match in _PRICE.finditer(text)]


def _value(written: str) -> Decimal:
    """The number behind any way of writing it: 1,299.00 and 1.299,00 and 1 299 alike."""
    digits = re.sub(r"[\u00a0\u202f]", "", written)
    head, mark, tail = digits.rpartition("." if digits.rfind(".") > digits.rfind(",") else ",")
    if not mark:
        return Decimal(digits).normalize()
    whole = re.sub(r"[.,]", "", head)
    thousands = len(tail) == 3  # noqa: PLR2004 - a group of thousands has three digits
    return Decimal(whole + tail if thousands else f"{whole or 0}.{tail}").normalize()
