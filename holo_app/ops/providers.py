"""Providers for a monitoring system: what they were used for, what is known of its cost, and how they fare."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from holo_app.domain.circuit import CircuitState
from holo_app.domain.usage import ProviderRole
from holo_app.errors import FailureCategory
from holo_app.usage.totals import UseTotal


@dataclass(frozen=True, slots=True)
class HealthRow:
    """How one provider fared in the kiosk that ran last, or runs. at: when that was written down."""

    role: ProviderRole
    provider: str
    state: CircuitState
    needs_staff: bool
    calls: int
    failures: int
    last_failure: FailureCategory | None
    failed_at: datetime | None
    first_result_p50_s: float | None
    at: datetime


def provider_metrics(totals: Iterable[UseTotal], health: Iterable[HealthRow]) -> str:
    """In Prometheus' text format: `holo_provider_calls_total`, `…_units_total`, `holo_provider_up` and others."""
    from prometheus_client import CollectorRegistry, Counter, Gauge, generate_latest  # noqa: PLC0415 - one command's

    registry = CollectorRegistry()
    names = ["role", "provider"]
    calls = Counter("holo_provider_calls", "Calls that were made.", [*names, "model"], registry=registry)
    units = Counter("holo_provider_units", "What they used.", [*names, "model", "unit"], registry=registry)
    costs = Counter(
        "holo_provider_cost", "What is known of their cost.", [*names, "model", "currency"], registry=registry
    )
    for total in totals:
        labels = (total.role.value, total.provider, total.model)
        calls.labels(*labels).inc(total.calls)
        for unit, count in total.units.items():
            units.labels(*labels, unit.value).inc(count)
        for cost in total.costs:
            costs.labels(*labels, cost.currency).inc(cost.micros / 1_000_000)
    up = Gauge("holo_provider_up", "1: asked as usual; 0: it keeps failing.", names, registry=registry)
    needs = Gauge("holo_provider_needs_staff", "1: a key or the account must be put right.", names, registry=registry)
    failures = Gauge("holo_provider_failures", "Failed calls since the kiosk started.", names, registry=registry)
    first = Gauge("holo_provider_first_result_seconds", "Median of the latest calls.", names, registry=registry)
    for row in health:
        place = (row.role.value, row.provider)
        up.labels(*place).set(row.state is CircuitState.CLOSED)
        needs.labels(*place).set(row.needs_staff)
        failures.labels(*place).set(row.failures)
        if row.first_result_p50_s is not None:
            first.labels(*place).set(row.first_result_p50_s)
    text: str = generate_latest(registry).decode()
    return text
