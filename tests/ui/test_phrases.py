"""Texts in three languages: complete, used, and prices as people write them."""

from __future__ import annotations

import re
import string
from pathlib import Path

import pytest

import holo_app.ui
from holo_app.domain.kiosk import KioskState, Trouble
from holo_app.domain.money import Money
from holo_app.ui.phrases import Phrases, phrases
from holo_app.ui.staff_flow import Step

LANGUAGES = ("en", "de", "fr")
QML = sorted((Path(holo_app.ui.__file__).parent / "qml").glob("*.qml"))


def flat(texts: Phrases) -> dict[str, str]:
    tables = {**texts.tables, **{f"trouble.{name}": table for name, table in texts.troubles.items()}}
    return {f"{name}.{key}": text for name, table in tables.items() for key, text in table.items()}


@pytest.mark.parametrize("language", ["de", "fr"])
def test_every_language_says_the_same_things(language: str) -> None:
    english, other = flat(phrases("en")), flat(phrases(language))
    assert other.keys() == english.keys()
    for key, text in english.items():
        fields = {name for _, name, _, _ in string.Formatter().parse(text) if name}
        assert {name for _, name, _, _ in string.Formatter().parse(other[key]) if name} == fields, key
        assert other[key].strip() or key == "number.group", key


def test_the_screen_asks_only_for_texts_that_exist_and_none_is_left_unused() -> None:
    source = "\n".join(path.read_text(encoding="utf-8") for path in QML)
    used = set(re.findall(r"texts\.t\.(\w+)", source))
    table = phrases("en").tables["text"]
    staff = {f"staff_{key}" for key in phrases("en").tables["staff"]}
    assert used <= set(table) | staff
    # the second takes the place of `ai_notice` where services are online
    assert set(table) - used == {"language_name", "ai_notice_online"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_state_trouble_and_step_has_words(language: str) -> None:
    texts = phrases(language)
    assert set(texts.tables["state"]) == {state.value for state in KioskState} | {"starting", "trouble", "deaf"}
    assert set(texts.troubles) == {trouble.value for trouble in Trouble}
    assert {step.value for step in Step} - {"closed"} <= set(texts.tables["staff"])
    assert all(texts.keyboard["rows"])
    assert all(texts.keyboard["symbols"])


@pytest.mark.parametrize(
    ("language", "money", "written"),
    [
        ("en", Money(14900, "GBP"), "£149.00"),
        ("en", Money(123456789, "EUR"), "€1,234,567.89"),
        ("en", Money(500, "CHF"), "CHF 5.00"),
        ("en", Money(1500, "JPY"), "¥1,500"),
        ("en", Money(-250, "GBP"), "−£2.50"),
        ("de", Money(14900, "EUR"), "149,00\u00a0€"),
        ("de", Money(123456, "GBP"), "1.234,56\u00a0£"),
        ("fr", Money(123456, "EUR"), "1\u202f234,56\u00a0€"),
        ("fr", Money(5, "EUR"), "0,05\u00a0€"),
        ("de", Money(1500, "BHD"), "1,500\u00a0BHD"),
    ],
)
def test_prices_are_written_as_people_of_the_language_do(language: str, money: Money, written: str) -> None:
    assert phrases(language).price(money) == written


@pytest.mark.parametrize(
    ("pieces", "line"),
    [
        (None, ""),
        (0, "Sold out here today"),
        (1, "Last one in the shop"),
        (3, "Only 3 left"),
        (12, "12 in the shop"),
    ],
)
def test_stock_lines(pieces: int | None, line: str) -> None:
    assert phrases("en").stock(pieces) == line


def test_attribute_labels_are_translated_where_known() -> None:
    assert phrases("de").attribute("battery life") == "Akkulaufzeit"
    assert phrases("de").attribute("strap width") == "Strap width"


def test_an_unknown_language_is_named() -> None:
    with pytest.raises(LookupError, match="xx"):
        phrases("xx")
