"""The account of one call to a speech service, also where it fails or is cut short."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from holo_app.domain.usage import ProviderRole, Unit, Use
from holo_app.ports.clock import Clock
from holo_app.ports.meter import CURRENT_TURN, Meter


class SpeechAccount:
    """Tells the meter once, at the end of the block: characters spoken, or seconds heard.

    What was counted here is an estimate; what the maker said replaces it.
    """

    def __init__(self, meter: Meter, clock: Clock, role: ProviderRole, provider: str, model: str) -> None:
        self._meter = meter
        self._clock = clock
        self._role = role
        self._provider = provider
        self._model = model
        self._unit = Unit.CHARACTERS if role is ProviderRole.TTS else Unit.AUDIO_SECONDS
        self._counted = 0.0
        self._told: float | None = None

    def count(self, amount: float) -> None:
        """So much more was sent."""
        self._counted += amount

    def told(self, amount: float) -> None:
        """The maker says that it was so much in all."""
        self._told = amount

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        amount = self._counted if self._told is None else self._told
        self._meter.used(
            Use(
                self._role,
                self._provider,
                self._model,
                self._clock.utc(),
                {self._unit: amount} if amount else {},
                measured=self._told is not None,
                turn=CURRENT_TURN.get(),
            )
        )
