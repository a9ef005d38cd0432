"""What of the shop's data a question needs: enough to answer it, and little enough to be read quickly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from holo_app.domain.product import Product, StoreFact
from holo_app.knowledge.language_pack import LanguagePack
from holo_app.knowledge.question import FACT, Question
from holo_app.knowledge.reference import How, Targets, catalogue
from holo_app.knowledge.wording import tokens
from holo_app.ports.llm import AnswerRequest

MOST_PRODUCTS = 5
_WHOLE = 2
"""Of so few products everything is told where the question wants that."""
_NEAR = 0.3
_MOST_NEAR = 2
_LEAST_FACT = 0.58
_BY_PRICE = {"cheapest": 1, "dearest": -1}
_IN_FULL = frozenset({"describe", "compare", "recommend", "feature", "attribute", ""})
_TALK = frozenset(
    {"greeting", "thanks", "goodbye", "how_are_you", "small_talk", "identity", "insult", "help", "affirm", "deny"}
)


@dataclass(frozen=True, slots=True)
class Needed:
    """products: best first. words: what is asked about them, in the catalogue's language as well. whole: tell all of them.

    found: whether they are what the question names; else they are merely the nearest. talk: it is no question about the shop.
    """

    products: tuple[Product, ...] = ()
    facts: tuple[StoreFact, ...] = ()
    words: tuple[str, ...] = ()
    whole: bool = False
    found: bool = False
    categories: tuple[str, ...] = ()
    talk: bool = False
    ends_conversation: bool = False


def needed(request: AnswerRequest, question: Question, targets: Targets, pack: LanguagePack) -> Needed:
    """The products, facts and properties that the question is about."""
    if question.intent in _TALK:
        return Needed(talk=True, ends_conversation=question.intent == "goodbye")
    named = targets.how in {How.NAME, How.POINTED}
    facts = () if named and question.intent != FACT else _facts(request, question)
    if question.intent == FACT and facts and not named:
        return Needed(facts=facts)
    found = bool(targets.products) and targets.how is not How.MEANING
    products = _products(request, question, targets)[:MOST_PRODUCTS]
    attribute = tuple(question.attribute.labels) if question.attribute else ()
    translated = tuple(word for asked in question.unmatched for word in pack.words.translations.get(asked, ()))
    return Needed(
        products=tuple(products),
        facts=facts,
        words=(*question.unmatched, *translated, *(word for label in attribute for word in tokens(label))),
        whole=question.intent in _IN_FULL and len(products) <= _WHOLE,
        found=found,
        categories=() if found else request.grounding.categories,
    )


def _facts(request: AnswerRequest, question: Question) -> tuple[StoreFact, ...]:
    near = [scored for scored in request.grounding.facts if scored.score >= _LEAST_FACT][:1]
    if question.fact is not None and question.intent == FACT:
        near = [question.fact, *near]
    return tuple({scored.fact.key: scored.fact for scored in near}.values())


def _products(request: AnswerRequest, question: Question, targets: Targets) -> Sequence[Product]:
    everything = catalogue(request)
    pool: Sequence[Product] = targets.products
    if question.intent in _BY_PRICE:
        if targets.how is How.FOCUS and len(pool) == 1:
            pool = [product for product in everything if product.category == pool[0].category]
        return _by_price(pool or everything, _BY_PRICE[question.intent])
    if question.amounts and question.has("under"):
        limit = question.amounts[-1][0]
        fitting = [product for product in pool or everything if _costs(product) <= limit]
        return sorted(fitting, key=lambda product: product.stock == 0) or _by_price(pool, 1)
    if pool:
        return pool
    if question.unmatched:
        return ()
    near = [scored.product for scored in request.grounding.products if scored.score >= _NEAR]
    return [*request.grounding.focus[:_MOST_NEAR], *near[:_MOST_NEAR]]


def _by_price(products: Sequence[Product], direction: int) -> list[Product]:
    priced = [product for product in products if product.price is not None]
    return sorted(priced, key=lambda product: direction * _costs(product))


def _costs(product: Product) -> Decimal:
    return product.price.major if product.price else Decimal("Infinity")
