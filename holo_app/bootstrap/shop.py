"""The device's database, opened and seeded; what had to be done for it is said, never hidden."""

from __future__ import annotations

from dataclasses import dataclass

import structlog

from holo_app.bootstrap.clock import SystemClock
from holo_app.config import Settings
from holo_app.domain.character import Character
from holo_app.domain.kiosk import Trouble
from holo_app.errors import StorageError
from holo_app.knowledge.sample_shop import load_sample_shop, seed_sample_shop
from holo_app.ports.repositories import Store
from holo_app.storage.opening import OpenedStore, open_store
from holo_app.storage.rescue import rescue_store

log = structlog.get_logger(__name__)

DATABASE = "holo.db"


@dataclass(frozen=True, slots=True)
class TalkingShop:
    """A store that the kiosk can talk from, whatever happened to the file. troubles: what staff must be told."""

    store: Store
    troubles: tuple[tuple[Trouble, str], ...] = ()


def open_shop(settings: Settings) -> OpenedStore:
    """The database of the data folder; a new one holds the sample shop. Raises: StorageError, MigrationError."""
    opened = open_store(settings.data_dir / DATABASE, clock=SystemClock())
    seed_sample_shop(opened.store)
    return opened


def open_shop_to_talk(settings: Settings) -> TalkingShop:
    """Never fails: a damaged file is set aside, an unusable disk is replaced by memory, and both are named."""
    try:
        opened = open_shop(settings)
    except StorageError as error:
        log.error("database_unusable", reason=str(error))  # noqa: TRY400 - an environment error
        rescued = rescue_store(settings.data_dir / DATABASE)
        if not rescued.copied:
            seed_sample_shop(rescued.store)
        return TalkingShop(rescued.store, ((Trouble.DATABASE_UNWRITABLE, str(error)),))
    troubles: list[tuple[Trouble, str]] = []
    if opened.set_aside is not None:
        troubles.append((Trouble.DATABASE_SET_ASIDE, f"the damaged file is kept as {opened.set_aside.name}"))
    with opened.store.transaction() as work:
        if not work.products.all():
            troubles.append((Trouble.EMPTY_CATALOGUE, "import products with `holo-app products import FILE`"))
    return TalkingShop(opened.store, tuple(troubles))


def chosen_character(settings: Settings, store: Store) -> Character:
    """The character of the settings, else the database's first one, else the sample shop's first one."""
    with store.transaction() as work:
        wanted = work.characters.get(settings.general.character) if settings.general.character else None
        everyone = work.characters.all()
    if settings.general.character and wanted is None:
        log.warning("character_unknown", character=settings.general.character)
    return wanted or next(iter(everyone), None) or load_sample_shop().characters[0]
