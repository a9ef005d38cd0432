"""Products and store facts."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from sqlalchemy import Connection, RowMapping, delete, select
from sqlalchemy.dialects.sqlite import insert

from holo_app.domain.money import Money
from holo_app.domain.product import Product, StoreFact
from holo_app.storage.tables import products, store_facts


class SqlProductRepository:
    """ProductRepository over one open transaction. on_change: called for each call that changed something."""

    def __init__(self, connection: Connection, *, on_change: Callable[[], None]) -> None:
        self._connection = connection
        self._on_change = on_change

    def upsert(self, products: Iterable[Product]) -> None:
        values = [_product_values(product) for product in products]
        if values:
            self._connection.execute(_UPSERT_PRODUCT, values)
            self._on_change()

    def all(self) -> list[Product]:
        rows = self._connection.execute(select(products).order_by(products.c.sku)).mappings()
        return [_product(row) for row in rows]

    def get(self, sku: str) -> Product | None:
        row = self._connection.execute(select(products).where(products.c.sku == sku)).mappings().first()
        return None if row is None else _product(row)

    def delete(self, sku: str) -> bool:
        deleted = self._connection.execute(delete(products).where(products.c.sku == sku)).rowcount > 0
        if deleted:
            self._on_change()
        return deleted


class SqlStoreFactRepository:
    """StoreFactRepository over one open transaction. on_change: called for each call that changed something."""

    def __init__(self, connection: Connection, *, on_change: Callable[[], None]) -> None:
        self._connection = connection
        self._on_change = on_change

    def upsert(self, facts: Iterable[StoreFact]) -> None:
        values = [_fact_values(fact) for fact in facts]
        if values:
            self._connection.execute(_UPSERT_FACT, values)
            self._on_change()

    def all(self) -> list[StoreFact]:
        rows = self._connection.execute(select(store_facts).order_by(store_facts.c.key)).mappings()
        return [_fact(row) for row in rows]


_insert_product = insert(products)
_UPSERT_PRODUCT = _insert_product.on_conflict_do_update(
    index_elements=[products.c.sku],
    set_={c.name: _insert_product.excluded[c.name] for c in products.c if not c.primary_key},
)
_insert_fact = insert(store_facts)
_UPSERT_FACT = _insert_fact.on_conflict_do_update(
    index_elements=[store_facts.c.key],
    set_={c.name: _insert_fact.excluded[c.name] for c in store_facts.c if not c.primary_key},
)


def _product_values(product: Product) -> dict[str, Any]:
    price = product.price
    return {
        "sku": product.sku,
        "name": product.name,
        "description": product.description,
        "price_minor": None if price is None else price.minor,
        "currency": None if price is None else price.currency,
        "stock": product.stock,
        "category": product.category,
        "tags": list(product.tags),
        "attributes": dict(product.attributes),
        "image": product.image,
        "names": dict(product.names),
    }


def _product(row: RowMapping) -> Product:
    return Product(
        sku=row["sku"],
        name=row["name"],
        description=row["description"],
        price=None if row["price_minor"] is None else Money(row["price_minor"], row["currency"]),
        stock=row["stock"],
        category=row["category"],
        tags=tuple(row["tags"]),
        attributes=row["attributes"],
        image=row["image"],
        names=row["names"],
    )


def _fact_values(fact: StoreFact) -> dict[str, Any]:
    questions = {language: list(asked) for language, asked in fact.questions.items()}
    return {"key": fact.key, "texts": dict(fact.texts), "questions": questions}


def _fact(row: RowMapping) -> StoreFact:
    questions = {language: tuple(asked) for language, asked in row["questions"].items()}
    return StoreFact(key=row["key"], texts=row["texts"], questions=questions)
