"""Money, sound and products: what their constructors promise."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holo_app.domain.audio import AudioChunk, silence
from holo_app.domain.money import Money, currency_exponent, parse_money
from holo_app.domain.product import Product, StoreFact


@pytest.mark.parametrize(
    ("amount", "currency", "minor"),
    [("149.00", "GBP", 14900), (" 149 ", "GBP", 14900), ("0", "EUR", 0), ("1500", "JPY", 1500), ("1.250", "KWD", 1250)],
)
def test_money_is_read_exactly(amount: str, currency: str, minor: int) -> None:
    assert parse_money(amount, currency) == Money(minor, currency)


@pytest.mark.parametrize(
    ("amount", "currency", "says"),
    [
        ("free", "GBP", "not a number"),
        ("", "GBP", "not a number"),
        ("-1", "GBP", "0 or more"),
        ("NaN", "GBP", "0 or more"),
        ("1e3", "GBP", "0 or more"),
        ("1_000", "GBP", "0 or more"),
        ("1.005", "GBP", "more decimals than GBP"),
        ("1.5", "JPY", "more decimals than JPY"),
        ("1.50", "gbp", "three-letter"),
        ("1.50", "GB", "three-letter"),
        ("1.50", "G1P", "three-letter"),
        ("1.50", "ÄÖÜ", "three-letter"),
    ],
)
def test_money_refuses_what_is_no_price(amount: str, currency: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        parse_money(amount, currency)


@given(st.integers(0, 10**12), st.sampled_from(["GBP", "JPY", "KWD", "EUR"]))
def test_money_survives_being_written_and_read(minor: int, currency: str) -> None:
    money = Money(minor, currency)
    assert money.exponent == currency_exponent(currency)
    assert parse_money(f"{money.major:f}", currency) == money


def test_major_units_are_exact() -> None:
    assert Money(14950, "GBP").major == Decimal("149.50")


def test_audio_knows_its_length() -> None:
    chunk = AudioChunk(b"\0\0" * 160, 16_000)
    assert (chunk.samples, chunk.seconds) == (160, 0.01)
    assert silence(0.5).samples == 8000
    assert silence(0.5, 8000).pcm == bytes(8000)


@pytest.mark.parametrize(("pcm", "rate"), [(b"\0", 16_000), (b"", 0)])
def test_audio_refuses_what_is_no_sound(pcm: bytes, rate: int) -> None:
    with pytest.raises(ValueError, match=r"audio|rate"):
        AudioChunk(pcm, rate)


def test_names_fall_back_to_the_default() -> None:
    product = Product("P-1", "Kettle", "", None, None, names={"de": "Wasserkocher"})
    assert (product.name_in("de"), product.name_in("fr")) == ("Wasserkocher", "Kettle")
    assert StoreFact("hours", {"en": "Nine to six."}).questions == {}
