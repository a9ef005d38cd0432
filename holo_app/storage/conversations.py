"""Visits and what was said in them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, RowMapping, delete, insert, select, update

from holo_app.domain.conversation import Conversation, Message, Role, Usage
from holo_app.errors import StorageError
from holo_app.storage.tables import conversations, messages


class SqlConversationRepository:
    """ConversationRepository over one open transaction. on_erased: called when rows were deleted for privacy."""

    def __init__(self, connection: Connection, *, on_erased: Callable[[datetime], None]) -> None:
        self._connection = connection
        self._on_erased = on_erased

    def start(self, conversation: Conversation) -> None:
        self._connection.execute(
            insert(conversations).values(
                id=conversation.id,
                character_id=conversation.character_id,
                language=conversation.language,
                started_at=conversation.started_at,
                ended_at=conversation.ended_at,
            )
        )

    def end(self, conversation_id: UUID, *, at: datetime) -> None:
        done = self._connection.execute(
            update(conversations).where(conversations.c.id == conversation_id).values(ended_at=at)
        )
        if not done.rowcount:
            raise StorageError(f"there is no conversation {conversation_id} to end")

    def add_message(self, message: Message) -> None:
        self._connection.execute(insert(messages).values(_message_values(message)))

    def last_messages(self, conversation_id: UUID, *, limit: int) -> list[Message]:
        newest_first = self._connection.execute(
            select(messages)
            .where(messages.c.conversation_id == conversation_id)
            .order_by(messages.c.position.desc())
            .limit(max(limit, 0))
        ).mappings()
        return [_message(row) for row in newest_first][::-1]

    def recent(self, *, limit: int) -> list[Conversation]:
        rows = self._connection.execute(
            select(conversations)
            .order_by(conversations.c.started_at.desc(), conversations.c.id.desc())
            .limit(max(limit, 0))
        ).mappings()
        return [_conversation(row) for row in rows]

    def end_unfinished(self, *, at: datetime) -> int:
        return self._connection.execute(
            update(conversations).where(conversations.c.ended_at.is_(None)).values(ended_at=at)
        ).rowcount

    def erase_before(self, moment: datetime) -> int:
        # messages go with their conversation (foreign key)
        erased = self._connection.execute(delete(conversations).where(conversations.c.started_at < moment)).rowcount
        self._on_erased(moment)
        return erased


def _message_values(message: Message) -> dict[str, Any]:
    return {
        "id": message.id,
        "conversation_id": message.conversation_id,
        "role": message.role.value,
        "text": message.text,
        "heard": message.heard,
        "language": message.language,
        "at": message.at,
        "products": list(message.products),
        "timings_ms": dict(message.timings_ms),
        "provider": message.provider,
        "input_tokens": message.usage.input_tokens,
        "output_tokens": message.usage.output_tokens,
        "interrupted": message.interrupted,
    }


def _message(row: RowMapping) -> Message:
    return Message(
        id=row["id"],
        conversation_id=row["conversation_id"],
        role=Role(row["role"]),
        text=row["text"],
        heard=row["heard"],
        language=row["language"],
        at=row["at"],
        products=tuple(row["products"]),
        timings_ms=row["timings_ms"],
        provider=row["provider"],
        usage=Usage(row["input_tokens"], row["output_tokens"]),
        interrupted=row["interrupted"],
    )


def _conversation(row: RowMapping) -> Conversation:
    return Conversation(
        id=row["id"],
        character_id=row["character_id"],
        language=row["language"],
        started_at=row["started_at"],
        ended_at=row["ended_at"],
    )
