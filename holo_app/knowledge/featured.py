"""The product of the day: on the screen before anyone asks, and what "this one" means then."""

from __future__ import annotations

from holo_app.domain.product import Product
from holo_app.errors import InputError
from holo_app.ports.repositories import Store, Transaction

_KEY = "shop.featured"


def feature(work: Transaction, sku: str) -> None:
    """Put a product on the screen, or with "" none. Raises: InputError: the shop does not sell it."""
    if sku and work.products.get(sku) is None:
        raise InputError(f"no product has the SKU {sku!r}; `holo-app products list` names them")
    work.settings.put(_KEY, sku)


def featured_product(store: Store) -> Product | None:
    """The product as the catalogue has it now; None where none was chosen or it is gone. Raises: StorageError."""
    with store.transaction() as work:
        sku = work.settings.get(_KEY)
        return work.products.get(sku) if sku else None
