"""What the stage shows just now, as somebody may be adjusting it: the display mode, and a test picture or the figure."""

from __future__ import annotations

from holo_app.hologram.calibrating.cards import Card
from holo_app.hologram.modes import DisplayMode, Flat

_ANY_SIZE = (64, 64)


class Board:
    """Read by whoever draws a frame, changed between frames, in one thread.

    views: of the mode. focus: the depth that lies in the display's own plane, in units towards the viewer.
    """

    def __init__(self, mode: DisplayMode | None = None, card: Card = Card.FIGURE) -> None:
        self._mode = mode or Flat()
        self.card = card
        self.views = _views(self._mode)

    @property
    def mode(self) -> DisplayMode:
        """How the next frame is shown."""
        return self._mode

    @property
    def focus(self) -> float:
        """Modes of one view have no depth."""
        return float(getattr(self._mode, "focus", 0.0))

    def show(self, mode: DisplayMode, card: Card | None = None) -> None:
        """Another mode, or the same with other numbers; another picture, where one is named."""
        self._mode = mode
        self.views = _views(mode)
        if card is not None:
            self.card = card


def _views(mode: DisplayMode) -> int:
    return len(mode.plan(_ANY_SIZE).views)
