"""What a product card shows, from the catalogue's own values only. Pure: no Qt; paths are looked up, nothing is read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from holo_app.domain.product import Product
from holo_app.ui.phrases import Phrases

MAX_SMALL_CARDS = 3
_MAX_ATTRIBUTES = 3
_ATTRIBUTE_CHARS = 40
_LOW_STOCK = 3
_BESIDE = (-20.0, 7.0)
_BELOW = (5.0, -17.0)
_UNSHOWN = frozenset({"brand", "in the box", "features", "care"})


@dataclass(frozen=True, slots=True)
class Card:
    """One card in the customer's language.

    stock_level: `in`, `low`, `out`, or empty where the shop does not count. attributes: (label, value) pairs.
    picture: absolute path of the picture, or None.
    """

    sku: str
    name: str
    price: str
    stock: str
    stock_level: str
    attributes: tuple[tuple[str, str], ...]
    picture: Path | None


def derive_cards(products: Sequence[Product], phrases: Phrases, picture_dirs: Sequence[Path]) -> tuple[Card, ...]:
    """The cards, the first one to be shown large; products beyond what the screen holds are left out."""
    return tuple(_card(product, phrases, picture_dirs) for product in products[: 1 + MAX_SMALL_CARDS])


def card_direction(width: float, height: float) -> tuple[float, float]:
    """Where the large card is, seen by the figure: (yaw, pitch) in degrees, to its own right and up positive.

    A wide screen has the cards at the customer's right, near the top; a tall one below the figure, the large one at the
    customer's left.
    """
    return _BESIDE if width > height else _BELOW


def _card(product: Product, phrases: Phrases, picture_dirs: Sequence[Path]) -> Card:
    return Card(
        sku=product.sku,
        name=product.name_in(phrases.language),
        price=phrases.price(product.price) if product.price else "",
        stock=phrases.stock(product.stock),
        stock_level=_stock_level(product.stock),
        attributes=_attributes(product, phrases),
        picture=find_picture(product.image, picture_dirs),
    )


def _stock_level(stock: int | None) -> str:
    if stock is None:
        return ""
    if stock <= 0:
        return "out"
    return "low" if stock <= _LOW_STOCK else "in"


def _attributes(product: Product, phrases: Phrases) -> tuple[tuple[str, str], ...]:
    # whole values only: a value that is cut short may say something else
    fitting = [
        (phrases.attribute(label), value)
        for label, value in product.attributes.items()
        if label.lower() not in _UNSHOWN and len(value) <= _ATTRIBUTE_CHARS
    ]
    return tuple(fitting[:_MAX_ATTRIBUTES])


def find_picture(image: str | None, picture_dirs: Sequence[Path]) -> Path | None:
    """The first existing file for a product's `image`: as it stands when absolute, else in each folder in turn."""
    if not image:
        return None
    path = Path(image)
    candidates = [path] if path.is_absolute() else [folder / path for folder in picture_dirs]
    return next((found for found in candidates if found.is_file()), None)
