"""What the shop's products are called, for recognisers that want to know which words to expect."""

from __future__ import annotations

import structlog

from holo_app.errors import StorageError
from holo_app.ports.repositories import Store

log = structlog.get_logger(__name__)


class CatalogueNames:
    """Called for the names as they are now; the database is read only where the catalogue has changed."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._version = -1
        self._names: tuple[str, ...] = ()

    def __call__(self) -> tuple[str, ...]:
        try:
            version = self._store.catalogue_version()
            if version != self._version:
                with self._store.transaction() as work:
                    products = work.products.all()
                # "Eagle GPS Watch, Graphite" is asked for as "Eagle GPS Watch"
                self._names = tuple(dict.fromkeys(product.name.partition(",")[0].strip() for product in products))
                self._version = version
        except StorageError as error:
            log.warning("catalogue_names_unknown", reason=str(error))
        return self._names
