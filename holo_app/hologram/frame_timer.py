"""What one frame costs: two ways to know, because waiting is free on one kind of machine and dear on the other."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Protocol

import moderngl


class FrameTimer(Protocol):
    """Runs a frame's drawing and says what frames cost."""

    def time(self, draw: Callable[[], None]) -> float | None:
        """Draw; returns the newest known cost in milliseconds, None while none is known."""
        ...


class WaitingTimer:
    """For a software rasteriser: it is this same processor, so that waiting costs nothing and tells the truth."""

    def __init__(self, ctx: moderngl.Context) -> None:
        self._ctx = ctx

    def time(self, draw: Callable[[], None]) -> float | None:
        started = time.perf_counter()
        draw()
        self._ctx.finish()
        return (time.perf_counter() - started) * 1e3


class QueryTimer:
    """For a graphics card: its own clock, asked one frame later, when the answer is there without waiting."""

    def __init__(self, ctx: moderngl.Context) -> None:
        self._query = ctx.query(time=True)
        self._asked = False

    def time(self, draw: Callable[[], None]) -> float | None:
        cost_ms = self._query.elapsed / 1e6 if self._asked else None
        with self._query:
            draw()
        self._asked = True
        return cost_ms
