"""The screen's texts in one language: bundled TOML, one file a language, plain look-ups. Free of Qt."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from holo_app.domain.money import Money
from holo_app.resources import resource

_SYMBOLS = {"GBP": "£", "EUR": "€", "USD": "$", "JPY": "¥", "KRW": "₩", "INR": "₹", "PLN": "zł", "CHF": "CHF"}
_FEW = 3
_GROUP = 3


@dataclass(frozen=True, slots=True)
class Phrases:
    """All texts of one language. `tables` maps table name → key → text; `keyboard` maps `rows`/`symbols` → key rows."""

    language: str
    tables: Mapping[str, Mapping[str, str]]
    troubles: Mapping[str, Mapping[str, str]]
    keyboard: Mapping[str, tuple[str, ...]]

    def text(self, table: str, key: str, **values: object) -> str:
        """The text of `table.key` with its {braces} filled. Raises KeyError: no such text (a bug)."""
        return self.tables[table][key].format(**values)

    def attribute(self, label: str) -> str:
        """A product attribute's label in this language; labels that the catalogue invented are shown as they are."""
        return self.tables["attribute"].get(label.strip().lower()) or label[:1].upper() + label[1:]

    def language_name(self, language: str) -> str:
        """What this language calls that one; an unknown one by its tag."""
        return self.tables["language"].get(language, language)

    def price(self, money: Money) -> str:
        """A price as people of this language write it; whole amounts keep their decimals: `£149.00`, `149,00 €`."""
        number = self.tables["number"]
        symbol = _SYMBOLS.get(money.currency, money.currency)
        text = number["price"].format(
            symbol=symbol if len(symbol) == 1 or number["price"].startswith("{amount}") else f"{symbol} ",
            amount=_grouped(abs(money.major), money.exponent, number["group"], number["decimal"]),
        )
        return f"−{text}" if money.minor < 0 else text

    def stock(self, pieces: int | None) -> str:
        """A line on the stock; empty where the shop does not count it."""
        if pieces is None:
            return ""
        if pieces <= 0:
            return self.text("stock", "none")
        if pieces == 1:
            return self.text("stock", "one")
        return self.text("stock", "few" if pieces <= _FEW else "many", count=pieces)


def _grouped(amount: Decimal, exponent: int, group: str, decimal: str) -> str:
    whole, _, fraction = f"{amount:.{exponent}f}".partition(".")
    first = len(whole) % _GROUP
    groups = [whole[:first]] if first else []
    groups += [whole[at : at + _GROUP] for at in range(first, len(whole), _GROUP)]
    return group.join(groups) + (decimal + fraction if fraction else "")


@cache
def phrases(language: str) -> Phrases:
    """The texts of `language`. Raises LookupError: none are bundled for it."""
    path = resource("i18n", f"{language}.toml")
    if not path.is_file():
        raise LookupError(f"no screen texts for language {language!r}")
    with path.open("rb") as stream:
        tables = tomllib.load(stream)
    troubles = tables.pop("trouble")
    keyboard = {name: tuple(rows) for name, rows in tables.pop("keyboard").items()}
    return Phrases(language, tables, troubles, keyboard)
