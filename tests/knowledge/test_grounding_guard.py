"""The guard lets true answers pass and finds what is made up."""

from __future__ import annotations

import pytest

from holo_app.domain.money import Money
from holo_app.domain.product import Product, StoreFact
from holo_app.knowledge.grounding_guard import Claim, unfounded
from holo_app.ports.retriever import Grounding, ScoredFact, ScoredProduct

_WATCH = Product(
    "W-1", "Heron Watch, Graphite", "Lasts 12 days.", Money(129_900, "GBP"), 3, attributes={"weight": "48 g"}
)
_LAMP = Product("L-1", "Willow Lamp", "", Money(4900, "GBP"), 0, names={"de": "Lampe Willow"})
_DELIVERY = StoreFact("delivery", {"en": "Delivery costs £3.95, if it is in stock."})
_GROUNDING = Grounding(products=(ScoredProduct(_WATCH, 1.0),), facts=(ScoredFact(_DELIVERY, 0.5),), focus=(_LAMP,))


@pytest.mark.parametrize(
    "answer",
    [
        "£1,299 for the Heron Watch in graphite.",
        "Die Heron Watch kostet 1.299 £.",
        "Heron Watch : 1\u202f299 £.",
        "Yes, we have the Heron Watch in stock: 3 at the moment.",
        "I'm sorry, the Willow Lamp: sold out.",
        "Leider ist Lampe Willow ausverkauft.",
        "The weight is 48 g and it lasts 12 days.",
        "Delivery costs £3.95, if it is in stock.",
        "It is 49 pounds.",
        "The Willow Lamp for £49 and the Heron Watch for £1,299.",
        "Hello!",
    ],
)
def test_what_the_data_hold_may_be_said(answer: str) -> None:
    assert unfounded(answer, _GROUNDING) == []


@pytest.mark.parametrize(
    ("answer", "claim"),
    [
        ("£1 for the Heron Watch.", Claim.PRICE),
        ("The Heron Watch costs 49 pounds.", Claim.PRICE),
        ("It costs 50 euros.", Claim.PRICE),
        ("It weighs 50 g.", Claim.NUMBER),
        ("Yes, the Willow Lamp is in stock.", Claim.STOCK),
        ("The Heron Watch is sold out.", Claim.STOCK),
        ("The Heron Watch is not in stock.", Claim.STOCK),
        ("Die Lampe Willow ist auf Lager.", Claim.STOCK),
    ],
)
def test_what_is_made_up_is_found(answer: str, claim: Claim) -> None:
    assert claim in {found.claim for found in unfounded(answer, _GROUNDING)}


def test_nothing_may_be_said_of_nothing() -> None:
    assert [found.text for found in unfounded("It is 5 cm.", Grounding())] == ["5"]
