"""The test pictures by name, and which of them tell something about which display. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class Card(StrEnum):
    """A test picture. The figure is the live preview."""

    FIGURE = "figure"
    GRID = "grid"
    MIRROR = "mirror"
    SAFE_AREA = "safe_area"
    CENTRE = "centre"
    ENDS = "ends"
    EYES = "eyes"
    VIEWS = "views"
    FOCUS = "focus"


_ONE_VIEW: Final = (Card.GRID, Card.MIRROR, Card.SAFE_AREA, Card.CENTRE)
_BY_MODE: Final[Mapping[str, tuple[Card, ...]]] = {
    "flat": _ONE_VIEW,
    "pyramid": (Card.ENDS, *_ONE_VIEW),
    "stereo": (Card.EYES, Card.FOCUS, Card.GRID, Card.MIRROR, Card.CENTRE),
    "fan": (Card.SAFE_AREA, Card.GRID, Card.MIRROR, Card.CENTRE),
    "hololuminescent": (Card.SAFE_AREA, Card.GRID, Card.MIRROR, Card.CENTRE),
    "quilt": (Card.VIEWS, Card.FOCUS, Card.GRID, Card.MIRROR),
    "lenticular": (Card.FOCUS, Card.VIEWS, Card.GRID, Card.MIRROR),
}


def cards_of(mode: str) -> tuple[Card, ...]:
    """The test pictures for a display mode, the most telling first, the figure last. Raises KeyError: no such mode (a bug)."""
    return (*_BY_MODE[mode], Card.FIGURE)
