"""The pieces into which a Realtime session cuts an utterance; their words may come in any order."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class _Item:
    text: str = ""
    committed: bool = False
    done: bool = False


class Items:
    """In the order in which they were spoken."""

    def __init__(self) -> None:
        self._order: list[str] = []
        self._items: dict[str, _Item] = {}

    def commit(self, item_id: str, previous_id: str) -> None:
        """The server has taken a piece of the sound, behind another one."""
        self._item(item_id).committed = True
        if previous_id in self._items and previous_id != item_id:
            self._order.remove(item_id)
            self._order.insert(self._order.index(previous_id) + 1, item_id)

    def grow(self, item_id: str, delta: str) -> None:
        """More words of a piece."""
        item = self._item(item_id)
        if not item.done:
            item.text += delta

    def complete(self, item_id: str, text: str) -> None:
        """All words of a piece."""
        item = self._item(item_id)
        item.text, item.done = text, True

    @property
    def text(self) -> str:
        """All words up to now."""
        texts = [self._items[item_id].text.strip() for item_id in self._order]
        return " ".join(text for text in texts if text)

    @property
    def all_done(self) -> bool:
        """Something was taken, and all that was taken is understood."""
        taken = [item for item in self._items.values() if item.committed]
        return bool(taken) and all(item.done for item in taken)

    def _item(self, item_id: str) -> _Item:
        if item_id not in self._items:
            self._items[item_id] = _Item()
            self._order.append(item_id)
        return self._items[item_id]
