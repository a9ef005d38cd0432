"""The catalogue from the command line: bring it in, list it."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any

from holo_app.bootstrap.clock import SystemClock
from holo_app.bootstrap.shop import DATABASE, open_shop
from holo_app.config import Settings
from holo_app.domain.product import Product
from holo_app.knowledge.catalogue_import import ImportReport, import_catalogue, to_json_form
from holo_app.knowledge.featured import feature
from holo_app.storage.opening import open_store


def import_products(settings: Settings, file: Path) -> ImportReport:
    """Bring a catalogue in. A kiosk that never ran gets no sample shop beside it. Raises: InputError, StorageError."""
    opened = open_store(settings.data_dir / DATABASE, clock=SystemClock())
    with closing(opened.store) as store:
        return import_catalogue(store, file, data_dir=settings.data_dir)


def list_products(settings: Settings) -> list[Product]:
    """What the shop sells, by SKU. Raises: StorageError."""
    with closing(open_shop(settings).store) as store, store.transaction() as work:
        return work.products.all()


def feature_product(settings: Settings, sku: str) -> None:
    """Put a product on the screen, or with "" none. Raises: InputError: there is no such product. StorageError."""
    with closing(open_shop(settings).store) as store, store.transaction() as work:
        feature(work, sku)


def product_form(product: Product) -> dict[str, Any]:
    """A product in the form of a JSON catalogue."""
    return to_json_form(product)
