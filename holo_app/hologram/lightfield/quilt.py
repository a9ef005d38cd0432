"""Quilts: all views of a light-field display, tiled in one picture.

View 0 is the leftmost and stands at the bottom left, the last one at the top right. Source: Looking Glass, "Quilts".
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TypeAlias

Area: TypeAlias = tuple[float, float, float, float]

_NAME = re.compile(r"_qs(?P<columns>\d+)x(?P<rows>\d+)a(?P<aspect>\d+(?:\.\d+)?)", re.IGNORECASE)
_MOST_VIEWS = 256


@dataclass(frozen=True, slots=True)
class Quilt:
    """columns × rows views. aspect: width / height of what one view shows, whatever the shape of its tile.

    Raises: ValueError: no views, too many of them, or an aspect that is not positive.
    """

    columns: int
    rows: int
    aspect: float

    def __post_init__(self) -> None:
        if min(self.columns, self.rows) < 1 or self.views > _MOST_VIEWS:
            raise ValueError(f"a quilt has 1 to {_MOST_VIEWS} views, not {self.columns}x{self.rows}")
        if not self.aspect > 0:
            raise ValueError(f"a view's aspect is its width / height, not {self.aspect:g}")

    @property
    def views(self) -> int:
        """How many."""
        return self.columns * self.rows

    def tile(self, view: int) -> tuple[int, int]:
        """Column and row of a view, the row counted from below. Raises: ValueError: there is no such view."""
        if not 0 <= view < self.views:
            raise ValueError(f"a quilt of {self.columns}x{self.rows} has no view {view}")
        return view % self.columns, view // self.columns

    def area(self, view: int) -> Area:
        """(x, y, width, height) of its tile in the quilt, 0..1, y up. Raises: as `tile`."""
        column, row = self.tile(view)
        return column / self.columns, row / self.rows, 1 / self.columns, 1 / self.rows

    def file_name(self, stem: str) -> str:
        """A name that tells other programs how to read the file: `stem_qs8x6a0.75.png`."""
        return f"{stem}_qs{self.columns}x{self.rows}a{self.aspect:.6g}.png"


def quilt_of_name(name: str) -> Quilt | None:
    """The quilt that a file's name speaks of. Raises: ValueError: it speaks of an impossible one."""
    found = _NAME.search(name)
    if found is None:
        return None
    return Quilt(int(found["columns"]), int(found["rows"]), float(found["aspect"]))
