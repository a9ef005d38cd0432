"""The tables of the kiosk's database. The migrations make them; a test holds both to the same shape."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    Uuid,
)
from sqlalchemy.engine import Dialect


class UtcDateTime(TypeDecorator[datetime]):
    """An aware time, kept as UTC text that sorts (`2026-05-01 09:00:00.000000`)."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - the signature of the base
        """Refuse naive times: they would be read back as another moment."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"time {value.isoformat()} has no time zone")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - the signature of the base
        return None if value is None else value.replace(tzinfo=UTC)


metadata = MetaData()

conversations = Table(
    "conversations",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("character_id", String, nullable=False),
    Column("language", String, nullable=False),
    Column("started_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),
    Index("ix_conversations_started_at", "started_at"),
)

messages = Table(
    "messages",
    metadata,
    # the order in which they were said, whatever the wall clock does meanwhile
    Column("position", Integer, primary_key=True, autoincrement=True),
    Column("id", Uuid, nullable=False, unique=True),
    Column("conversation_id", Uuid, ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False),
    Column("role", String, nullable=False),
    Column("text", Text, nullable=False),
    Column("heard", Text, nullable=False),
    Column("language", String, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("products", JSON, nullable=False),
    Column("timings_ms", JSON, nullable=False),
    Column("provider", String, nullable=False),
    Column("input_tokens", Integer, nullable=False),
    Column("output_tokens", Integer, nullable=False),
    Column("interrupted", Boolean, nullable=False),
    Index("ix_messages_conversation", "conversation_id", "position"),
)

products = Table(
    "products",
    metadata,
    Column("sku", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("description", Text, nullable=False),
    Column("price_minor", Integer),
    Column("currency", String),
    Column("stock", Integer),
    Column("category", String, nullable=False),
    Column("tags", JSON, nullable=False),
    Column("attributes", JSON, nullable=False),
    Column("image", String),
    Column("names", JSON, nullable=False),
    CheckConstraint("(price_minor IS NULL) = (currency IS NULL)", name="price_has_currency"),
)

store_facts = Table(
    "store_facts",
    metadata,
    Column("key", String, primary_key=True),
    Column("texts", JSON, nullable=False),
    Column("questions", JSON, nullable=False),
)

characters = Table(
    "characters",
    metadata,
    Column("id", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("category", String, nullable=False),
    Column("system_prompt", Text, nullable=False),
    Column("traits", JSON, nullable=False),
    Column("voice", String, nullable=False),
    Column("avatar", String, nullable=False),
    Column("language", String, nullable=False),
    Column("greeting", Text, nullable=False),
)

settings = Table(
    "settings",
    metadata,
    Column("key", String, primary_key=True),
    Column("value", Text, nullable=False),
)

# one row: grows with every change of products or facts, in the transaction of the change, so that other processes see it
catalogue = Table(
    "catalogue",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("version", Integer, nullable=False),
    CheckConstraint("id = 1", name="one_row"),
)

uses = Table(
    "uses",
    metadata,
    Column("position", Integer, primary_key=True, autoincrement=True),
    Column("at", UtcDateTime, nullable=False),
    Column("role", String, nullable=False),
    Column("provider", String, nullable=False),
    Column("model", String, nullable=False),
    Column("units", JSON, nullable=False),
    Column("cost_micros", Integer),
    Column("currency", String),
    Column("measured", Boolean, nullable=False),
    # no foreign key: what a turn cost is kept for longer than its words
    Column("turn", Uuid),
    CheckConstraint("(cost_micros IS NULL) = (currency IS NULL)", name="cost_has_currency"),
    Index("ix_uses_at", "at"),
)
