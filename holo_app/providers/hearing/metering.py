"""The account of one recognition, also where it fails or is cut short."""

from __future__ import annotations

from collections.abc import Mapping
from types import TracebackType
from typing import Self

from holo_app.domain.usage import ProviderRole, Unit, Use
from holo_app.ports.clock import Clock
from holo_app.ports.meter import CURRENT_TURN, Meter


class Listened:
    """Tells the meter once, at the end of the block. What the maker says goes before what was counted here."""

    def __init__(self, meter: Meter, clock: Clock, provider: str, model: str) -> None:
        self._meter = meter
        self._clock = clock
        self._provider = provider
        self._model = model
        self._seconds = 0.0
        self._measured: Mapping[Unit, float] | None = None

    def sent(self, seconds: float) -> None:
        """Sound has gone out."""
        self._seconds += seconds

    def measured(self, units: Mapping[Unit, float]) -> None:
        """What the maker says was used; nothing at all says nothing."""
        self._measured = units or self._measured

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        counted = {Unit.AUDIO_SECONDS: self._seconds} if self._seconds else {}
        self._meter.used(
            Use(
                ProviderRole.STT,
                self._provider,
                self._model,
                self._clock.utc(),
                counted if self._measured is None else self._measured,
                measured=self._measured is not None,
                turn=CURRENT_TURN.get(),
            )
        )
