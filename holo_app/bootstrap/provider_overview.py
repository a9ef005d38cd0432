"""What is known of each provider: its place, its key, its health in the kiosk that runs or ran last, its use."""

from __future__ import annotations

import json
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog

from holo_app.bootstrap.clock import SystemClock
from holo_app.bootstrap.shop import open_shop
from holo_app.bootstrap.vendors.kit import Vendor, system_secrets
from holo_app.bootstrap.vendors.registry import REGISTRY, chain_of
from holo_app.config import Settings
from holo_app.domain.circuit import CircuitState
from holo_app.domain.usage import ProviderRole
from holo_app.errors import FailureCategory
from holo_app.ops.providers import HealthRow
from holo_app.ports.repositories import Store
from holo_app.ports.secrets import Secrets
from holo_app.usage.totals import UseTotal, totals

log = structlog.get_logger(__name__)

HEALTH_KEY = "provider_health"


@dataclass(frozen=True, slots=True)
class ProviderRow:
    """place: in its chain, from 1; 0: it is not in use. key, health: in words."""

    role: ProviderRole
    name: str
    place: int
    model: str
    key: str
    health: str

    def form(self) -> dict[str, object]:
        """As JSON."""
        return {
            "role": self.role.value,
            "provider": self.name,
            "place": self.place or None,
            "model": self.model,
            "key": self.key,
            "health": self.health,
        }


def overview(settings: Settings) -> list[ProviderRow]:
    """Every provider that there is, those in use first, by role. Raises: StorageError."""
    known = {(row.role, row.provider): row for row in health_rows(settings)}
    secrets = system_secrets()
    rows = []
    for role, vendors in REGISTRY.items():
        chain = chain_of(settings, role)
        for vendor in sorted(vendors.values(), key=lambda one: _place(chain, one.name) or len(chain) + 1):
            health = known.get((role, vendor.name))
            rows.append(
                ProviderRow(
                    role,
                    vendor.name,
                    _place(chain, vendor.name),
                    vendor.model(settings),
                    _key(vendor, secrets),
                    "" if health is None else in_words(health),
                )
            )
    return rows


def health_rows(settings: Settings) -> list[HealthRow]:
    """What the kiosk wrote down last. Raises: StorageError."""
    with closing(open_shop(settings).store) as store, store.transaction() as work:
        return _read(work.settings.get(HEALTH_KEY) or "[]")


def write_health(store: Store, rows: Iterable[HealthRow]) -> None:
    """Write down how providers fare, for `holo-app providers` of another process. Raises: StorageError."""
    text = json.dumps([_written(row) for row in rows])
    with store.transaction() as work:
        work.settings.put(HEALTH_KEY, text)


def used_since(settings: Settings, *, days: int) -> list[UseTotal]:
    """Totals of the last days. Raises: StorageError."""
    with closing(open_shop(settings).store) as store, store.transaction() as work:
        return totals(work.uses.since(SystemClock().utc() - timedelta(days=days)))


def in_words(row: HealthRow) -> str:
    """Short."""
    if row.needs_staff:
        return f"needs you: {row.last_failure.value if row.last_failure else 'unknown'}"
    took = "" if row.first_result_p50_s is None else f", {1000 * row.first_result_p50_s:.0f} ms"
    state = {"closed": "works", "open": "failing", "half_open": "on trial"}[row.state.value]
    return f"{state} ({row.calls - row.failures} of {row.calls}{took})"


def _place(chain: tuple[str, ...], name: str) -> int:
    return chain.index(name) + 1 if name in chain else 0


def _key(vendor: Vendor[Any], secrets: Secrets) -> str:
    if not vendor.secret:
        return "needs no key"
    secret = secrets.get(vendor.secret)
    if secret is not None:
        return f"key: {secret.source}"
    return "no key given" if vendor.optional_key else "key missing"


def _written(row: HealthRow) -> dict[str, object]:
    return {
        "role": row.role.value,
        "provider": row.provider,
        "state": row.state.value,
        "needs_staff": row.needs_staff,
        "calls": row.calls,
        "failures": row.failures,
        "last_failure": None if row.last_failure is None else row.last_failure.value,
        "failed_at": None if row.failed_at is None else row.failed_at.isoformat(),
        "first_result_p50_s": row.first_result_p50_s,
        "at": row.at.isoformat(),
    }


def _read(text: str) -> list[HealthRow]:
    """What another version wrote may have another form: then nothing is known."""
    try:
        return [
            HealthRow(
                role=ProviderRole(row["role"]),
                provider=row["provider"],
                state=CircuitState(row["state"]),
                needs_staff=row["needs_staff"],
                calls=row["calls"],
                failures=row["failures"],
                last_failure=None if row["last_failure"] is None else FailureCategory(row["last_failure"]),
                failed_at=None if row["failed_at"] is None else datetime.fromisoformat(row["failed_at"]),
                first_result_p50_s=row["first_result_p50_s"],
                at=datetime.fromisoformat(row["at"]),
            )
            for row in json.loads(text)
        ]
    except (ValueError, KeyError, TypeError):
        log.warning("provider_health_unreadable")
        return []
