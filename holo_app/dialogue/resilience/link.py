"""One engine of a chain."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

E = TypeVar("E")


def _always() -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Link(Generic[E]):
    """available: whether it is worth asking now, such as that of the guard within; the kiosk's own engine always is."""

    engine: E
    available: Callable[[], bool] = _always
