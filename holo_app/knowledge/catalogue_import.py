"""Take a shop's catalogue from a file into the database: all of it, or nothing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from holo_app.domain.product import Product
from holo_app.knowledge.catalogue_file import COLUMNS, join_list, join_pairs
from holo_app.knowledge.catalogue_rows import read_catalogue
from holo_app.knowledge.pictures import drop_unused_pictures, keep_picture
from holo_app.knowledge.sample_shop import note_own_shop
from holo_app.ports.repositories import Store


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did, as SKUs in the order of the file."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    unchanged: tuple[str, ...]


def import_catalogue(store: Store, path: Path, *, data_dir: Path) -> ImportReport:
    """Insert or replace, by SKU, every product of the file at `path`, in one transaction; others stay as they are.

    Pictures are copied into `data_dir/pictures`.
    Raises: InputError with one problem per fault, and then nothing was changed; StorageError.
    """
    products = read_catalogue(path)
    pictures = [None if p.image is None else keep_picture(path.parent / p.image, p.sku, data_dir) for p in products]
    products = [replace(product, image=image) for product, image in zip(products, pictures, strict=True)]
    with store.transaction() as work:
        before = {product.sku: product for product in work.products.all()}
        changing = [product for product in products if before.get(product.sku) != product]
        work.products.upsert(changing)
        note_own_shop(work)
        in_use = {product.image for product in work.products.all() if product.image is not None}
    drop_unused_pictures(data_dir, in_use=in_use)
    new = {product.sku for product in changing}
    return ImportReport(
        added=tuple(p.sku for p in products if p.sku not in before),
        changed=tuple(p.sku for p in products if p.sku in new and p.sku in before),
        unchanged=tuple(p.sku for p in products if p.sku not in new),
    )


def to_json_form(product: Product) -> dict[str, Any]:
    """A product in the form of a JSON catalogue."""
    price = product.price
    return {
        "sku": product.sku,
        "name": product.name,
        "description": product.description,
        "price": None if price is None else f"{price.major:f}",
        "currency": None if price is None else price.currency,
        "stock": product.stock,
        "category": product.category,
        "tags": list(product.tags),
        "attributes": dict(product.attributes),
        "image": product.image,
        "names": dict(product.names),
    }


def to_csv_form(product: Product) -> dict[str, str]:
    """A product as the cells of a CSV catalogue, by column."""
    form = to_json_form(product)
    cells = {column: "" if form[column] is None else str(form[column]) for column in COLUMNS}
    return cells | {
        "tags": join_list(form["tags"]),
        "attributes": join_pairs(form["attributes"]),
        "names": join_pairs(form["names"]),
    }
