"""How much may be spent in a day on asking twice."""

from __future__ import annotations

from collections import deque
from datetime import date
from uuid import UUID

from holo_app.domain.usage import ProviderRole, Use
from holo_app.ports.clock import Clock
from holo_app.ports.meter import CURRENT_TURN, Meter

_TURNS_REMEMBERED = 256


class DailyAllowance:
    """A Meter in front of another one, which learns what the second of two answers cost where their provider says so.

    most: how often a day, in UTC. most_micros: how much money; None: any. The money of a race is known only after it, so the
    last one of a day may go over it.
    """

    def __init__(self, meter: Meter, clock: Clock, *, most: int, most_micros: int | None = None) -> None:
        self._meter = meter
        self._clock = clock
        self._most = most
        self._most_micros = most_micros
        self._day: date | None = None
        self._taken = self._spent_micros = 0
        self._turns: deque[tuple[UUID, str]] = deque(maxlen=_TURNS_REMEMBERED)

    def take(self, provider: str) -> bool:
        """Whether that provider may be asked second in the current turn; counts it."""
        today = self._clock.utc().date()
        if today != self._day:
            self._day, self._taken, self._spent_micros = today, 0, 0
        if self._taken >= self._most or (self._most_micros is not None and self._spent_micros >= self._most_micros):
            return False
        self._taken += 1
        if (turn := CURRENT_TURN.get()) is not None:
            self._turns.append((turn, provider))
        return True

    def used(self, use: Use) -> None:
        """Of the meter."""
        if use.role is ProviderRole.LLM and use.cost is not None and (use.turn, use.provider) in self._turns:
            self._spent_micros += use.cost.micros
        self._meter.used(use)
