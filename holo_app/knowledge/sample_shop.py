"""The shop of our own invention that a new kiosk opens with, until a real one is imported."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from holo_app.domain.character import Character
from holo_app.domain.product import Product, StoreFact
from holo_app.knowledge.catalogue_rows import read_catalogue
from holo_app.knowledge.featured import feature
from holo_app.ports.repositories import Store, Transaction
from holo_app.resources import resource

_ORIGIN_KEY = "shop.origin"
_SAMPLE = "sample"
_OWN = "own"
_FEATURED_SAMPLE = "P-001"


@dataclass(frozen=True, slots=True)
class SampleShop:
    """What the bundled files hold; pictures are named relative to `sample_shop_dir()`."""

    products: tuple[Product, ...]
    facts: tuple[StoreFact, ...]
    characters: tuple[Character, ...]


def sample_shop_dir() -> Path:
    """The folder of the sample shop: a root for `find_picture`."""
    return resource("sample_shop")


def load_sample_shop(folder: Path | None = None) -> SampleShop:
    """Read the sample shop. A file of it that is missing or wrong is a fault of the build, and raises what it raises."""
    folder = folder or sample_shop_dir()
    return SampleShop(
        products=tuple(read_catalogue(folder / "products.json")),
        facts=tuple(_fact(entry) for entry in _read(folder / "facts.json")),
        characters=tuple(_character(entry) for entry in _read(folder / "characters.json")),
    )


def seed_sample_shop(store: Store, folder: Path | None = None) -> bool:
    """Fill a new database: characters where there are none, products and facts where no shop has moved in yet.

    May be called at each start: what was seeded once, or imported, is never touched again, and a start that was killed half way
    is made up for. Returns: whether the sample shop moved in now. Raises: StorageError.
    """
    with store.transaction() as work:
        has_shop = work.settings.get(_ORIGIN_KEY) is not None
        if has_shop and work.characters.all():
            return False
        shop = load_sample_shop(folder)
        if not work.characters.all():
            work.characters.upsert(shop.characters)
        if not has_shop:
            work.products.upsert(shop.products)
            work.facts.upsert(shop.facts)
            work.settings.put(_ORIGIN_KEY, _SAMPLE)
            feature(work, _FEATURED_SAMPLE)
    return not has_shop


def seed_characters(store: Store, folder: Path | None = None) -> bool:
    """Bring in the bundled characters where there are none, but no shop.

    For a store whose own shop cannot be read: it must not claim the prices of an invented one.
    Returns: whether they came in now. Raises: StorageError.
    """
    with store.transaction() as work:
        if work.characters.all():
            return False
        work.characters.upsert(load_sample_shop(folder).characters)
    return True


def note_own_shop(work: Transaction) -> None:
    """A real catalogue arrived: a database that was never seeded stays free of the sample shop."""
    if work.settings.get(_ORIGIN_KEY) is None:
        work.settings.put(_ORIGIN_KEY, _OWN)


def _read(path: Path) -> list[dict[str, Any]]:
    content: list[dict[str, Any]] = json.loads(path.read_text("utf-8"))
    return content


def _fact(entry: dict[str, Any]) -> StoreFact:
    questions = {language: tuple(asked) for language, asked in entry["questions"].items()}
    return StoreFact(key=entry["key"], texts=entry["texts"], questions=questions)


def _character(entry: dict[str, Any]) -> Character:
    return Character(**{**entry, "traits": tuple(entry["traits"])})
