"""Things that are due when the visitor hears a certain moment of the audio."""

from __future__ import annotations

from bisect import bisect_left, insort
from operator import itemgetter
from typing import Generic, TypeVar

T = TypeVar("T")


class Timeline(Generic[T]):
    """Items by their seconds on the audio's timeline."""

    def __init__(self) -> None:
        self._items: list[tuple[float, T]] = []

    def __len__(self) -> int:
        return len(self._items)

    def add(self, at_s: float, item: T) -> None:
        """Plan an item, in any order."""
        insort(self._items, (at_s, item), key=itemgetter(0))

    def due(self, position_s: float, *, not_later_than_s: float = 0.6) -> list[T]:
        """Take what is due by now; what is due for longer than that came too late to be seen and is dropped."""
        passed = bisect_left(self._items, position_s, key=itemgetter(0))
        items, self._items = self._items[:passed], self._items[passed:]
        return [item for at_s, item in items if position_s - at_s <= not_later_than_s]

    def cut(self, at_s: float) -> None:
        """What is due then and later will not be."""
        del self._items[bisect_left(self._items, at_s, key=itemgetter(0)) :]
