"""Guards as these tests need them: seeded, with a board whose notices are kept."""

from __future__ import annotations

from random import Random

from holo_app.dialogue.notices import Notice, TroubleChanged
from holo_app.dialogue.resilience.calls import Calls
from holo_app.dialogue.resilience.health import Health, ProviderHealth
from holo_app.dialogue.resilience.limits import CallLimits
from holo_app.dialogue.troubles import TroubleBoard
from holo_app.domain.usage import ProviderRole
from tests.fakes.virtual_time import VirtualClock

LIMITS = CallLimits(first_s=1.0, next_s=0.5, total_s=5.0)


class Guards:
    """A clock, a board, and guards on it."""

    def __init__(self) -> None:
        self.clock = VirtualClock()
        self.told: list[Notice] = []
        self.health = Health(self.clock, TroubleBoard(self.told.append), self.told.append)

    def calls(
        self, provider: str = "vendor", role: ProviderRole = ProviderRole.LLM, limits: CallLimits = LIMITS
    ) -> Calls:
        return Calls(role, provider, limits, self.health, self.clock, random=Random(7))  # noqa: S311 - jitter

    def of(self, provider: str = "vendor") -> ProviderHealth:
        return next(one for one in self.health.all() if one.provider == provider)

    @property
    def troubles(self) -> list[tuple[bool, str]]:
        return [(notice.active, notice.detail) for notice in self.told if isinstance(notice, TroubleChanged)]
