"""Names that were misheard, amounts that were spoken."""

from __future__ import annotations

from decimal import Decimal

import pytest

from holo_app.knowledge.amounts import amounts_in
from holo_app.knowledge.name_matching import NameIndex
from holo_app.knowledge.phonetics import edit_distance, sounds_like
from holo_app.knowledge.sample_shop import load_sample_shop
from holo_app.knowledge.wording import fold, stem, tokens
from tests.knowledge.hash_embedder import HashEmbedder
from tests.knowledge.shop import index_of, packs


@pytest.mark.parametrize(
    ("text", "language", "amounts"),
    [
        ("under fifty pounds", "en", [(50, "GBP")]),
        ("under a hundred and twenty five pounds", "en", [(125, "GBP")]),
        ("two thousand three hundred", "en", [(2300, "")]),
        ("£39.90 or 1,299 euros", "en", [("39.90", "GBP"), (1299, "EUR")]),
        ("bis zweihundertfünfunddreißig Euro", "de", [(235, "EUR")]),
        ("unter 49,50 €", "de", [("49.50", "EUR")]),
        ("höchstens zwanzig Pfund", "de", [(20, "GBP")]),
        ("moins de quatre-vingt-dix livres", "fr", [(90, "GBP")]),
        ("cent cinquante euros", "fr", [(150, "EUR")]),
        ("soixante et onze", "fr", [(71, "")]),
        ("how much is it", "en", []),
    ],
)
def test_amounts(text: str, language: str, amounts: list[tuple[int | str, str]]) -> None:
    found = amounts_in(text, packs()[language].words)
    assert found == [(Decimal(value), currency) for value, currency in amounts]


@pytest.mark.parametrize(
    ("said", "meant"),
    [("wren", "ren"), ("aurora", "oraura"), ("heron", "hairon"), ("cobble", "cobbel"), ("acorn", "akorn")],
)
def test_words_that_sound_alike(said: str, meant: str) -> None:
    assert sounds_like(said, meant) > sounds_like(said, "banana")
    assert sounds_like(said, meant) > 0.65


def test_edit_distance() -> None:
    assert [edit_distance("kitten", other) for other in ("kitten", "sitting", "")] == [0, 3, 6]


@pytest.mark.parametrize(
    ("question", "skus"),
    [
        ("how much is the sky lark jacket", {"P-017", "P-018"}),
        ("how much is the eagle mini", {"P-003"}),
        ("compare the cobble with the cobble max", {"P-009", "P-010"}),
        ("P 013 please", {"P-013"}),
        ("p-013", {"P-013"}),
        ("the little owl", {"P-014"}),
        ("a little present for two persons at night", set()),
        ("do you sell bananas", set()),
    ],
)
def test_named_products(question: str, skus: set[str]) -> None:
    shop = load_sample_shop()
    products, _ = index_of(shop.products, shop.facts, HashEmbedder()).search(question, "en")
    assert {s.product.sku for s in products if any(m.kind.value == "name" for m in s.matches)} == skus


def test_an_empty_shop_names_nothing() -> None:
    assert NameIndex([], generic=(), known=()).find(("heron",), ordinary=(), supported=()) == []


def test_folding_and_stems() -> None:
    assert fold("Größe  d’œuf") == "grosse d oeuf"
    assert tokens("USB-C, 1.5 kg") == ("usb", "c", "1.5", "kg")
    assert {stem(word) for word in ("watch", "watches")} == {"watch"}
    assert stem("running") == stem("run")
