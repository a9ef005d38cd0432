"""The account of one synthesis, also where it fails or is cut short."""

from __future__ import annotations

from collections.abc import Mapping
from types import TracebackType
from typing import Self

from holo_app.domain.usage import ProviderRole, Unit, Use
from holo_app.errors import ProviderError
from holo_app.ports.clock import Clock
from holo_app.ports.meter import CURRENT_TURN, Meter


class VoiceAccount:
    """Tells the meter once, at the end of the block: the characters that were sent, or what the maker says it used.

    Of a call that was refused before any of it sounded nothing is billed.
    """

    def __init__(self, meter: Meter, clock: Clock, provider: str, model: str, text: str) -> None:
        self._meter = meter
        self._clock = clock
        self._provider = provider
        self._model = model
        self._characters = len(text)
        self._told: dict[Unit, float] = {}
        self.sounded = False

    def told(self, units: Mapping[Unit, float]) -> None:
        """The maker says that so much was used; what it says of several parts of one text adds up."""
        for unit, amount in units.items():
            self._told[unit] = self._told.get(unit, 0.0) + amount

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        units = dict(self._told)
        if not units and (self.sounded or not isinstance(error, ProviderError)):
            units = {Unit.CHARACTERS: float(self._characters)}
        self._meter.used(
            Use(
                ProviderRole.TTS,
                self._provider,
                self._model,
                self._clock.utc(),
                units,
                measured=bool(self._told),
                turn=CURRENT_TURN.get(),
            )
        )
