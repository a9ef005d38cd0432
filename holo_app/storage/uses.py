"""What calls to providers used."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, delete, insert, select

from holo_app.domain.usage import Cost, ProviderRole, Unit, Use
from holo_app.storage.tables import uses


class SqlUseRepository:
    """UseRepository over one open transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, uses: Iterable[Use]) -> None:
        values = [_use_values(use) for use in uses]
        if values:
            self._connection.execute(_INSERT, values)

    def since(self, moment: datetime) -> list[Use]:
        rows = self._connection.execute(
            select(uses).where(uses.c.at >= moment).order_by(uses.c.at, uses.c.position)
        ).mappings()
        return [_use(row) for row in rows]

    def erase_before(self, moment: datetime) -> int:
        return self._connection.execute(delete(uses).where(uses.c.at < moment)).rowcount


_INSERT = insert(uses)


def _use_values(use: Use) -> dict[str, Any]:
    return {
        "at": use.at,
        "role": use.role.value,
        "provider": use.provider,
        "model": use.model,
        "units": {unit.value: count for unit, count in use.units.items()},
        "cost_micros": None if use.cost is None else use.cost.micros,
        "currency": None if use.cost is None else use.cost.currency,
        "measured": use.measured,
        "turn": use.turn,
    }


def _use(row: RowMapping) -> Use:
    return Use(
        role=ProviderRole(row["role"]),
        provider=row["provider"],
        model=row["model"],
        at=row["at"],
        units={Unit(unit): count for unit, count in row["units"].items()},
        cost=None if row["cost_micros"] is None else Cost(row["cost_micros"], row["currency"]),
        measured=row["measured"],
        turn=row["turn"],
    )
