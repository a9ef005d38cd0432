"""Answers about given products: price, stock, properties, description."""

from __future__ import annotations

from collections.abc import Sequence

from holo_app.domain.product import Product
from holo_app.knowledge.language_pack import AttributeWords
from holo_app.knowledge.phrasing import Clause, Reply
from holo_app.knowledge.product_facts import (
    Polarity,
    Property,
    labelled_by,
    mentioning,
    polarity,
    sentences,
    siblings,
    starts_with_answer,
    variant_parts,
    without_answer,
)
from holo_app.knowledge.reference import How
from holo_app.knowledge.replies.scene import (
    MOST_SPOKEN,
    Scene,
    description_fact,
    grouped,
    not_found,
    one,
    price_fact,
    property_fact,
    stock_fact,
    store_fact,
)
from holo_app.knowledge.wording import stems, tokens, without
from holo_app.ports.llm import FactUsed
from holo_app.ports.retriever import MatchKind

_FEW = 3
_DESCRIBED_DETAILS = ("battery", "capacity", "water", "size", "material")


def price(scene: Scene) -> Reply:
    """What they cost; variants of one price are named once."""
    missing = not_found(scene)
    if missing:
        return missing
    clauses: list[Clause] = []
    for group in grouped(_spoken(scene)):
        same = len({product.price for product in group}) == 1
        for product in group[:1] if same else group:
            clauses.append(_price_clause(scene, product, group if same else (product,), first=not clauses))
    return Reply(tuple(clauses))


def _price_clause(scene: Scene, product: Product, group: tuple[Product, ...], *, first: bool) -> Clause:
    skus = tuple(member.sku for member in group)
    name = scene.book.the(product, whole=len(group) == 1 and scene.needs_variant(product), apart=True)
    if product.price is None:
        return Clause(scene.book.say("price_unknown", name=name), (), skus)
    text = scene.book.say("price" if first else "price_and", name=name, price=scene.book.price(product.price))
    return Clause(text, tuple(fact for member in group for fact in price_fact(member)), skus)


def stock(scene: Scene) -> Reply:
    """What is there now, and a sibling that is there when the asked one is sold out."""
    missing = not_found(scene)
    if missing:
        return missing
    spoken = _spoken(scene)
    clauses = [_stock_clause(scene, product, first=at == 0) for at, product in enumerate(spoken)]
    if all(product.stock == 0 for product in spoken):
        around = siblings(spoken[0], scene.catalogue)
        other = next((product for product in around if product.stock and product not in spoken), None)
        if other:
            text = scene.book.say("stock_alternative", name=scene.the(other))
            clauses.append(Clause(text, stock_fact(other), (other.sku,)))
    return Reply(tuple(clauses))


def _stock_clause(scene: Scene, product: Product, *, first: bool) -> Clause:
    name = scene.the(product)
    if product.stock is None:
        return Clause(scene.book.say("stock_unknown", name=name), (), (product.sku,))
    if product.stock == 0:
        key = "stock_none" if first else "stock_also_none"
    elif not first:
        key = "stock_also_many"
    else:
        key = "stock_few" if product.stock <= _FEW else "stock_many"
    text = scene.book.say(key, name=name, count=str(product.stock))
    return Clause(text, stock_fact(product), (product.sku,))


def attribute(scene: Scene) -> Reply:
    """A property that the language pack knows; colours and sizes look at the siblings too."""
    wanted = scene.question.attribute
    assert wanted is not None  # noqa: S101 - the intent says so
    if not scene.products and scene.question.fact is not None and scene.question.fact.score >= _NEAR_FACT:
        return store_fact(scene)
    missing = not_found(scene)
    if missing:
        return missing
    if wanted.key == "colour":
        return colours(scene)
    products = [group[0] for group in grouped(_spoken(scene))]
    found = {product.sku: scene.property_of(product, wanted) or _by_words(scene, product) for product in products}
    clauses: list[Clause] = []
    for product in products:
        if not any(product.sku in clause.products for clause in clauses):
            alike = [other for other in products if _same(found[other.sku], found[product.sku])] or [product]
            clauses += _attribute_clauses(scene, wanted, alike, found[product.sku], first=not clauses)
    return Reply(tuple(clauses))


