"""The mouth belongs to the moment at which a frame is seen, not to the one at which it is drawn. Pure: times are passed in."""

from __future__ import annotations

from typing import Final

_SMOOTHING: Final = 0.15
_DISPLAY_S: Final = 0.010
"""From the end of a frame to its light, which only a camera could tell: half a refresh, and some milliseconds of the panel."""
_LONGEST_S: Final = 0.25
"""A frame that takes longer than this was held up by something that will not happen to the next one."""


class LipLead:
    """How far the lips run ahead of the sound that is heard while a frame is drawn.

    Drawing takes its time, and then the frame stands until the next one is shown. Without a lead the sound is ahead by both:
    40 ms where the processor draws, while viewers mind 15 (ATSC IS-191).
    """

    def __init__(self) -> None:
        self._shown_after_s = 0.0
        self._stands_s = 0.0
        self._heard_s = 0.0

    def frame(self, shown_after_s: float, stands_s: float | None) -> None:
        """A frame was done so long after it was begun, and the one before it had stood so long (None: there was none)."""
        self._shown_after_s = _smoothed(self._shown_after_s, shown_after_s)
        if stands_s is not None:
            self._stands_s = _smoothed(self._stands_s, stands_s)

    @property
    def ahead_s(self) -> float:
        """From the beginning of a frame to the middle of the time for which it is seen."""
        return self._shown_after_s + self._stands_s / 2 + _DISPLAY_S

    def position_s(self, heard_s: float) -> float:
        """What will be heard when the frame that is begun now is seen; `heard_s` is what is heard now.

        Sound that stands still, waiting or paused, is not run ahead of: it may not go on.
        """
        moves = heard_s > self._heard_s
        self._heard_s = heard_s
        return heard_s + self.ahead_s if moves else heard_s


def _smoothed(value: float, new: float) -> float:
    new = min(new, _LONGEST_S)
    return value + _SMOOTHING * (new - value) if value else new
