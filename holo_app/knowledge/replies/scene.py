"""All that an answer may draw on, gathered once per question."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from holo_app.domain.product import Product
from holo_app.knowledge.language_pack import AttributeWords, LanguagePack
from holo_app.knowledge.phrasing import Clause, Phrasebook, Reply
from holo_app.knowledge.product_facts import Property, property_of, siblings, variant_parts
from holo_app.knowledge.question import Question
from holo_app.knowledge.reference import How, Targets, catalogue
from holo_app.knowledge.wording import fold
from holo_app.ports.llm import AnswerRequest, FactUsed

MOST_SPOKEN = 3
"""More products than this are not listed in one breath."""


@dataclass(frozen=True, slots=True)
class Scene:
    """labels: catalogue names of each property, by its key, from all languages."""

    request: AnswerRequest
    pack: LanguagePack
    question: Question
    targets: Targets
    book: Phrasebook
    labels: Mapping[str, Collection[str]]

    @property
    def products(self) -> tuple[Product, ...]:
        """The products that the question is about."""
        return self.targets.products

    @property
    def catalogue(self) -> tuple[Product, ...]:
        """Everything that may be spoken of."""
        return catalogue(self.request)

    def property_of(self, product: Product, attribute: AttributeWords) -> Property | None:
        """A product's property, under whichever name the catalogue has it."""
        return property_of(product, attribute, self.labels.get(attribute.key, ()))

    def label(self, label: str) -> str:
        """What this language calls a property that the catalogue names `label`."""
        known = next((a for a in self.pack.attributes if fold(label) in self.labels.get(a.key, ())), None)
        return known.label if known else label

    def sentence(self, found: Property, name: str = "") -> str:
        """The sentence that states a property; `name` says of which product."""
        known = next((a for a in self.pack.attributes if fold(found.label) in self.labels.get(a.key, ())), None)
        value = self.book.value(found.value).rstrip(".")
        sentence = known.sentence.format(value=value) if known and known.sentence else ""
        if not name:
            label = known.label if known else found.label
            return sentence or self.book.say("attribute", label=label, value=value)
        if known and known.sentence and ":" not in known.sentence:
            return self.book.say("attribute_named", name=name, sentence=sentence[:1].lower() + sentence[1:])
        if known:
            return self.book.say("attribute", label=name, value=value)
        return self.book.say("attribute", label=f"{name}, {found.label}", value=value)

    def the(self, product: Product) -> str:
        """The product's name, with its variant only where several variants are in play."""
        return self.book.the(product, whole=self.needs_variant(product))

    def needs_variant(self, product: Product) -> bool:
        """Whether the bare name would leave open which variant is meant."""
        return len(siblings(product, self.catalogue)) > 1

    def priced(self, product: Product) -> str:
        """“the Rain Jacket in navy for £120”, or the bare name where there is no price."""
        name = self.the(product)
        if product.price is None:
            return name
        phrase = self.pack.phrases["priced"][0]
        return phrase.format(name=name, price=self.book.price(product.price))


def price_fact(product: Product) -> tuple[FactUsed, ...]:
    """The record that a price was stated."""
    if product.price is None:
        return ()
    return (FactUsed(product.sku, "price", f"{product.price.major} {product.price.currency}"),)


def stock_fact(product: Product) -> tuple[FactUsed, ...]:
    """The record that the stock was stated."""
    return () if product.stock is None else (FactUsed(product.sku, "stock", str(product.stock)),)


def description_fact(product: Product) -> FactUsed:
    """The record that the description was quoted."""
    return FactUsed(product.sku, "description", product.description)


def property_fact(found: Property) -> FactUsed:
    """The record that a property was stated."""
    return FactUsed(found.product.sku, found.label, found.value)


def one(scene: Scene, key: str, **values: str) -> Reply:
    """A reply of one phrase that states nothing."""
    return Reply((Clause(scene.book.say(key, **values)),))


def grouped(products: Sequence[Product]) -> list[tuple[Product, ...]]:
    """Variants of one thing together, in the order of their first."""
    groups: dict[str, list[Product]] = {}
    for product in products:
        groups.setdefault(variant_parts(product)[0], []).append(product)
    return [tuple(group) for group in groups.values()]


def not_found(scene: Scene) -> Reply | None:
    """The answer where the question is about something that the shop does not have; None where it is not so."""
    targets, question = scene.targets, scene.question
    if not scene.catalogue:
        return one(scene, "empty_shop")
    if targets.how not in {How.NOTHING, How.MEANING} or (targets.products and not question.unmatched):
        return None
    if not question.unmatched:
        return one(scene, "which_product")
    clauses = [Clause(scene.book.say("not_in_shop"))]
    if targets.products and targets.products[0].price:
        best = targets.products[0]
        assert best.price is not None  # noqa: S101 - asked for just above
        text = scene.book.say("nearest", name=scene.the(best), price=scene.book.price(best.price))
        clauses.append(Clause(text, price_fact(best), (best.sku,)))
    else:
        names = scene.book.categories(scene.request.grounding.categories)
        clauses.append(Clause(scene.book.say("not_in_shop_hint", categories=names)))
    return Reply(tuple(clauses))


def store_fact(scene: Scene) -> Reply:
    """What the shop says about itself, in this language or in the one it has."""
    scored = scene.question.fact
    assert scored is not None  # noqa: S101 - the intent is FACT only with one
    texts = scored.fact.texts
    text = texts.get(scene.pack.language) or next(iter(texts.values()), "")
    if not text:
        return one(scene, "unclear")
    return Reply((Clause(text, (FactUsed("store", scored.fact.key, text),)),))
