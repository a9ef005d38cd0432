"""What can be nudged in each display mode: steps, limits, and the value that follows. Pure; names are those of [display]."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeAlias

Value: TypeAlias = float | int | bool | str

COARSE: Final = 10
"""Steps at once."""


class Unit(StrEnum):
    """What the number on the screen counts. A share is shown as a percentage."""

    SHARE = "percent"
    DEGREES = "degrees"
    LENSES = "lenses"
    DEPTH = "depth"
    COUNT = "count"
    CHOICE = "choice"


@dataclass(frozen=True, slots=True)
class Adjustment:
    """One value. choices: goes around these instead of from `least` to `most` by `step`."""

    name: str
    unit: Unit
    step: float = 0.0
    least: float = 0.0
    most: float = 0.0
    choices: tuple[Value, ...] = ()

    def moved(self, value: Value, steps: int) -> Value:
        """The value so many steps on: numbers stop at their limits, choices begin again."""
        if self.choices:
            at = self.choices.index(value) if value in self.choices else 0
            return self.choices[(at + steps) % len(self.choices)]
        # by whole steps from zero: thousands of nudges there and back must come out where they began
        exact = round(float(value) / self.step + steps) * self.step
        return round(min(max(exact, self.least), self.most), 6)

    def shown(self, value: Value) -> str:
        """The value as figures; a choice by its own name, a switch as `on` or `off`."""
        if isinstance(value, bool):
            return "on" if value else "off"
        if isinstance(value, str):
            return value
        if self.unit is Unit.SHARE:
            return _figures(value * 100, self.step * 100)
        return _figures(value, self.step)

    @property
    def step_shown(self) -> str:
        """One step, in the same figures; empty for a choice."""
        return "" if self.choices else self.shown(self.step)


def _figures(value: float, step: float) -> str:
    places = 0
    while places < 3 and step and abs(round(step, places) - step) > 1e-9:  # noqa: PLR2004 - finer than anybody sees
        places += 1
    text = f"{value:.{places}f}"
    return text.removeprefix("-") if float(text) == 0 else text


_SWITCH: Final = (False, True)
_MOVING: Final = (
    Adjustment("offset_x", Unit.SHARE, 0.0025, -0.5, 0.5),
    Adjustment("offset_y", Unit.SHARE, 0.0025, -0.5, 0.5),
    Adjustment("scale", Unit.SHARE, 0.005, 0.2, 2.0),
)
_FOCUS: Final = Adjustment("depth_focus", Unit.DEPTH, 0.25, -10.0, 10.0)

_BY_MODE: Final[Mapping[str, tuple[Adjustment, ...]]] = {
    "flat": (
        Adjustment("turn", Unit.DEGREES, choices=(0, 90, 180, 270)),
        Adjustment("mirrored", Unit.CHOICE, choices=_SWITCH),
        *_MOVING,
    ),
    "pyramid": (
        Adjustment("pyramid_sides", Unit.COUNT, choices=(3, 4)),
        Adjustment("pyramid_base", Unit.CHOICE, choices=("in", "out")),
        Adjustment("pyramid_mirrored", Unit.CHOICE, choices=_SWITCH),
        Adjustment("pyramid_gap", Unit.SHARE, 0.005, 0.0, 0.6),
        *_MOVING,
    ),
    "stereo": (
        Adjustment("stereo_layout", Unit.CHOICE, choices=("side-by-side", "top-bottom")),
        Adjustment("stereo_half", Unit.CHOICE, choices=_SWITCH),
        Adjustment("stereo_swapped", Unit.CHOICE, choices=_SWITCH),
        Adjustment("stereo_eyes", Unit.DEPTH, 0.1, 0.0, 10.0),
        _FOCUS,
    ),
    "fan": (
        Adjustment("fan_fill", Unit.SHARE, 0.01, 0.5, 1.41),
        Adjustment("fan_hub", Unit.SHARE, 0.005, 0.0, 0.5),
        *_MOVING,
    ),
    "hololuminescent": (
        Adjustment("safe_top", Unit.SHARE, 0.005, 0.0, 0.4),
        Adjustment("safe_bottom", Unit.SHARE, 0.005, 0.0, 0.4),
        Adjustment("safe_sides", Unit.SHARE, 0.005, 0.0, 0.4),
    ),
    "quilt": (Adjustment("view_cone", Unit.DEGREES, 1.0, 5.0, 90.0), _FOCUS),
    "lenticular": (
        Adjustment("lens_center", Unit.LENSES, 0.005, -0.5, 0.5),
        Adjustment("lens_pitch", Unit.SHARE, 0.00005, -0.01, 0.01),
        _FOCUS,
    ),
}


def adjustments_of(mode: str) -> tuple[Adjustment, ...]:
    """What can be nudged in a display mode, in the order of the screen. Raises KeyError: there is no such mode (a bug)."""
    return _BY_MODE[mode]