def _same(first: Property | None, second: Property | None) -> bool:
    return first is not None and second is not None and (first.label, first.value) == (second.label, second.value)


_NEAR_FACT = 0.45


def _attribute_clauses(
    scene: Scene, wanted: AttributeWords, alike: Sequence[Product], found: Property | None, *, first: bool
) -> list[Clause]:
    """What the data say of products that share the value."""
    product = alike[0]
    if found is None:
        text = scene.book.say("attribute_unknown", label=wanted.label, name=scene.the(product))
        return [_quote(scene, product) or Clause(text, (), (product.sku,))]
    answer = _yes_or_no(scene, found, wanted) if first else Polarity.OPEN
    return _statement(scene, found, answer, alike)


def _statement(scene: Scene, found: Property, answer: Polarity, alike: Sequence[Product]) -> list[Clause]:
    """The value as a sentence, behind its "Yes." or "No."; the product is named unless it was just spoken of."""
    skus = tuple(product.sku for product in alike)
    facts = tuple(FactUsed(sku, found.label, found.value) for sku in skus)
    named = scene.targets.how is not How.FOCUS or len(scene.products) > 1
    short = len(grouped(scene.products)) > 1 or len(scene.products) > 1
    name = scene.book.join([scene.book.the(p, whole=scene.needs_variant(p) and not short) for p in alike])
    if answer is Polarity.OPEN:
        return [Clause(scene.sentence(found, name if named else ""), facts, skus)]
    lead = Clause(scene.book.say(answer.value), (), skus)
    value = scene.book.value(without_answer(found.value, scene.pack.words)).rstrip(".")
    if not value:
        return [lead] if not named else [lead, Clause(scene.sentence(found, name), facts, skus)]
    text = scene.book.say("attribute", label=name, value=value) if named else scene.book.say("value", value=value)
    return [lead, Clause(text, facts, skus)]


def _yes_or_no(scene: Scene, found: Property, wanted: AttributeWords | None) -> Polarity:
    """The leading yes or no, only where the value says so plainly and the question can be answered so."""
    question = scene.question
    if not scene.pack.flagged("yes_no", question.asked_plain) or question.has("which"):
        return Polarity.OPEN
    asked = _asked_words(scene, found)
    verdict = polarity(found.value, asked, scene.pack.words)
    if verdict is Polarity.OPEN and not _specific(scene, asked, wanted):
        verdict = starts_with_answer(found.value, scene.pack.words)
        if verdict is Polarity.OPEN and wanted and wanted.affirmed_by:
            verdict = polarity(found.value, wanted.affirmed_by, scene.pack.words)
    return verdict


def _specific(scene: Scene, asked: tuple[str, ...], wanted: AttributeWords | None) -> bool:
    """Whether the words ask for more than the property itself ("can I swim with it" is more than "is it waterproof")."""
    own = set(tokens(" ".join(wanted.labels))) | set(wanted.affirmed_by) if wanted else set()
    own |= {word for label in scene.products[0].attributes for word in tokens(label)} if scene.products else set()
    return bool(stems(asked) - stems(own))


def _asked_words(scene: Scene, found: Property) -> tuple[str, ...]:
    """What the question asks of the value: its meaningful words less the product's and the property's own names."""
    words = scene.pack.words
    names = _naming_words(scene)
    label_stems = stems(tokens(found.label))
    asked = (word for word in without(scene.question.asked, words.stop) if word not in names)
    translated = (part for word in asked for part in words.translations.get(word, (word,)))
    value_stems = stems(tokens(found.value))
    return tuple(w for w in translated if stems([w]) <= value_stems or not stems([w]) & label_stems)


