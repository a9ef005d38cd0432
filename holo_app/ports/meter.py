"""Who is told what each call to a provider used."""

from __future__ import annotations

from contextvars import ContextVar
from typing import Protocol
from uuid import UUID

from holo_app.domain.usage import Use

CURRENT_TURN: ContextVar[UUID | None] = ContextVar("current_turn", default=None)
"""The turn that the running task works for. Set where a turn's tasks are started, and inherited by all that they start."""


class Meter(Protocol):
    """Keeps account. Never fails and never blocks: a kiosk that cannot write down what it used still answers."""

    def used(self, use: Use) -> None:
        """A call is over, also one that was cut short: what it had used by then. Called once for each call."""
        ...
