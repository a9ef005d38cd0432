"""The levels of the last seconds, and how many of them are lower than what."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import deque


class RecentLevels:
    """A sliding window of levels, sorted: the quantile of any share of them costs nothing."""

    def __init__(self, frames: int) -> None:
        self._history: deque[float] = deque(maxlen=frames)
        self._sorted: list[float] = []

    def __len__(self) -> int:
        return len(self._sorted)

    def push(self, level: float) -> None:
        """The next level; the oldest goes where the window is full."""
        if len(self._history) == self._history.maxlen:
            del self._sorted[bisect_left(self._sorted, self._history[0])]
        self._history.append(level)
        insort(self._sorted, level)

    def quantile(self, share: float) -> float:
        """The level that `share` (0 to 1, less than 1) of them lie under. Raises: IndexError: there are none."""
        return self._sorted[int(share * len(self._sorted))]

    def clear(self) -> None:
        """Begin anew."""
        self._history.clear()
        self._sorted.clear()
