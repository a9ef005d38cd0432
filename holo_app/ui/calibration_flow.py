"""Adjusting a display as a plain state machine: which value is held, what a nudge does, what would be saved. Pure: no Qt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from holo_app.hologram.calibrating.adjustments import Adjustment, Value
from holo_app.hologram.calibrating.cards import Card


@dataclass(frozen=True, slots=True)
class Tuning:
    """Where the adjusting stands.

    defaults: the values of the settings alone. saved: as they are kept for this screen. values: as they are shown now.
    held: index of the adjustment that a nudge moves. shown: index of the test picture.
    """

    adjustments: tuple[Adjustment, ...]
    cards: tuple[Card, ...]
    defaults: Mapping[str, Value]
    saved: Mapping[str, Value]
    values: Mapping[str, Value] = field(default_factory=dict)
    held: int = 0
    shown: int = 0

    @property
    def adjustment(self) -> Adjustment:
        """The one that is held."""
        return self.adjustments[self.held]

    @property
    def card(self) -> Card:
        """The test picture that is shown."""
        return self.cards[self.shown]

    @property
    def unsaved(self) -> bool:
        """Whether leaving would lose something."""
        return dict(self.values) != dict(self.saved)

    @property
    def nudges(self) -> dict[str, Value]:
        """What is to be kept: only what differs from the settings, so that these still count for the rest."""
        return {name: value for name, value in self.values.items() if value != self.defaults[name]}


def began(
    adjustments: tuple[Adjustment, ...],
    cards: tuple[Card, ...],
    defaults: Mapping[str, Value],
    saved: Mapping[str, Value],
) -> Tuning:
    """The screen opens. defaults, saved: by the adjustments' names; what is not saved is as the settings say."""
    names = [adjustment.name for adjustment in adjustments]
    plain = {name: defaults[name] for name in names}
    kept = {name: saved.get(name, defaults[name]) for name in names}
    return Tuning(adjustments, cards, plain, kept, dict(kept))


def nudged(tuning: Tuning, steps: int) -> Tuning:
    """The held value moved."""
    held = tuning.adjustment
    return _with(tuning, {held.name: held.moved(tuning.values[held.name], steps)})


def holding(tuning: Tuning, index: int) -> Tuning:
    """Another value is held; past the last comes the first."""
    return replace(tuning, held=index % len(tuning.adjustments))


def showing(tuning: Tuning, index: int) -> Tuning:
    """Another test picture; past the last comes the first."""
    return replace(tuning, shown=index % len(tuning.cards))


def reset_one(tuning: Tuning) -> Tuning:
    """The held value as the settings say."""
    return _with(tuning, {tuning.adjustment.name: tuning.defaults[tuning.adjustment.name]})


def reset_all(tuning: Tuning) -> Tuning:
    """Every value as the settings say."""
    return _with(tuning, tuning.defaults)


def kept(tuning: Tuning) -> Tuning:
    """The values were saved."""
    return replace(tuning, saved=dict(tuning.values))


def given_up(tuning: Tuning) -> Tuning:
    """Back to what is saved."""
    return _with(tuning, tuning.saved)


def _with(tuning: Tuning, values: Mapping[str, Value]) -> Tuning:
    return replace(tuning, values={**tuning.values, **values})