def _naming_words(scene: Scene) -> frozenset[str]:
    """Words of the question that only say which product is meant."""
    return frozenset(
        word
        for scored in scene.request.grounding.products
        for match in scored.matches
        if match.kind is not MatchKind.USE and scored.product in scene.products
        for word in match.words
    )


def _by_words(scene: Scene, product: Product) -> Property | None:
    words = [
        part
        for word in without(scene.question.asked, scene.pack.words.stop)
        for part in scene.pack.words.translations.get(word, (word,))
    ]
    named = set(tokens(product.name))
    words = [word for word in words if word not in named]
    best = mentioning(product, words)
    if best and stems(words) <= stems(tokens(best.value)):
        return best
    return labelled_by(product, words) or best


def _quote(scene: Scene, product: Product) -> Clause | None:
    """The sentence of the description that speaks of what was asked, where it can be quoted in this language."""
    if not scene.book.native:
        return None
    wanted = stems(scene.question.content) - stems(tokens(product.name))
    for sentence in sentences(product.description):
        if wanted and wanted & stems(tokens(sentence)):
            text = scene.book.say("quote", name=scene.the(product), value=sentence)
            return Clause(text, (description_fact(product),), (product.sku,))
    return None


def colours(scene: Scene) -> Reply:
    """The colours of a product and of its siblings, or whether one of them is there."""
    product, book = scene.products[0], scene.book
    family = siblings(product, scene.catalogue)
    looks = [(member, look) for member in family if (look := _colour_of(scene, member))]
    if not looks:
        text = book.say("unknown", name=book.the(product, whole=False))
        return Reply((Clause(text, (), (product.sku,)),))
    values = book.join([book.value(look.value) for _, look in looks])
    facts = tuple(property_fact(look) for _, look in looks)
    skus = tuple(member.sku for member, _ in looks)
    if scene.question.colours and not scene.targets.missing_colour:
        return _has_colour(scene)
    if scene.targets.missing_colour:
        text = book.say("colour_missing", name=book.the(product, whole=False), values=values)
    else:
        text = book.say("colours" if len(looks) > 1 else "colour_one", values=values)
    return Reply((Clause(text, facts, skus),))


def _has_colour(scene: Scene) -> Reply:
    clauses = []
    for product in _spoken(scene)[:1]:
        look = _colour_of(scene, product)
        price_text = scene.book.price(product.price) if product.price else ""
        if not price_text:
            clauses.append(Clause(scene.book.say("list_one", names=scene.the(product)), (), (product.sku,)))
            continue
        text = scene.book.say("colour_has", name=scene.book.the(product), price=price_text)
        facts = (*((property_fact(look),) if look else ()), *price_fact(product))
        clauses.append(Clause(text, facts, (product.sku,)))
        if product.stock == 0:
            clauses.append(_stock_clause(scene, product, first=False))
    return Reply(tuple(clauses))


def _colour_of(scene: Scene, product: Product) -> Property | None:
    wanted = next((a for a in scene.pack.attributes if a.key == "colour"), None)
    return scene.property_of(product, wanted) if wanted else None


def other_sizes(scene: Scene) -> Reply:
    """“A smaller one”: this product's size and the ones of its family, as the data give them."""
    product = scene.request.grounding.focus[0]
    measures = [a for key in _SIZES for a in scene.pack.attributes if a.key == key]
    known = ((a, found) for a in measures if (found := scene.property_of(product, a)))
    for wanted, own in known:
        relatives = _relatives(scene, product, wanted)
        if relatives:
            return Reply((Clause(scene.sentence(own), (property_fact(own),), (product.sku,)), *relatives))
    own_size = next((found for a in measures if (found := scene.property_of(product, a))), None)
    if own_size is None:
        return Reply((Clause(scene.book.say("unknown", name=scene.the(product)), (), (product.sku,)),))
    return Reply((Clause(scene.sentence(own_size), (property_fact(own_size),), (product.sku,)),))


_SIZES = ("capacity", "size", "dimensions")


