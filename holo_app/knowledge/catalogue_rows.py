"""What a row of a catalogue may hold: rows become products, or problems in words."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path

from holo_app.domain.money import Money, parse_money
from holo_app.domain.product import Product
from holo_app.errors import InputError
from holo_app.knowledge.catalogue_file import RawRow, read_rows, shown
from holo_app.knowledge.currencies import CURRENCIES
from holo_app.knowledge.pictures import check_picture

_MAX_SKU = 64
_MAX_NAME = 200
_MAX_TEXT = 5_000
_MAX_STOCK = 1_000_000_000
_PRICE = re.compile(r"[0-9]{1,12}(\.[0-9]{1,4})?")
_STOCK = re.compile(r"[0-9]{1,10}")
_LANGUAGE = re.compile(r"[a-z]{2,3}")
# control characters but tab and line ends, and halves of characters that only broken JSON holds
_UNSPEAKABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def read_catalogue(path: Path) -> list[Product]:
    """The products of a .json or .csv file, in its order; `image` is as written there, and names an existing picture.

    Raises: InputError, whose problems read `row 3, price: '12,50' …`.
    """
    rows = read_rows(path)
    products: list[Product] = []
    problems: list[str] = []
    first_row: dict[str, int] = {}
    for row in rows:
        checked = _CheckedRow(row, folder=path.parent)
        product = checked.product()
        if product.sku in first_row:
            checked.wrong("sku", product.sku, f"is already in row {first_row[product.sku]}; each product has its own")
        elif product.sku:
            first_row[product.sku] = row.number
        problems += checked.problems
        products.append(product)
    if problems:
        count = len(problems)
        raise InputError(f"{path.name}: nothing was imported, {count} thing{'s' * (count > 1)} to put right:", problems)
    return products


class _CheckedRow:
    """Reads the cells of one row and collects what is wrong with them; a wrong cell reads as empty."""

    def __init__(self, row: RawRow, *, folder: Path) -> None:
        self.problems = [f"row {row.number}: {problem}" for problem in row.problems]
        self._number = row.number
        self._cells = row.cells
        self._folder = folder
        # a row that could not be taken apart has no cells to complain about
        self._readable = bool(row.cells)

    def product(self) -> Product:
        return Product(
            sku=self._text("sku", longest=_MAX_SKU, required=True),
            name=self._text("name", longest=_MAX_NAME, required=True),
            description=self._text("description", longest=_MAX_TEXT),
            price=self._price(),
            stock=self._stock(),
            category=self._text("category", longest=_MAX_NAME),
            tags=self._tags(),
            attributes=self._pairs("attributes"),
            image=self._image(),
            names=self._names(),
        )

    def wrong(self, column: str, value: object, problem: str) -> None:
        self.problems.append(f"row {self._number}, {column}: {shown(value)} {problem}")

    def _missing(self, column: str, allowed: str) -> None:
        # a missing JSON key was reported with the form of the row
        if self._readable and column in self._cells:
            self.problems.append(f"row {self._number}, {column}: is empty; {allowed}")

    def _text(self, column: str, *, longest: int, required: bool = False) -> str:
        value = self._cells.get(column)
        if value is None or (isinstance(value, str) and not value.strip()):
            if required:
                self._missing(column, f"every product needs a {column}")
            return ""
        return self._checked_text(column, value, longest=longest)

    def _checked_text(self, column: str, value: object, *, longest: int = _MAX_TEXT) -> str:
        if not isinstance(value, str):
            self.wrong(column, value, "is not text")
        elif _UNSPEAKABLE.search(value):
            self.wrong(column, value, "holds control characters or broken ones; only readable text is allowed")
        elif len(value.strip()) > longest:
            self.wrong(column, value, f"has {len(value.strip())} characters; at most {longest} are allowed")
        else:
            return value.strip()
        return ""

    def _price(self) -> Money | None:
        price, currency = self._cells.get("price"), self._cells.get("currency")
        if price is None:
            return None  # the shop does not say; the character then does not either
        text = str(price).strip() if isinstance(price, str | int | Decimal) and not isinstance(price, bool) else ""
        if not _PRICE.fullmatch(text):
            self.wrong("price", price, "is not a price; write 0 or more, with a point, such as 149.00")
        elif currency is None or currency == "":
            self._missing("currency", "a price needs its currency, such as GBP")
        elif not isinstance(currency, str) or currency.strip() not in CURRENCIES:
            self.wrong("currency", currency, "is not an ISO 4217 code such as GBP or EUR, in capitals")
        else:
            try:
                return parse_money(text, currency.strip())
            except ValueError as error:
                self.problems.append(f"row {self._number}, price: {error}")
        return None

    def _stock(self) -> int | None:
        stock = self._cells.get("stock")
        if stock is None:
            return None
        text = str(stock).strip() if isinstance(stock, str | int) and not isinstance(stock, bool) else ""
        if _STOCK.fullmatch(text) and int(text) <= _MAX_STOCK:
            return int(text)
        self.wrong("stock", stock, "is not a count; write 0 or more pieces, or nothing where they are not counted")
        return None

    def _tags(self) -> tuple[str, ...]:
        value = self._cells.get("tags")
        if value is None:
            return ()
        if not isinstance(value, Sequence) or isinstance(value, str):
            self.wrong("tags", value, 'is not a list of texts, such as ["gift", "tea"]')
            return ()
        tags = [self._checked_text("tags", tag, longest=_MAX_NAME) for tag in value]
        return tuple(filter(None, tags))

    def _pairs(self, column: str) -> dict[str, str]:
        value = self._cells.get(column)
        if value is None:
            return {}
        if not isinstance(value, Mapping):
            self.wrong(column, value, 'is not a list of names with their values, such as {"weight": "2.3 kg"}')
            return {}
        pairs = {}
        for key, entry in value.items():
            label = self._checked_text(column, key, longest=_MAX_NAME)
            # a bare number is clear enough; anything else would be read out as something that nobody wrote
            plain = str(entry) if isinstance(entry, int | Decimal) and not isinstance(entry, bool) else entry
            text = self._checked_text(f"{column} {shown(key)}", plain)
            if not key.strip() or (isinstance(plain, str) and not plain.strip()):
                self.wrong(column, f"{key}={plain}", "needs a name and a value")
            if label in pairs:
                self.wrong(column, key, "appears twice")
            pairs[label] = text
        return pairs

    def _names(self) -> dict[str, str]:
        names = self._pairs("names")
        for language in names:
            if not _LANGUAGE.fullmatch(language):
                self.wrong("names", language, "is not a language code such as de or fr")
        return names

    def _image(self) -> str | None:
        image = self._text("image", longest=_MAX_TEXT)
        if not image:
            return None
        problem = check_picture(self._folder / image)
        if problem:
            self.wrong("image", image, problem)
        return image
