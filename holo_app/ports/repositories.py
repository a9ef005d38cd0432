"""What is kept on the device. Repositories never commit: the transaction does; rows never leave storage."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol
from uuid import UUID

from holo_app.domain.character import Character
from holo_app.domain.conversation import Conversation, Message
from holo_app.domain.product import Product, StoreFact
from holo_app.domain.usage import Use


class ConversationRepository(Protocol):
    """Visits and what was said in them."""

    def start(self, conversation: Conversation) -> None: ...

    def end(self, conversation_id: UUID, *, at: datetime) -> None: ...

    def add_message(self, message: Message) -> None: ...

    def last_messages(self, conversation_id: UUID, *, limit: int) -> list[Message]:
        """The newest `limit` messages, oldest first."""
        ...

    def recent(self, *, limit: int) -> list[Conversation]:
        """The newest conversations, newest first."""
        ...

    def end_unfinished(self, *, at: datetime) -> int:
        """Close what a crash left open; returns how many."""
        ...

    def erase_before(self, moment: datetime) -> int:
        """Delete conversations that started before `moment`, with their messages; returns how many."""
        ...


class ProductRepository(Protocol):
    """The catalogue."""

    def upsert(self, products: Iterable[Product]) -> None:
        """Insert or replace by SKU."""
        ...

    def all(self) -> list[Product]:
        """Every product, by SKU."""
        ...

    def get(self, sku: str) -> Product | None: ...

    def delete(self, sku: str) -> bool: ...


class StoreFactRepository(Protocol):
    """What the shop says about itself."""

    def upsert(self, facts: Iterable[StoreFact]) -> None: ...

    def all(self) -> list[StoreFact]:
        """Every fact, by key."""
        ...


class CharacterRepository(Protocol):
    """Who may speak."""

    def upsert(self, characters: Iterable[Character]) -> None: ...

    def all(self) -> list[Character]:
        """Every character, by id."""
        ...

    def get(self, character_id: str) -> Character | None: ...


class SettingRepository(Protocol):
    """Small values that staff change on the device (PIN hash, chosen character); JSON-compatible text by key."""

    def get(self, key: str) -> str | None: ...

    def put(self, key: str, value: str) -> None: ...


class UseRepository(Protocol):
    """What calls to providers used. It holds no words of anybody."""

    def add(self, uses: Iterable[Use]) -> None: ...

    def since(self, moment: datetime) -> list[Use]:
        """Those of `moment` and after, oldest first."""
        ...

    def erase_before(self, moment: datetime) -> int:
        """Delete older ones; returns how many."""
        ...


class Transaction(Protocol):
    """One unit of work."""

    @property
    def conversations(self) -> ConversationRepository: ...
    @property
    def products(self) -> ProductRepository: ...
    @property
    def facts(self) -> StoreFactRepository: ...
    @property
    def characters(self) -> CharacterRepository: ...
    @property
    def settings(self) -> SettingRepository: ...
    @property
    def uses(self) -> UseRepository: ...


class Store(Protocol):
    """The device's database. Safe to use from several threads, one transaction per thread at a time."""

    def transaction(self) -> AbstractContextManager[Transaction]:
        """Commit when the block ends, roll back when it raises. Raises: StorageError."""
        ...

    def catalogue_version(self) -> int:
        """Grows with every committed change of products or facts, also one made by another process."""
        ...

    def close(self) -> None:
        """Checkpoint and close. May be called twice."""
        ...