def _relatives(scene: Scene, product: Product, wanted: AttributeWords) -> list[Clause]:
    """The other members of a product's family with one measure of theirs."""
    family = variant_parts(product)[0].split()[0]
    related = [
        other
        for other in scene.catalogue
        if other.name.startswith(f"{family} ")
        and other.category == product.category
        and variant_parts(other)[0] != variant_parts(product)[0]
    ]
    clauses = []
    for group in grouped(related)[:1]:
        found = scene.property_of(group[0], wanted)
        if found:
            value = scene.book.value(found.value)
            text = scene.book.say("sizes_family", name=scene.book.the(group[0], whole=False), value=value)
            clauses.append(Clause(text, (property_fact(found),), (group[0].sku,)))
    return clauses


def has_evidence(scene: Scene, *, least_words: int = 2) -> bool:
    """Whether one property of the product that is spoken of holds all that is asked."""
    question = scene.question
    product = next(iter(scene.products or scene.request.grounding.focus), None)
    certain = question.fact is not None and question.fact.score >= _CERTAIN_FACT
    if product is None or certain or not scene.pack.flagged("yes_no", question.plain):
        return False
    asked = stems(question.content) - stems(_naming_words(scene))
    return len(asked) >= least_words and any(asked <= stems(tokens(value)) for value in product.attributes.values())


_CERTAIN_FACT = 1.05


def feature(scene: Scene) -> Reply:
    """Anything else that is asked of a product: found by words in its properties, tags or description, or not said."""
    missing = not_found(scene)
    if missing and not has_evidence(scene, least_words=1):
        return missing
    product = next(iter(scene.products or scene.request.grounding.focus))
    found = _by_words(scene, product)
    if found is None:
        quote = _quote(scene, product)
        text = scene.book.say("unknown", name=scene.the(product))
        return Reply((quote or Clause(text, (), (product.sku,)),))
    answer = _yes_or_no(scene, found, None)
    return Reply(tuple(_statement(scene, found, answer, [product])))


def describe(scene: Scene) -> Reply:
    """A few sentences: what it is, its price, one telling detail, sold out if it is."""
    product = scene.products[0] if scene.products else next(iter(scene.request.grounding.focus), None)
    if product is None:
        return not_found(scene) or one(scene, "which_product")
    book, sku = scene.book, (product.sku,)
    clauses = [Clause(book.say("describe_intro", name=scene.the(product)), (), sku)]
    if book.native and product.description:
        clauses.append(Clause(product.description, (description_fact(product),), sku))
    if product.price:
        text = book.say("describe_price", price=book.price(product.price))
        clauses.append(Clause(text, price_fact(product), sku))
    clauses += [Clause(scene.sentence(found), (property_fact(found),), sku) for found in _details(scene, product)]
    if product.stock == 0:
        clauses.append(_stock_clause(scene, product, first=False))
    return Reply(tuple(clauses))


def more(scene: Scene) -> Reply:
    """What the data hold of the product that was not said yet."""
    product = scene.request.grounding.focus[0]
    said = " ".join(message.text for message in scene.request.history)
    if product.description not in said or not scene.book.native:
        return describe(scene)
    rest = [Property(product, label, value) for label, value in product.attributes.items() if value not in said]
    clauses = [Clause(scene.sentence(found), (property_fact(found),), (product.sku,)) for found in rest[:MOST_SPOKEN]]
    return Reply(tuple(clauses)) if clauses else describe(scene)


def _details(scene: Scene, product: Product) -> list[Property]:
    wanted = [a for key in _DESCRIBED_DETAILS for a in scene.pack.attributes if a.key == key]
    found = [detail for a in wanted if (detail := scene.property_of(product, a))]
    return found[: 1 if scene.book.native else 2]


def _spoken(scene: Scene) -> tuple[Product, ...]:
    groups = grouped(scene.products)[:MOST_SPOKEN]
    return tuple(product for group in groups for product in group[:MOST_SPOKEN])
