"""Checks an answer, whoever wrote it, against the grounding: no number, price, stock or promise that the data do not hold."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from holo_app.domain.product import Product
from holo_app.knowledge.figures import Figure, FigureKind, figures, in_digits
from holo_app.knowledge.language_pack import Words
from holo_app.knowledge.promises import Sources, broken_promises, shared_words
from holo_app.knowledge.wording import fold, stem, stems, tokens
from holo_app.ports.retriever import Grounding

_SOLD_OUT = re.compile(
    r"\b(sold out|out of stock|unavailable|no longer available|ausverkauft|vergriffen|nicht vorratig|nicht auf lager"
    r"|nicht verfugbar|epuise\w*|rupture|indisponible\w*)\b"
)
_IN_STOCK = re.compile(
    r"\b(in stock|auf lager|vorratig|verfugbar|en stock|disponibles?"
    r"|(?:is|are) available(?! (?:in|for|to|with|at|from|as|by)\b))\b"
)
_NEGATION = re.compile(r"\b(not|no|none|kein\w*|nicht|pas|aucun\w*|don t|do not|isn t|aren t|doesn t)\b")
_IN_STOCK_NUMBER = re.compile(
    r"\s?(?:(?:of|von|de) [\w ]{1,50}? )?(?:pieces? |units? |more |stuck |exemplaires? )?"
    r"(?:(?:are |is |currently |still )?(?:left|in stock|available|remaining)"
    r"|(?:stuck |noch )?(?:auf lager|vorratig|verfugbar|ubrig)|en stock|disponibles?|restants?)\b"
)
_COSTS = re.compile(
    r"\b(costs?|priced at|price (?:is|of)|price|kostet|kosten|preis(?: ist| von)?|coute\w*|prix(?: est| de)?)"
    r"\W+(?:\w+\W+){0,2}?$"
)
_BOUND = re.compile(
    r"\b(under|below|less than|up to|within|at most|maximum|max|no more than|budget(?: of)?|over|above|more than|"
    r"unter|bis(?: zu)?|weniger als|hochstens|maximal|uber|mehr als|moins de|plus de|jusqu a|sous|au dessous de)"
    r"(?: your| the| about| a budget of| budget of| ihrem budget von)*\s*$"
)
_UPPER = re.compile(
    r"\b(under|below|less|up to|within|at most|max\w*|no more|budget|unter|bis|weniger|hochstens|moins|jusqu|sous|dessous)\b"
)
_WORD = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+")
_NAMED_BY = 0.5
_LEAST_WORDS = 2
_TOGETHER = re.compile(r"\b(both|each|all|either|beide\w*|jeweils|alle|les deux|chacun\w*|tous|toutes)\b")


_Mentions = Sequence[tuple[Product, frozenset[str]]]
"""Products that a sentence names, with the stems of the words that name them."""


class Claim(StrEnum):
    """What kind of claim is unfounded."""

    NUMBER = "number"
    PRICE = "price"
    STOCK = "stock"
    PERCENT = "percent"
    PROMISE = "promise"


@dataclass(frozen=True, slots=True)
class Unfounded:
    """claim: of which kind; text: the words of the answer."""

    claim: Claim
    text: str


def unfounded(
    answer: str,
    grounding: Grounding,
    *,
    words: Sequence[Words] = (),
    about: Sequence[Product] = (),
    asked: str = "",
) -> list[Unfounded]:
    """Every claim of `answer` that the grounding does not carry, in the order of its sentences. Empty: it may be said.

    Always: a price must be that of some product, in its currency, or stand in a text of the shop; a sentence that names
    products may hold only their prices. Any other number must stand in the data. "Sold out" and "in stock" must be true of
    what is named.

    Where `words` are given, as for all that a language model wrote:
    * Numbers in words count as well (`words`: of the languages that it may use).
    * A product is named by half its name, and a price belongs to the name that it stands beside. Where nothing is named it
      must be that of a product of `about`, or where that is empty of any product.
    * A limit that the customer set (`asked`) may be said again: "under £50", if what is named costs less.
    * Other numbers must stand in the data of what is named, or in a text of the shop that the sentence speaks of.
    * "3 left" must be true; what is for sale, free, reduced, and delivered when, must stand in the texts (see `promises`).
    """
    case = _Case(grounding, tuple(words), tuple(about), asked)
    return [claim for sentence in _sentences(answer) for claim in case.claims(sentence)]


def named_products(sentence: str, products: Sequence[Product], words: Sequence[Words] = ()) -> tuple[Product, ...]:
    """Products that the sentence names: by at least half the words of a name, and by no fewer than another one.

    "The Drover 28 backpack" names the one of 28 litres; "the Alder headphones" all their colours.
    """
    return tuple(product for product, _ in _mentions(in_digits(sentence, words), products, words))


def figures_in(text: str, words: Sequence[Words] = ()) -> set[Decimal]:
    """The value of every number in a text."""
    return {figure.value for figure in figures(in_digits(text, words))}


class _Case:
    """The data of one answer, made ready once."""

    def __init__(self, grounding: Grounding, words: tuple[Words, ...], about: tuple[Product, ...], asked: str) -> None:
        found = {scored.product.sku: scored.product for scored in grounding.products}
        found.update({product.sku: product for product in (*grounding.focus, *about)})
        self._products = tuple(found.values())
        self._words = words
        self._about = about
        self._asked = {figure.value for figure in figures(in_digits(asked, words, small=True))}
        raw = [text for scored in grounding.facts for text in scored.fact.texts.values()]
        self._quoted = {fold(sentence) for text in raw for sentence in _sentences(text)}
        self._categories = [fold(category) for category in grounding.categories]
        self._facts = [
            (fold(f"{scored.fact.key.replace('_', ' ')} | {text}"), self._figures(text))
            for scored in grounding.facts
            for text in (" | ".join(scored.fact.texts.values()),)
        ]

    def claims(self, sentence: str) -> Iterator[Unfounded]:
        """Those of one sentence."""
        if fold(sentence) in self._quoted:
            return
        plain = in_digits(_without_skus(sentence, self._products), self._words)
        mentions = self._mentions(sentence, plain)
        named = tuple(product for product, _ in mentions)
        found = figures(plain)
        yield from self._figure_claims(plain, found, mentions)
        yield from self._stock_claims(plain, found, named or self._about)
        own = [fold(_own_text(product)) for product in named or self._about or self._products]
        sources = Sources(own, [*(text for text, _ in self._facts), *self._categories], named=bool(named))
        promises = broken_promises(plain, sources) if self._words else []
        yield from (Unfounded(Claim.PROMISE, promise.value) for promise in promises)

    def _mentions(self, sentence: str, plain: str) -> _Mentions:
        if self._words:
            return _mentions(plain, self._products, self._words)
        return [(product, frozenset()) for product in _named_in_full(sentence, self._products)]

    def _figure_claims(self, plain: str, found: list[Figure], mentions: _Mentions) -> Iterator[Unfounded]:
        named = tuple(product for product, _ in mentions)
        meant = named or self._about or self._products
        told = self._told(plain, named or self._about, meant)
        known = {figure.value for figure in told}
        known |= {value for product in (meant if self._words else self._products) for value in _values(product)}
        any_price = any(figure.kind is FigureKind.PRICE for figure in found)
        for figure in found:
            if self._is_limit(plain, figure, named):
                continue
            costs = figure.kind is FigureKind.NUMBER and not any_price and _COSTS.search(plain[: figure.start])
            if figure.kind is FigureKind.PRICE or costs:
                if not self._is_price(plain, figure, meant, mentions, told):
                    yield Unfounded(Claim.PRICE, figure.text)
            elif figure.kind is FigureKind.PERCENT:
                if not any(figure.value == other.value and other.kind is FigureKind.PERCENT for other in told):
                    yield Unfounded(Claim.PERCENT, figure.text)
            elif figure.value not in known:
                yield Unfounded(Claim.NUMBER, figure.text)

    def _told(self, plain: str, spoken_of: Sequence[Product], meant: Sequence[Product]) -> list[Figure]:
        """Figures in texts that may carry those of the sentence."""
        every = not self._words
        facts = [told for text, told in self._facts if every or not spoken_of or shared_words(plain, text)]
        own = self._figures(*map(_own_text, self._products if every else meant))
        return [*own, *(figure for told in facts for figure in told)]

    def _is_price(
        self, plain: str, figure: Figure, meant: Sequence[Product], mentions: _Mentions, told: Sequence[Figure]
    ) -> bool:
        if any(_same_price(figure, other) for other in told if other.kind is FigureKind.PRICE):
            return True
        costing = [product for product in meant if _costs(product, figure)]
        if not mentions or not costing or not self._words:
            return bool(costing)
        if _TOGETHER.search(plain):
            return all(_costs(product, figure) for product, _ in mentions if product.price)
        return any(_costs(product, figure) for product in _named_beside(plain, figure, mentions))

    def _is_limit(self, plain: str, figure: Figure, named: tuple[Product, ...]) -> bool:
        before = _BOUND.search(plain[: figure.start])
        if before is None or figure.kind is FigureKind.PERCENT or figure.value not in self._asked:
            return False
        upper = bool(_UPPER.search(before[0]))
        prices = [product.price.major for product in named if product.price]
        return all(price <= figure.value if upper else price >= figure.value for price in prices)

    def _stock_claims(self, plain: str, found: list[Figure], meant: Sequence[Product]) -> Iterator[Unfounded]:
        for figure in found:
            counts = figure.kind is FigureKind.NUMBER and _IN_STOCK_NUMBER.match(plain, figure.end)
            if counts and not any(product.stock == figure.value for product in meant):
                yield Unfounded(Claim.STOCK, plain)
                return
        if not meant:
            return
        denied = bool(_SOLD_OUT.search(plain)) or bool(_IN_STOCK.search(plain) and _NEGATION.search(plain))
        claimed = bool(_IN_STOCK.search(plain)) and not denied
        # "the sand ones are sold out, but the black ones are in stock" needs both kinds
        if denied and all(product.stock != 0 for product in meant):
            yield Unfounded(Claim.STOCK, plain)
        if claimed and not any(product.stock for product in meant):
            yield Unfounded(Claim.STOCK, plain)

    def _figures(self, *texts: str) -> list[Figure]:
        return [figure for text in texts for figure in figures(in_digits(text, self._words, small=True))]


def _costs(product: Product, figure: Figure) -> bool:
    return (
        product.price is not None
        and product.price.major == figure.value
        and figure.currency in {"", product.price.currency}
    )


def _same_price(figure: Figure, other: Figure) -> bool:
    return figure.value == other.value and (not figure.currency or other.currency in {"", figure.currency})


def _named_in_full(sentence: str, products: Sequence[Product]) -> tuple[Product, ...]:
    """Products whose name (at least up to its comma) stands in the sentence; of names in one another, the longest."""
    plain = fold(sentence)
    said = {base for product in products for base in _bases(product) if base in plain}
    whole = {base for base in said if not any(base != other and base in other for other in said)}
    return tuple(product for product in products if whole & _bases(product))


def _bases(product: Product) -> set[str]:
    return {fold(name.rpartition(", ")[0] or name) for name in _names(product)} - {""}


def _named_beside(plain: str, figure: Figure, named: _Mentions) -> list[Product]:
    """Whose price this is: of the name before it, or of the one after it in a sentence that begins with a price."""
    places = [(_place(plain, own - _shared(own, named)) or _place(plain, own), product) for product, own in named]
    prices = [other.start for other in figures(plain) if other.kind is FigureKind.PRICE]
    spots = sorted({place for place, _ in places})
    before = [spot for spot in spots if spot < figure.start]
    after = [spot for spot in spots if spot > figure.start]
    price_first = bool(prices) and prices[0] < spots[0]
    spot = (after[0] if after else before[-1]) if price_first else (before[-1] if before else after[0])
    return [product for place, product in places if place == spot]


def _shared(own: frozenset[str], named: _Mentions) -> frozenset[str]:
    """Words that another product is named by as well; those of products named alike do not count."""
    return frozenset(word for _, other in named if other != own for word in other)


def _place(plain: str, words: Collection[str]) -> int:
    """Where the last of these words begins; 0 where there is none."""
    return max((match.start() for match in _WORD.finditer(plain) if stem(match[0]) in words), default=0)


def _mentions(plain: str, products: Sequence[Product], words: Sequence[Words]) -> list[tuple[Product, frozenset[str]]]:
    """Products that are named, with the words (stems) that name them."""
    said = stems(tokens(plain))
    found: dict[str, tuple[Product, frozenset[str], float]] = {}
    for product in products:
        for name in _names(product):
            own, base = (stems(tokens(in_digits(part, words))) for part in (name, name.rpartition(", ")[0] or name))
            common = own & said
            share = len(common) / max(len(own), 1)
            known = found.get(product.sku)
            enough = len(common & base) >= max(_NAMED_BY * len(base), min(_LEAST_WORDS, len(base)))
            if enough and (known is None or (len(common), share) > (len(known[1]), known[2])):
                found[product.sku] = (product, common, share)
    return [
        (product, common)
        for product, common, share in found.values()
        if not any(common < other or (common == other and share < more) for _, other, more in found.values())
    ]


def _names(product: Product) -> tuple[str, ...]:
    return (product.name, *product.names.values())


def _without_skus(sentence: str, products: Sequence[Product]) -> str:
    for product in products:
        sentence = re.sub(rf"\b{re.escape(product.sku)}\b", " ", sentence, flags=re.IGNORECASE)
    return sentence


def _sentences(text: str) -> list[str]:
    return [part for part in re.split(r"(?<=[.!?;])\s+", text.strip()) if part]


def _own_text(product: Product) -> str:
    return " | ".join(
        (*_names(product), product.description, *product.tags, product.category, *product.attributes.values())
    )


def _values(product: Product) -> Iterator[Decimal]:
    if product.price:
        yield product.price.major
    if product.stock is not None:
        yield Decimal(product.stock)
