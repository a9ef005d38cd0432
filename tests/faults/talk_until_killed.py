"""Holds conversations with no customer, and says on stdout which turns are in the database. Its parent kills it.

Prints `open <conversation>`, then `turn <number>` after each committed turn of two messages.
"""

from __future__ import annotations

import sys
from itertools import count
from pathlib import Path
from uuid import UUID

from holo_app.bootstrap.clock import SystemClock
from holo_app.domain.conversation import Conversation, Message, Role, Stage, Usage
from holo_app.storage.opening import open_store


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _turn(clock: SystemClock, conversation: UUID, number: int) -> list[Message]:
    return [
        Message(
            id=clock.new_id(),
            conversation_id=conversation,
            role=role,
            text=f"{role.value} {number} " + "and so on " * 30,
            heard=f"{role.value} {number}",
            language="en",
            at=clock.utc(),
            products=("P-001",),
            timings_ms={Stage.STT.value: 190.0},
            provider="composer",
            usage=Usage(1, 2),
        )
        for role in (Role.CUSTOMER, Role.CHARACTER)
    ]


def main(path: Path) -> None:
    clock = SystemClock()
    store = open_store(path, clock=clock).store
    conversation = Conversation(id=clock.new_id(), character_id="robin", language="en", started_at=clock.utc())
    with store.transaction() as work:
        work.conversations.start(conversation)
    _say(f"open {conversation.id}")
    for number in count(1):
        with store.transaction() as work:
            for message in _turn(clock, conversation.id, number):
                work.conversations.add_message(message)
        _say(f"turn {number}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
