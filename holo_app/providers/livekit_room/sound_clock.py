"""One clock for a room's sound and pictures: sound has places, pictures have moments."""

from __future__ import annotations

from collections import deque
from typing import Final

_REMEMBERED_S: Final = 3.0


class SoundClock:
    """Tells which second of the sound belongs to a moment.

    Sound comes without a gap and in real time, but each piece may be handed over late, never early: of the last seconds the
    piece that came soonest tells where the sound is.
    """

    def __init__(self) -> None:
        self._end_s = 0.0
        self._early: deque[tuple[float, float]] = deque()
        """(moment, moment − place), the soonest first: a piece that was later than one after it tells nothing."""

    @property
    def end_s(self) -> float:
        """How much sound there was."""
        return self._end_s

    def heard(self, seconds: float, now_s: float) -> float:
        """A piece came. Returns where it begins."""
        from_s = self._end_s
        self._end_s += seconds
        late = now_s - self._end_s
        while self._early and self._early[-1][1] >= late:
            self._early.pop()
        self._early.append((now_s, late))
        while self._early[0][0] < now_s - _REMEMBERED_S:
            self._early.popleft()
        return from_s

    def place_s(self, moment_s: float) -> float:
        """The second of the sound that is there at that moment; 0 before there is any."""
        return moment_s - self._early[0][1] if self._early else 0.0
