"""Look up what the data hold about a product: its properties, what they affirm or deny, its sibling variants."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

from holo_app.domain.product import Product
from holo_app.knowledge.language_pack import AttributeWords, Words
from holo_app.knowledge.wording import fold, stem, stems, tokens

_SEGMENT = re.compile(r"[,;:]|\b(?:but|aber|mais)\b")
_QUANTITY = re.compile(r"(\d+(?:[.,]\d+)?)\s*([^\W\d_]+)")


class Polarity(Enum):
    """What a value says to a yes-or-no question."""

    YES = "yes"
    NO = "no"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Property:
    """label: as the catalogue writes it."""

    product: Product
    label: str
    value: str


def property_of(product: Product, attribute: AttributeWords, labels: Collection[str]) -> Property | None:
    """The property under any of its names. labels: its catalogue names in every language, folded."""
    wanted = attribute.labels | frozenset(labels)
    for label, value in product.attributes.items():
        if fold(label) in wanted:
            return Property(product, label, value)
    return None


def labelled_by(product: Product, words: Collection[str]) -> Property | None:
    """The property whose catalogue name the question's words contain, for names that no language pack knows."""
    spoken = stems(words)
    for label, value in product.attributes.items():
        if stems(tokens(label)) <= spoken:
            return Property(product, label, value)
    return None


def mentioning(product: Product, words: Sequence[str]) -> Property | None:
    """The property whose value speaks of most of the words; None when none does."""
    wanted = stems(words)
    best: tuple[int, Property] | None = None
    for label, value in product.attributes.items():
        shared = len(wanted & stems(tokens(value)))
        if shared and (best is None or shared > best[0]):
            best = (shared, Property(product, label, value))
    return best[1] if best else None


def polarity(value: str, words: Sequence[str], lists: Words) -> Polarity:
    """Does `value` affirm or deny what `words` ask? Only what is plainly there counts; the rest is OPEN."""
    wanted = stems(words)
    found = tokens(value)
    if not wanted or lists.qualifiers & set(found) - set(words):
        return Polarity.OPEN
    for segment in _SEGMENT.split(fold(value)):
        said = tokens(segment)
        if wanted <= stems(said):
            denied = bool(lists.negations & set(said)) and not lists.negations & set(words)
            return Polarity.NO if denied else Polarity.YES
    return Polarity.OPEN


def starts_with_answer(value: str, lists: Words) -> Polarity:
    """The polarity of values such as "yes, in three levels" or "not waterproof"."""
    first = tokens(value)[:1]
    if not first:
        return Polarity.OPEN
    if first[0] in {"yes", "ja", "oui"}:
        return Polarity.YES
    return Polarity.NO if first[0] in lists.negations else Polarity.OPEN


def without_answer(value: str, lists: Words) -> str:
    """The value less a leading "yes, " or "no, ", which the answer has said already."""
    first, comma, rest = value.partition(",")
    lone = len(tokens(first)) == 1
    return (
        rest.strip()
        if lone and starts_with_answer(first, lists) is not Polarity.OPEN and (comma or not rest)
        else value
    )


def quantity_of(value: str, lists: Words) -> tuple[str, Decimal] | None:
    """The first quantity with a known unit, in its base unit: "1.1 kg a pair" → ("g", 1100)."""
    for number, unit in _QUANTITY.findall(value):
        known = lists.units.get(fold(unit))
        if known:
            return known[0], Decimal(number.replace(",", ".")) * known[1]
    return None


def sentences(text: str) -> list[str]:
    """The sentences of a description."""
    return [sentence for sentence in re.split(r"(?<=[.!?])\s+", text.strip()) if sentence]


def variant_parts(product: Product) -> tuple[str, str]:
    """(base, variant) of a name such as "Rain Jacket, Navy"; variant is "" where the end is no colour or material."""
    base, comma, end = product.name.rpartition(", ")
    if not comma:
        return product.name, ""
    look = " ".join(value for label, value in product.attributes.items() if fold(label) in _VARIANT_LABELS)
    return (base, end) if stems(tokens(end)) & stems(tokens(look)) else (product.name, "")


_VARIANT_LABELS = frozenset({"colour", "color", "farbe", "couleur", "material", "materiau"})


def siblings(product: Product, catalogue: Iterable[Product]) -> tuple[Product, ...]:
    """All variants of a product, itself among them, by SKU."""
    base, variant = variant_parts(product)
    if not variant:
        return (product,)
    found = {product.sku: product}
    for other in catalogue:
        other_base, other_variant = variant_parts(other)
        if other_base == base and other_variant:
            found[other.sku] = other
    return tuple(found[sku] for sku in sorted(found))


def is_of_colour(product: Product, colours: Sequence[str]) -> bool:
    """Whether the product's colour or name holds one of the colour words (in the catalogue's language)."""
    look = [value for label, value in product.attributes.items() if fold(label) in _VARIANT_LABELS]
    known = stems(tokens(" ".join((product.name, *product.names.values(), *look[:1]))))
    return any(stem(colour) in known for colour in colours)
