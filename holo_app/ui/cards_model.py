"""Product cards as QML sees them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Property, QObject, QUrl, Signal
from PySide6.QtQml import QmlElement

from holo_app.domain.product import Product
from holo_app.ui.cards import Card, derive_cards
from holo_app.ui.phrases import Phrases

QML_IMPORT_NAME = "Holo"
QML_IMPORT_MAJOR_VERSION = 1


@QmlElement
class HoloCards(QObject):
    """The products that the conversation is about: `main` is shown large, `others` small."""

    changed = Signal()

    def __init__(self, picture_dirs: tuple[Path, ...], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._picture_dirs = picture_dirs
        self.products: tuple[Product, ...] = ()
        self.cards: tuple[Card, ...] = ()

    def update(self, products: Sequence[Product], phrases: Phrases) -> None:
        """Derive and tell QML if anything changed."""
        self.products = tuple(products)
        cards = derive_cards(self.products, phrases, self._picture_dirs)
        if cards != self.cards:
            self.cards = cards
            self.changed.emit()

    @Property(int, notify=changed)
    def count(self) -> int:
        return len(self.cards)

    @Property(dict, notify=changed)
    def main(self) -> dict[str, object]:
        return _as_map(self.cards[0]) if self.cards else {}

    @Property(list, notify=changed)
    def others(self) -> list[dict[str, object]]:
        return [_as_map(card) for card in self.cards[1:]]


def _as_map(card: Card) -> dict[str, object]:
    return {
        "sku": card.sku,
        "name": card.name,
        "price": card.price,
        "stock": card.stock,
        "stockLevel": card.stock_level,
        "attributes": [{"label": label, "value": value} for label, value in card.attributes],
        "picture": QUrl.fromLocalFile(str(card.picture)).toString() if card.picture else "",
    }
