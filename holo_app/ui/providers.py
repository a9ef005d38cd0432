"""What staff read about the providers in use. Pure: no Qt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from holo_app.dialogue.notices import ProviderFared
from holo_app.domain.circuit import CircuitState
from holo_app.ui.phrases import Phrases


@dataclass(frozen=True, slots=True)
class ProviderLine:
    """troubled: staff should look at it."""

    text: str
    troubled: bool


def provider_lines(providers: Sequence[ProviderFared], phrases: Phrases) -> tuple[ProviderLine, ...]:
    """One line each, in order."""
    return tuple(_line(provider, phrases) for provider in providers)


def _line(provider: ProviderFared, phrases: Phrases) -> ProviderLine:
    took = provider.first_result_s
    if provider.needs_staff:
        key = "needs_staff"
    elif provider.state is CircuitState.OPEN:
        key = "fails"
    elif provider.state is CircuitState.HALF_OPEN:
        key = "on_trial"
    else:
        key = "works" if took is None else "works_in"
    text = phrases.text(
        "provider",
        key,
        role=phrases.text("provider", provider.role.value),
        name=provider.name,
        took="" if took is None else phrases.text("provider", "took", ms=round(1000 * took)),
    )
    return ProviderLine(text, troubled=provider.needs_staff or provider.state is not CircuitState.CLOSED)
