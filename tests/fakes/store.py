"""A store in plain dictionaries."""

from __future__ import annotations

import threading
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from holo_app.domain.character import Character
from holo_app.domain.conversation import Conversation, Message
from holo_app.domain.product import Product, StoreFact
from holo_app.domain.usage import Use
from holo_app.errors import StorageError
from holo_app.ports.repositories import Transaction


@dataclass
class _Tables:
    conversations: dict[UUID, Conversation] = field(default_factory=dict)
    messages: list[Message] = field(default_factory=list)
    products: dict[str, Product] = field(default_factory=dict)
    facts: dict[str, StoreFact] = field(default_factory=dict)
    characters: dict[str, Character] = field(default_factory=dict)
    settings: dict[str, str] = field(default_factory=dict)
    uses: list[Use] = field(default_factory=list)
    catalogue_version: int = 1

    def copy(self) -> _Tables:
        """Rows are frozen, so that copying the containers is enough."""
        return _Tables(
            dict(self.conversations),
            list(self.messages),
            dict(self.products),
            dict(self.facts),
            dict(self.characters),
            dict(self.settings),
            list(self.uses),
            self.catalogue_version,
        )


class FakeStore:
    """Store in memory. Set `failure` to make every call fail with it; `commits` counts the transactions kept."""

    def __init__(self) -> None:
        self.failure: StorageError | None = None
        self.commits = 0
        self._tables = _Tables()
        self._turn = threading.Lock()
        self._owner: int | None = None
        self._closed = False

    @contextmanager
    def transaction(self) -> Generator[Transaction]:
        self._refuse()
        if self._owner == threading.get_ident():
            raise RuntimeError("this thread already has a transaction open: pass it on, do not open a second one")
        with self._turn:
            self._owner = threading.get_ident()
            try:
                draft = self._tables.copy()
                yield _FakeTransaction(draft)
                self._tables = draft
                self.commits += 1
            finally:
                self._owner = None

    def catalogue_version(self) -> int:
        self._refuse()
        return self._tables.catalogue_version

    def close(self) -> None:
        self._closed = True

    def _refuse(self) -> None:
        if self._closed:
            raise StorageError("the store was closed")
        if self.failure is not None:
            raise self.failure


class _FakeTransaction:
    def __init__(self, tables: _Tables) -> None:
        self.conversations = _FakeConversations(tables)
        self.products = _FakeProducts(tables)
        self.facts = _FakeFacts(tables)
        self.characters = _FakeCharacters(tables)
        self.settings = _FakeSettings(tables)
        self.uses = _FakeUses(tables)


class _FakeConversations:
    def __init__(self, tables: _Tables) -> None:
        self._tables = tables

    def start(self, conversation: Conversation) -> None:
        if conversation.id in self._tables.conversations:
            raise StorageError(f"conversation {conversation.id} exists")
        self._tables.conversations[conversation.id] = conversation

    def end(self, conversation_id: UUID, *, at: datetime) -> None:
        found = self._tables.conversations.get(conversation_id)
        if found is None:
            raise StorageError(f"there is no conversation {conversation_id} to end")
        self._tables.conversations[conversation_id] = replace(found, ended_at=at)

    def add_message(self, message: Message) -> None:
        if message.conversation_id not in self._tables.conversations:
            raise StorageError(f"there is no conversation {message.conversation_id}")
        if any(known.id == message.id for known in self._tables.messages):
            raise StorageError(f"message {message.id} exists")
        self._tables.messages.append(deepcopy(message))

    def last_messages(self, conversation_id: UUID, *, limit: int) -> list[Message]:
        said = [message for message in self._tables.messages if message.conversation_id == conversation_id]
        return said[-limit:] if limit > 0 else []

    def recent(self, *, limit: int) -> list[Conversation]:
        newest = sorted(self._tables.conversations.values(), key=lambda c: (c.started_at, c.id), reverse=True)
        return newest[: max(limit, 0)]

    def end_unfinished(self, *, at: datetime) -> int:
        unfinished = [c.id for c in self._tables.conversations.values() if c.ended_at is None]
        for conversation_id in unfinished:
            self.end(conversation_id, at=at)
        return len(unfinished)

    def erase_before(self, moment: datetime) -> int:
        old = {c.id for c in self._tables.conversations.values() if c.started_at < moment}
        for conversation_id in old:
            del self._tables.conversations[conversation_id]
        self._tables.messages = [m for m in self._tables.messages if m.conversation_id not in old]
        return len(old)


class _FakeProducts:
    def __init__(self, tables: _Tables) -> None:
        self._tables = tables

    def upsert(self, products: Iterable[Product]) -> None:
        changed = {product.sku: product for product in products}
        self._tables.products.update(changed)
        self._tables.catalogue_version += bool(changed)

    def all(self) -> list[Product]:
        return [product for _, product in sorted(self._tables.products.items())]

    def get(self, sku: str) -> Product | None:
        return self._tables.products.get(sku)

    def delete(self, sku: str) -> bool:
        deleted = self._tables.products.pop(sku, None) is not None
        self._tables.catalogue_version += deleted
        return deleted


class _FakeFacts:
    def __init__(self, tables: _Tables) -> None:
        self._tables = tables

    def upsert(self, facts: Iterable[StoreFact]) -> None:
        changed = {fact.key: fact for fact in facts}
        self._tables.facts.update(changed)
        self._tables.catalogue_version += bool(changed)

    def all(self) -> list[StoreFact]:
        return [fact for _, fact in sorted(self._tables.facts.items())]


class _FakeCharacters:
    def __init__(self, tables: _Tables) -> None:
        self._tables = tables

    def upsert(self, characters: Iterable[Character]) -> None:
        self._tables.characters.update({character.id: character for character in characters})

    def all(self) -> list[Character]:
        return [character for _, character in sorted(self._tables.characters.items())]

    def get(self, character_id: str) -> Character | None:
        return self._tables.characters.get(character_id)


class _FakeSettings:
    def __init__(self, tables: _Tables) -> None:
        self._tables = tables

    def get(self, key: str) -> str | None:
        return self._tables.settings.get(key)

    def put(self, key: str, value: str) -> None:
        self._tables.settings[key] = value


class _FakeUses:
    def __init__(self, tables: _Tables) -> None:
        self._tables = tables

    def add(self, uses: Iterable[Use]) -> None:
        self._tables.uses.extend(uses)

    def since(self, moment: datetime) -> list[Use]:
        return sorted((use for use in self._tables.uses if use.at >= moment), key=lambda use: use.at)

    def erase_before(self, moment: datetime) -> int:
        kept = [use for use in self._tables.uses if use.at >= moment]
        erased = len(self._tables.uses) - len(kept)
        self._tables.uses = kept
        return erased
