"""What was used, added up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from holo_app.domain.usage import Cost, ProviderRole, Unit, Use


@dataclass(frozen=True, slots=True)
class UseTotal:
    """The calls of one role to one provider's model. measured: how many of them the provider itself gave account of.

    costs: by currency; of the calls whose cost is known. priced: how many those are.
    """

    role: ProviderRole
    provider: str
    model: str
    calls: int
    measured: int
    priced: int
    units: Mapping[Unit, float]
    costs: tuple[Cost, ...]


def totals(uses: Iterable[Use]) -> list[UseTotal]:
    """One total for each role, provider and model, in this order."""
    groups: dict[tuple[ProviderRole, str, str], list[Use]] = {}
    for use in uses:
        groups.setdefault((use.role, use.provider, use.model), []).append(use)
    order = list(ProviderRole)
    return [
        _total(*key, group)
        for key, group in sorted(groups.items(), key=lambda item: (order.index(item[0][0]), *item[0][1:]))
    ]


def _total(role: ProviderRole, provider: str, model: str, uses: list[Use]) -> UseTotal:
    units: dict[Unit, float] = {}
    micros: dict[str, int] = {}
    for use in uses:
        for unit, count in use.units.items():
            units[unit] = units.get(unit, 0.0) + count
        if use.cost is not None:
            micros[use.cost.currency] = micros.get(use.cost.currency, 0) + use.cost.micros
    return UseTotal(
        role,
        provider,
        model,
        calls=len(uses),
        measured=sum(use.measured for use in uses),
        priced=sum(use.cost is not None for use in uses),
        units=units,
        costs=tuple(Cost(total, currency) for currency, total in sorted(micros.items())),
    )
