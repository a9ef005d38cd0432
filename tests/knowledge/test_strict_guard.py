"""What a language model may not say: made-up numbers in words, swapped prices, gifts and promises, in three languages."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holo_app.domain.money import Money
from holo_app.domain.product import Product, StoreFact
from holo_app.knowledge.figures import FigureKind, figures, in_digits
from holo_app.knowledge.grounding_guard import Claim, named_products, unfounded
from holo_app.ports.retriever import Grounding, ScoredFact, ScoredProduct
from tests.knowledge.shop import packs

_WORDS = [packs()[code].words for code in ("en", "de", "fr")]
_WATCH = Product(
    "W-1", "Heron Watch, Graphite", "Lasts 12 days.", Money(17_900, "GBP"), 3, attributes={"weight": "48 g"}
)
_LAMP = Product(
    "L-1",
    "Willow Table Lamp, Brass",
    "Warm light.",
    Money(4900, "GBP"),
    0,
    names={"de": "Tischleuchte Willow, Messing"},
)
_SMALL = Product("B-28", "Drover Backpack 28 Litres, Green", "", Money(8500, "GBP"), 8)
_LARGE = Product("B-40", "Drover Backpack 40 Litres, Blue", "", Money(11_500, "GBP"), 5)
_DELIVERY = StoreFact(
    "delivery",
    {
        "en": "We deliver in two to three working days for £3.95, and free of charge from £50.",
        "de": "Wir liefern in zwei bis drei Werktagen für 3,95 Pfund, ab 50 Pfund kostenlos.",
        "fr": "Nous livrons en deux à trois jours ouvrés pour 3,95 livres, et gratuitement à partir de 50 livres.",
    },
)
_HOURS = StoreFact(
    "hours", {"en": "We are open from nine to six.", "fr": "Nous sommes ouverts de neuf heures à dix-huit heures."}
)
_STUDENTS = StoreFact(
    "student_discount",
    {"en": "Students get 10 percent off when they show their card.", "de": "Studierende bekommen zehn Prozent Rabatt."},
)
_ALL = Grounding(
    products=tuple(ScoredProduct(product, 1.0) for product in (_WATCH, _LAMP, _SMALL, _LARGE)),
    facts=tuple(ScoredFact(fact, 1.0) for fact in (_DELIVERY, _HOURS, _STUDENTS)),
    categories=("Home and kitchen", "Watches and bands"),
)


def _claims(answer: str, *, about: tuple[Product, ...] = (), asked: str = "") -> set[Claim]:
    return {found.claim for found in unfounded(answer, _ALL, words=_WORDS, about=about, asked=asked)}


@pytest.mark.parametrize(
    ("text", "value", "currency"),
    [
        ("forty nine pounds", "49", "GBP"),
        ("forty-nine pounds ninety", "49.9", "GBP"),
        ("one hundred and twenty nine euros", "129", "EUR"),
        ("a pound", "1", "GBP"),
        ("neunundvierzig Euro", "49", "EUR"),
        ("hundertneunundzwanzig Pfund", "129", "GBP"),
        ("quatre-vingt-dix-neuf livres", "99", "GBP"),
        ("vingt et un euros", "21", "EUR"),
        ("1\u202f299,00 €", "1299", "EUR"),
        ("£1,299.00", "1299", "GBP"),
        ("CHF 20", "20", "CHF"),
        ("50p", "0.5", ""),
        ("39 pounds and 90 pence", "39.9", "GBP"),
    ],
)
def test_a_price_is_read_however_it_is_written(text: str, value: str, currency: str) -> None:
    assert [(f.value, f.currency) for f in figures(in_digits(text, _WORDS)) if f.kind is FigureKind.PRICE] == [
        (Decimal(value), currency)
    ]


@pytest.mark.parametrize(
    "text", ["this one", "all of them", "one and the other", "zwei davon", "l’un ou l’autre", "try it on top"]
)
def test_small_words_are_no_numbers(text: str) -> None:
    assert figures(in_digits(text, _WORDS)) == []


@pytest.mark.parametrize(
    ("sentence", "skus"),
    [
        ("The Drover 28 backpack is cheaper.", {"B-28"}),
        ("The Drover 28 and the Drover 40.", {"B-28", "B-40"}),
        ("The Willow lamp.", {"L-1"}),
        ("Die Tischleuchte Willow.", {"L-1"}),
        ("A lamp.", set()),
        ("Our watches are light.", set()),
    ],
)
def test_products_are_known_by_part_of_their_name(sentence: str, skus: set[str]) -> None:
    products = (_WATCH, _LAMP, _SMALL, _LARGE)
    assert {product.sku for product in named_products(sentence, products, _WORDS)} == skus


@pytest.mark.parametrize(
    "answer",
    [
        "The Heron Watch costs one hundred and seventy nine pounds.",
        "The Drover 28 is £85, and the Drover 40 is £115.",
        "£85 for the Drover 28, or £115 for the Drover 40.",
        "The Willow table lamp is £49, but it is sold out.",
        "We have three of the Heron Watch in stock.",
        "We are open from 9:00 to 6:00.",
        "Delivery costs £3.95 and takes two to three working days.",
        "Delivery is free from £50.",
        "Students get 10 percent off.",
        "Studierende bekommen 10 Prozent Rabatt.",
        "La livraison coûte 3,95 livres.",
        "I cannot give you a discount.",
        "Would you like it delivered tomorrow?",
        "Feel free to ask me anything.",
        "We have a good selection of watches.",
        "We do not sell bicycles.",
        "It runs hands-free and is free of latex.",
        "That one is brighter.",
    ],
)
def test_what_the_data_hold_may_be_said(answer: str) -> None:
    assert _claims(answer) == set()


@pytest.mark.parametrize(
    ("answer", "claim"),
    [
        ("The Heron Watch costs forty nine pounds.", Claim.PRICE),
        ("The Willow lamp costs 49 euros.", Claim.PRICE),
        ("The Drover 28 is £115, and the Drover 40 is £85.", Claim.PRICE),
        ("£115 for the Drover 28, or £85 for the Drover 40.", Claim.PRICE),
        ("The Drover 28 and the Drover 40 both cost £85.", Claim.PRICE),
        ("The Heron Watch costs 48.", Claim.PRICE),
        ("Die Tischleuchte Willow kostet neununddreißig Pfund.", Claim.PRICE),
        ("La Heron Watch coûte cent vingt livres.", Claim.PRICE),
        ("It is only a pound today.", Claim.PRICE),
        ("It costs 50p.", Claim.PRICE),
        ("The Heron Watch lasts forty days.", Claim.NUMBER),
        ("The Heron Watch weighs 28 grams.", Claim.NUMBER),
        ("Take 20 percent off.", Claim.PERCENT),
        ("Ich gebe Ihnen zwanzig Prozent.", Claim.PERCENT),
        ("Je vous fais vingt pour cent.", Claim.PERCENT),
        ("We have five of the Heron Watch left.", Claim.STOCK),
        ("The Willow lamp is available.", Claim.STOCK),
        ("Die Tischleuchte Willow ist verfügbar.", Claim.STOCK),
        ("The Heron Watch is half price today.", Claim.PROMISE),
        ("The Heron Watch is on special offer.", Claim.PROMISE),
        ("Die Heron Watch ist heute im Angebot.", Claim.PROMISE),
        ("La Heron Watch est en promotion.", Claim.PROMISE),
        ("You get the strap for free.", Claim.PROMISE),
        ("Das Armband gibt es gratis dazu.", Claim.PROMISE),
        ("Le bracelet est offert.", Claim.PROMISE),
        ("No problem, you get it for free.", Claim.PROMISE),
        ("There is no charge for the Heron Watch.", Claim.PROMISE),
        ("Shall I give you a discount?", Claim.PROMISE),
        ("We deliver it tomorrow.", Claim.PROMISE),
        ("Wir liefern morgen.", Claim.PROMISE),
        ("Nous livrons demain.", Claim.PROMISE),
        ("Yes, we sell bicycles.", Claim.PROMISE),
        ("Wir haben Fahrräder.", Claim.PROMISE),
    ],
)
def test_what_is_made_up_is_found(answer: str, claim: Claim) -> None:
    assert claim in _claims(answer)


def test_what_it_costs_is_what_the_product_asked_about_costs() -> None:
    assert _claims("It costs £179.", about=(_WATCH,)) == set()
    assert _claims("It costs £49.", about=(_WATCH,)) == {Claim.PRICE}
    assert _claims("It is in stock.", about=(_LAMP,)) == {Claim.STOCK}


def test_a_limit_of_the_customer_may_be_said_again_where_it_is_true() -> None:
    asked = "Is there anything under 100 pounds?"
    assert _claims("Under £100 we have the Drover 28 for £85.", asked=asked) == set()
    assert _claims("Under £100 we have the Drover 40.", asked=asked) == {Claim.PRICE}
    assert _claims("The Drover 28 costs £100.", asked=asked) == {Claim.PRICE}


def test_a_price_in_a_question_does_not_become_one_in_the_answer() -> None:
    assert _claims("Yes, the Heron Watch costs £1.", asked="The Heron Watch costs £1, right?") == {Claim.PRICE}


_TEMPLATES = (
    "The Heron Watch costs {}.",
    "{} for the Heron Watch.",
    "The Heron Watch is yours for {}!",
    "Die Heron Watch kostet {}.",
    "La Heron Watch coûte {}.",
    "It is {}.",
    "Well, {} is the price of the Heron Watch.",
)


@given(
    template=st.sampled_from(_TEMPLATES),
    pounds=st.integers(1, 5000),
    pence=st.sampled_from((0, 0, 50, 95, 99)),
    style=st.sampled_from(("£{:.2f}", "{:.2f} pounds", "{:.2f} £", "GBP {:.2f}", "€{:.2f}", "{:.2f} Euro")),
)
@settings(max_examples=150, deadline=None)
def test_no_price_but_its_own_passes(template: str, pounds: int, pence: int, style: str) -> None:
    amount = Decimal(pounds) + Decimal(pence) / 100
    right = amount == Decimal(179) and "€" not in style and "Euro" not in style
    answer = template.format(style.format(amount))
    found = unfounded(answer, _ALL, words=_WORDS, about=(_WATCH,))
    assert (found == []) == right


_UNITS = (
    *("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen"),
    *("fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")


def _in_words(number: int) -> str:
    if number >= 100:
        rest = f" and {_in_words(number % 100)}" if number % 100 else ""
        return f"{_UNITS[number // 100 - 1]} hundred{rest}"
    if number < 20:
        return _UNITS[number - 1]
    return _TENS[number // 10 - 2] + (f" {_UNITS[number % 10 - 1]}" if number % 10 else "")


@given(number=st.integers(1, 999))
@settings(max_examples=150, deadline=None)
def test_a_price_in_words_is_read_as_its_digits_are(number: int) -> None:
    found = figures(in_digits(f"It costs {_in_words(number)} pounds.", _WORDS[:1]))
    assert [(figure.kind, figure.value) for figure in found] == [(FigureKind.PRICE, Decimal(number))]
