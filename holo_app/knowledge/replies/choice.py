"""Answers that choose among products: lists, recommendations, budgets, superlatives, comparisons."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal

from holo_app.domain.money import currency_exponent
from holo_app.domain.product import Product
from holo_app.knowledge.language_pack import AttributeWords
from holo_app.knowledge.phrasing import Clause, Reply
from holo_app.knowledge.product_facts import Property, quantity_of, variant_parts
from holo_app.knowledge.reference import How, last_listing
from holo_app.knowledge.replies.product import colours, describe
from holo_app.knowledge.replies.scene import (
    MOST_SPOKEN,
    Scene,
    description_fact,
    grouped,
    not_found,
    one,
    price_fact,
    property_fact,
)
from holo_app.knowledge.wording import fold

_MOST_DIFFERENCES = 3
_NEAR = 0.2
"""Similarity by meaning from which a product is offered as the nearest thing to a need."""


def products_of_kind(scene: Scene) -> Reply:
    """“What headphones do you have”, “do you sell tents”, within a budget where one is said."""
    if scene.question.amounts and scene.question.has("under"):
        return within_budget(scene)
    if scene.targets.missing_colour:
        return colours(scene)
    missing = not_found(scene)
    if missing:
        return missing
    groups = grouped(scene.products)
    key = "list_one" if len(groups) == 1 else "list"
    if scene.targets.how in {How.USE, How.MEANING}:
        key = "list_near" if scene.question.intent == "list" else "list_for"
    clauses = [_listing(scene, key, groups[:MOST_SPOKEN])]
    if len(groups) > MOST_SPOKEN:
        clauses.append(Clause(scene.book.say("list_more")))
    return Reply(tuple(clauses))


def _listing(scene: Scene, key: str, groups: Sequence[Sequence[Product]]) -> Clause:
    """One sentence that names each group with its price."""
    book = scene.book
    named: list[str] = []
    shown: list[Product] = []
    for group in groups:
        alike = len({product.price for product in group}) == 1
        for product in group[:1] if alike else group:
            name = book.the(product, whole=len(group) == 1 and scene.needs_variant(product))
            amount = book.price(product.price) if product.price else ""
            named.append(scene.pack.phrases["priced"][0].format(name=name, price=amount) if amount else name)
        shown += group
    facts = tuple(fact for product in shown for fact in price_fact(product))
    return Clause(book.say(key, names=book.join(named)), facts, tuple(product.sku for product in shown))


def recommend(scene: Scene) -> Reply:
    """One suggestion with its reason from the data, and up to two more; asks back where nothing is known of the need."""
    if scene.question.amounts and scene.question.has("under"):
        return within_budget(scene)
    if not scene.catalogue:
        return one(scene, "empty_shop")
    candidates = _available_first(scene.products)
    if not candidates and scene.question.unmatched and scene.request.grounding.products[0].score >= _NEAR:
        return Reply((_superlative_or_name(scene, "nearest", scene.request.grounding.products[0].product),))
    if not candidates:
        return (not_found(scene) if scene.question.unmatched else None) or one(scene, "recommend_open")
    groups = grouped(candidates)
    best, book = groups[0][0], scene.book
    name = scene.the(best)
    if best.price is None:
        return describe(scene)
    clauses = [Clause(book.say("recommend", name=name, price=book.price(best.price)), price_fact(best), (best.sku,))]
    if book.native and best.description:
        clauses.append(Clause(best.description, (description_fact(best),), (best.sku,)))
    if groups[1:]:
        clauses.append(_listing(scene, "recommend_also", [group[:1] for group in groups[1:MOST_SPOKEN]]))
    return Reply(tuple(clauses))


def _superlative_or_name(scene: Scene, key: str, product: Product) -> Clause:
    if product.price is None:
        return Clause(scene.book.say("list_one", names=scene.the(product)), (), (product.sku,))
    return _superlative(scene, key, product)


def _available_first(products: Sequence[Product]) -> list[Product]:
    return sorted(products, key=lambda product: product.stock == 0)


def within_budget(scene: Scene) -> Reply:
    """What fits a budget, of what was asked for; the amount itself is never echoed."""
    limit, currency = scene.question.amounts[-1]
    pool = [product for product in scene.products or scene.catalogue if product.price is not None]
    if not pool:
        return not_found(scene) or one(scene, "empty_shop")
    book, first = scene.book, pool[0]
    if currency and first.price and currency != first.price.currency:
        text = book.say("budget_currency", name=scene.the(first), price=book.price(first.price))
        return Reply((Clause(text, price_fact(first), (first.sku,)),))
    fitting = _available_first([product for product in pool if _minor(product) <= _in_minor(limit, product)])
    if not fitting:
        nearest = min(pool, key=_minor)
        return Reply((_superlative(scene, "budget_none", nearest),))
    return Reply((_listing(scene, "budget", grouped(fitting)[:MOST_SPOKEN]),))


def _minor(product: Product) -> int:
    return product.price.minor if product.price else 0


def _in_minor(amount: Decimal, product: Product) -> Decimal:
    return amount.scaleb(currency_exponent(product.price.currency if product.price else ""))


def cheapest(scene: Scene) -> Reply:
    """The lowest price of what is meant; "something cheaper" looks beside what was spoken of."""
    return _by_price(scene, min, "cheapest")


def dearest(scene: Scene) -> Reply:
    """The highest price of what is meant."""
    return _by_price(scene, max, "dearest")


def _by_price(scene: Scene, choose: Callable[..., Product], key: str) -> Reply:
    pool = [product for product in _compared(scene) if product.price is not None]
    if not pool:
        return not_found(scene) or one(scene, "which_product")
    if len({product.price.currency for product in pool if product.price}) > 1:
        return Reply((_listing(scene, "list", grouped(pool)[:MOST_SPOKEN]),))
    best = choose(pool, key=_minor)
    equal = [product for product in pool if _minor(product) == _minor(best)]
    if len(equal) == len(pool) > 1 and len(grouped(pool)) > 1 and best.price:
        text = scene.book.say("same_price", price=scene.book.price(best.price))
        facts = tuple(fact for product in pool for fact in price_fact(product))
        return Reply((Clause(text, facts, tuple(product.sku for product in pool)),))
    focus = scene.request.grounding.focus[:1]
    if scene.question.has("cheaper") and focus and best.sku == focus[0].sku and len(pool) > 1:
        key = "not_cheaper" if len(last_listing(scene.request)) <= 1 else key
    return Reply((_superlative(scene, key, best),))


def _superlative(scene: Scene, key: str, product: Product) -> Clause:
    assert product.price is not None  # noqa: S101 - callers choose among priced products
    text = scene.book.say(key, name=scene.the(product), price=scene.book.price(product.price))
    return Clause(text, price_fact(product), (product.sku,))


def _compared(scene: Scene) -> Sequence[Product]:
    """Named or of a kind; else what was listed; else the relatives of what was spoken of; else the whole shop."""
    targets, question = scene.targets, scene.question
    if targets.how in {How.NAME, How.KIND, How.USE} and len(targets.products) > 1:
        return targets.products
    if question.has("whole_shop") and targets.how not in {How.KIND, How.NAME, How.USE}:
        return scene.catalogue
    listing = last_listing(scene.request)
    if len(listing) > 1 and len(grouped(listing)) > 1:
        return listing
    base = targets.products[:1] or scene.request.grounding.focus[:1]
    if not base:
        return scene.catalogue
    kind = set(base[0].tags[:1])
    return [product for product in scene.catalogue if kind & set(product.tags)] if kind else scene.catalogue


def most_of(scene: Scene) -> Reply:
    """The lightest, the longest-lasting …: told from the first quantity in the data; without one, values side by side."""
    wanted, lowest = _measured(scene)
    if wanted is None:
        return products_of_kind(scene)
    found = [p for product in _compared(scene) if (p := scene.property_of(product, wanted))]
    if not found:
        return not_found(scene) or one(scene, "which_product")
    measured = [(size, p) for p in found if (size := quantity_of(p.value, scene.pack.words))]
    if len(measured) == len(found) and len({unit for (unit, _), _ in measured}) == 1:
        measured.sort(key=lambda item: item[0][1], reverse=not lowest)
        return Reply(_most_clauses(scene, wanted.label, [p for _, p in measured]))
    return Reply(tuple(_side_by_side(scene, p) for p in found[:MOST_SPOKEN]))


def asks_for_most(scene: Scene) -> bool:
    """Whether the question asks which product has most or least of a measurable property."""
    return _measured(scene)[0] is not None


def _measured(scene: Scene) -> tuple[AttributeWords | None, bool]:
    text = scene.question.plain
    candidates = (scene.question.attribute,) if scene.question.attribute else scene.pack.attributes
    for wanted in candidates:
        if any(pattern.search(text) for pattern in wanted.lowest):
            return wanted, True
        if any(pattern.search(text) for pattern in wanted.highest):
            return wanted, False
    return None, False


def _most_clauses(scene: Scene, label: str, ranked: Sequence[Property]) -> tuple[Clause, ...]:
    best = ranked[0]
    name = scene.book.the(best.product, whole=False)
    text = scene.book.say("most", name=name, label=label[:1].upper() + label[1:], value=scene.book.value(best.value))
    clauses = [Clause(text, (property_fact(best),), (best.product.sku,))]
    base = variant_parts(best.product)[0]
    other = next((p for p in ranked[1:] if variant_parts(p.product)[0] != base), None)
    if other:
        clauses.append(_side_by_side(scene, other))
    return tuple(clauses)


def _side_by_side(scene: Scene, found: Property) -> Clause:
    name = scene.book.the(found.product, whole=False)
    text = scene.book.say("most_other", name=name, value=scene.book.value(found.value))
    return Clause(text, (property_fact(found),), (found.product.sku,))


def compare(scene: Scene) -> Reply:
    """Two products: their prices, then where their data differ."""
    pair = _pair(scene)
    if len(pair) < 2:  # noqa: PLR2004 - a comparison has two sides
        if pair:
            return one(scene, "compare_need_two", name=scene.the(pair[0]))
        return not_found(scene) or one(scene, "which_product")
    first, second = pair[0], pair[1]
    book, skus = scene.book, (first.sku, second.sku)
    clauses = []
    if first.price and second.price:
        text = book.say(
            "compare_intro",
            first=scene.the(first),
            second=scene.the(second),
            first_price=book.price(first.price),
            second_price=book.price(second.price),
        )
        clauses.append(Clause(text, (*price_fact(first), *price_fact(second)), skus))
    differing = _differences(first, second)
    for at, (left, right) in enumerate(differing[:_MOST_DIFFERENCES]):
        text = book.say(
            "compare_detail" if at else "compare_detail_first",
            label=scene.label(left.label),
            first_value=book.value(left.value),
            second_value=book.value(right.value),
        )
        clauses.append(Clause(text, (property_fact(left), property_fact(right)), skus))
    if not differing:
        clauses.append(Clause(book.say("compare_same"), (), skus))
    return Reply(tuple(clauses))


def _differences(first: Product, second: Product) -> list[tuple[Property, Property]]:
    """Properties that both have with other values; the short ones first, they are easier to hear."""
    others = {fold(label): Property(second, label, value) for label, value in second.attributes.items()}
    both = [
        (Property(first, label, value), others[fold(label)])
        for label, value in first.attributes.items()
        if fold(label) in others and others[fold(label)].value != value
    ]
    return sorted(both, key=lambda pair: len(pair[0].value) + len(pair[1].value))


def _pair(scene: Scene) -> Sequence[Product]:
    targets = scene.targets
    groups = grouped(targets.products)
    if len(groups) > 1:
        return [group[0] for group in groups]
    if len(targets.products) > 1 and targets.how is not How.NAME:
        return targets.products
    known = [group[0] for group in grouped([*targets.products[:1], *scene.request.grounding.focus])]
    if len(known) > 1:
        return known
    return targets.products or scene.request.grounding.focus


def buy(scene: Scene) -> Reply:
    """The customer wants it: the price, and a colleague for the rest."""
    product = scene.products[0] if scene.products else None
    if product is None or product.price is None:
        return not_found(scene) or one(scene, "which_product")
    return Reply((_superlative(scene, "buy", product),))
