"""The turns that the device remembers."""

from __future__ import annotations

from contextlib import closing

from holo_app.bootstrap.shop import open_shop
from holo_app.config import Settings
from holo_app.ops.turns import TurnRecord, turns_of

_MOST_MESSAGES = 10_000


def recent_turns(settings: Settings, *, conversations: int) -> list[TurnRecord]:
    """Those of the newest conversations, oldest first. Raises: StorageError."""
    with closing(open_shop(settings).store) as store, store.transaction() as work:
        newest_first = work.conversations.recent(limit=conversations)
        return [
            record
            for conversation in reversed(newest_first)
            for record in turns_of(work.conversations.last_messages(conversation.id, limit=_MOST_MESSAGES))
        ]
