"""Which products a question is about: named, of a kind, pointed at ("the second one"), or the ones talked about before."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum

from holo_app.domain.conversation import Role
from holo_app.domain.product import Product
from holo_app.knowledge.language_pack import LanguagePack
from holo_app.knowledge.product_facts import is_of_colour, siblings
from holo_app.knowledge.question import Question
from holo_app.knowledge.wording import stems, tokens
from holo_app.ports.llm import AnswerRequest
from holo_app.ports.retriever import MatchKind, ScoredProduct

_MEANT = 0.5
"""Similarity by meaning alone from which a product is taken to be meant."""


class How(Enum):
    """How the products were found."""

    NAME = "name"
    POINTED = "pointed"
    KIND = "kind"
    USE = "use"
    FOCUS = "focus"
    MEANING = "meaning"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Targets:
    """products: best first. missing_colour: the product is there, but in none of the colours asked for."""

    products: tuple[Product, ...]
    how: How
    missing_colour: bool = False


def find_targets(question: Question, request: AnswerRequest, pack: LanguagePack) -> Targets:
    """Resolve the question against the grounding and the conversation."""
    targets = _before_colour(question, request)
    if not question.colours:
        return targets
    colours = [part for word in question.colours for part in pack.words.translations.get(word, (word,))]
    return _in_colour(targets, colours, request)


def last_listing(request: AnswerRequest) -> tuple[Product, ...]:
    """The products of the character's last message that spoke of any, in its order."""
    known = {product.sku: product for product in catalogue(request)}
    for message in reversed(request.history):
        if message.role is Role.CHARACTER and message.products:
            return tuple(known[sku] for sku in message.products if sku in known)
    return ()


def catalogue(request: AnswerRequest) -> tuple[Product, ...]:
    """Every product of the grounding, best first."""
    found = {scored.product.sku: scored.product for scored in request.grounding.products}
    for product in request.grounding.focus:
        found.setdefault(product.sku, product)
    return tuple(found.values())


def matched(request: AnswerRequest, kind: MatchKind) -> tuple[Product, ...]:
    """Products that the question points to in this way, those with most matching words first."""
    found = [s for s in request.grounding.products if any(match.kind is kind for match in s.matches)]
    most = max((_breadth(scored) for scored in found), default=0)
    return tuple(scored.product for scored in found if _breadth(scored) == most)


def _breadth(scored: ScoredProduct) -> int:
    return len({match.words for match in scored.matches})


def _before_colour(question: Question, request: AnswerRequest) -> Targets:
    named = matched_names(request)
    if named:
        return Targets(_prefer_known(named, request), How.NAME)
    pointed = _pointed(question, request)
    if pointed:
        return Targets(pointed, How.POINTED)
    focus = request.grounding.focus
    of_kind = matched(request, MatchKind.KIND)
    if of_kind:
        already = tuple(product for product in last_listing(request) if product in of_kind)
        wants_list = question.intent in {"list", "recommend"} or question.has("whole_shop")
        return Targets(already, How.FOCUS) if already and not wants_list else Targets(of_kind, How.KIND)
    shop_wide = question.intent == "list" or (question.has("shop_wide") and not question.has("pronoun"))
    if shop_wide and question.unmatched:
        return _without_hint(question, request, ())
    used = matched(request, MatchKind.USE)
    hinted = question.has("pronoun") or not (question.unmatched or used)
    if focus and hinted and question.intent != "recommend":
        listing = last_listing(request)
        return Targets(listing if question.has("plural") and listing else focus[:1], How.FOCUS)
    return _without_hint(question, request, focus)


def _without_hint(question: Question, request: AnswerRequest, focus: Sequence[Product]) -> Targets:
    used = matched(request, MatchKind.USE)
    if used:
        return Targets(used, How.USE)
    best = request.grounding.products[:1]
    if best and best[0].score >= _MEANT:
        return Targets((best[0].product,), How.MEANING)
    if focus and (question.intent in {"attribute", "feature"} or question.colours):
        return Targets(tuple(focus[:1]), How.FOCUS)
    return Targets((), How.NOTHING)


def matched_names(request: AnswerRequest) -> tuple[Product, ...]:
    """Every product that is named; of those sharing the same words, only the fullest matches."""
    best: dict[tuple[str, ...], list[tuple[float, Product]]] = {}
    for scored in request.grounding.products:
        for match in scored.matches:
            if match.kind is MatchKind.NAME:
                supported = match.strength + 0.1 * (_breadth(scored) - 1)
                best.setdefault(match.words, []).append((supported, scored.product))
    chosen: list[Product] = []
    for group in best.values():
        most = max(strength for strength, _ in group)
        chosen += [product for strength, product in group if strength > most - 0.05]
    return tuple(_by_sku(sorted(chosen, key=lambda product: product.sku)))


def _prefer_known(named: tuple[Product, ...], request: AnswerRequest) -> tuple[Product, ...]:
    """Of several products that a half name fits ("the mini"), take the relatives of what was talked about."""
    focus = request.grounding.focus[:1]
    if not focus or len(named) == 1:
        return named
    family = stems(tokens(focus[0].name)) | {focus[0].category}
    shared = [len(family & (stems(tokens(product.name)) | {product.category})) for product in named]
    best = max(shared)
    return tuple(product for product, count in zip(named, shared, strict=True) if count == best) if best else named


def _pointed(question: Question, request: AnswerRequest) -> tuple[Product, ...]:
    listing = last_listing(request)
    if question.ordinal is not None and len(listing) > 1 and abs(question.ordinal) <= len(listing):
        at = question.ordinal - 1 if question.ordinal > 0 else question.ordinal
        return (listing[at],)
    if question.has("other"):
        spoken_of = request.grounding.focus
        current = listing[:1] if len(listing) == 1 else ()
        others = [product for product in (spoken_of if current else listing[1:]) if product not in current]
        return tuple(others[:1])
    if question.has("both"):
        return (listing if len(listing) > 1 else request.grounding.focus)[:2]
    return ()


def _in_colour(targets: Targets, colours: Sequence[str], request: AnswerRequest) -> Targets:
    """Keep what has the colour; where nothing has, look among the siblings and in what was listed."""
    fitting = tuple(product for product in targets.products if is_of_colour(product, colours))
    if fitting:
        return Targets(fitting, targets.how)
    around = [sibling for product in targets.products for sibling in siblings(product, catalogue(request))]
    if targets.how is not How.NAME:
        spoken_of = (*last_listing(request), *request.grounding.focus)
        around += [sibling for product in spoken_of for sibling in siblings(product, catalogue(request))]
    fitting = tuple(_by_sku(p for p in around if is_of_colour(p, colours)))
    if fitting:
        return Targets(fitting, targets.how)
    return Targets(targets.products, targets.how, missing_colour=bool(targets.products))


def _by_sku(products: Iterable[Product]) -> list[Product]:
    unique: dict[str, Product] = {}
    for product in products:
        unique.setdefault(product.sku, product)
    return list(unique.values())
