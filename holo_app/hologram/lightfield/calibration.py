"""How the lens of one lenticular panel lies on its pixels: its `visual.json`, and what follows from it.

Each value of the file is `{"value": x}`; newer files (configVersion 3) add where the three colours of a pixel really are.
Source: the facts of `@lookingglass/webxr` 0.6.0 and of the shader of Looking Glass Bridge; notes/rendering.md.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from holo_app.errors import InputError

Cell: TypeAlias = tuple[tuple[float, float], tuple[float, float], tuple[float, float]]
"""Where red, green and blue are, as (x, y) in pixels from the pixel's own place, y up."""

CELL_COLUMNS, CELL_ROWS = 2, 4
"""Every known pattern of cells repeats within this."""

_COLOURS = "RGB"
_PATTERNS: Mapping[int, Callable[[int, int], int]] = {
    0: lambda _x, _y: 0,
    1: lambda x, y: (x + y) % 2,
    2: lambda x, _y: x % 2,
    3: lambda x, y: (y + 2 * (x % 2)) % 4,
    4: lambda _x, y: y % 2,
}


@dataclass(frozen=True, slots=True)
class Calibration:
    """One panel's numbers.

    pitch: lenses per inch across the lens. slope: of the lens, its rise / run. center: phase. view_cone: degrees in which all
    views are seen. inverted: views are counted from the right. cells, pattern: see `cell`; no cells: stripes of a third.
    """

    serial: str
    pitch: float
    slope: float
    center: float
    view_cone: float
    dpi: float
    width: int
    height: int
    inverted: bool = True
    mirrored: bool = False
    upside_down: bool = False
    blue_first: bool = False
    cells: tuple[Cell, ...] = ()
    pattern: int = 0

    @property
    def lenses(self) -> float:
        """How many lenses lie across the panel's width, measured along a row of pixels."""
        return self.pitch * self.width / self.dpi * math.cos(math.atan(1 / self.slope))

    @property
    def tilt(self) -> float:
        """By which part of the width a lens moves aside over the panel's height."""
        tilt = self.height / (self.width * self.slope)
        return -tilt if self.mirrored else tilt

    def cell(self, x: int, y: int) -> Cell:
        """How the colours of that pixel lie; x from the left, y from below."""
        if not self.cells:
            third = -1 / 3 if self.mirrored else 1 / 3
            stripes = [(colour * third, 0.0) for colour in range(3)]
            red, green, blue = stripes[::-1] if self.blue_first else stripes
            return red, green, blue
        return self.cells[_PATTERNS[self.pattern](x, y) % len(self.cells)]


@dataclass(frozen=True, slots=True)
class Phases:
    """Where a colour of a pixel lies under its lens: 0..1 of the lens' width is the fraction of column + row + cell.

    columns: (width,). rows: (height,), from below. cells: (CELL_ROWS, CELL_COLUMNS, 3), by colour. All float64.
    """

    columns: NDArray[np.float64]
    rows: NDArray[np.float64]
    cells: NDArray[np.float64]


def phases_of(calibration: Calibration) -> Phases:
    """The three parts of the phase, so that a shader has nothing to multiply.

    In its 24 bits of precision a large product would put pixels into the view beside the right one.
    """
    c = calibration
    across = (np.arange(c.width) + 0.5) / c.width
    up = (np.arange(c.height) + 0.5) / c.height
    if c.upside_down:
        up = 1 - up
    cells = [
        [[x / c.width + y / c.height * c.tilt for x, y in c.cell(column, row)] for column in range(CELL_COLUMNS)]
        for row in range(CELL_ROWS)
    ]
    return Phases(
        np.mod(across * c.lenses - c.center, 1),
        np.mod(up * c.tilt * c.lenses, 1),
        np.mod(np.array(cells) * c.lenses, 1),
    )


def read_calibration(path: Path) -> Calibration:
    """What a `visual.json` says. Raises: InputError: it cannot be read, or a value is missing or impossible; which."""
    try:
        content = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(
            f"the calibration {path} cannot be read ({error}); export it from the display again"
        ) from error
    if not isinstance(content, dict):
        raise InputError(f"the calibration {path} is no JSON object; export it from the display again")
    return calibration_of(content, name=path.name)


def calibration_of(content: Mapping[str, Any], *, name: str = "visual.json") -> Calibration:
    """The calibration in a parsed `visual.json`. Raises: InputError: as `read_calibration`."""
    values = _Values(content, name)
    cells = tuple(values.cell(index, entry) for index, entry in enumerate(values.cells()))
    pattern = round(values.number("CellPatternMode", 0.0))
    if cells and pattern not in _PATTERNS:
        raise InputError(f"{name}: CellPatternMode {pattern} is not known; 0 to 4 are")
    return Calibration(
        serial=str(content.get("serial", "")),
        pitch=values.positive("pitch"),
        slope=values.not_zero("slope"),
        center=values.number("center"),
        view_cone=values.positive("viewCone", 40.0),
        dpi=values.positive("DPI"),
        width=round(values.positive("screenW")),
        height=round(values.positive("screenH")),
        inverted=values.flag("invView", default=True),
        mirrored=values.flag("flipImageX"),
        upside_down=values.flag("flipImageY"),
        blue_first=values.flag("flipSubp"),
        cells=cells,
        pattern=pattern,
    )


class _Values:
    """Takes values out of the file, and says which one is wrong."""

    def __init__(self, content: Mapping[str, Any], name: str) -> None:
        self._content = content
        self._name = name

    def number(self, key: str, default: float | None = None) -> float:
        value = self._content.get(key, default)
        if isinstance(value, Mapping):
            value = value.get("value", default)
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise self._wrong(key, "a number", value)
        return float(value)

    def positive(self, key: str, default: float | None = None) -> float:
        value = self.number(key, default)
        if value <= 0:
            raise self._wrong(key, "a positive number", value)
        return value

    def not_zero(self, key: str) -> float:
        value = self.number(key)
        if value == 0:
            raise self._wrong(key, "a number other than 0", value)
        return value

    def flag(self, key: str, *, default: bool = False) -> bool:
        return self.number(key, float(default)) >= 0.5  # noqa: PLR2004 - the files write 0.0 and 1.0

    def cells(self) -> list[Any]:
        cells = self._content.get("subpixelCells") or []
        if not isinstance(cells, list):
            raise self._wrong("subpixelCells", "a list", cells)
        return cells

    def cell(self, index: int, entry: object) -> Cell:
        inner = _Values(entry if isinstance(entry, Mapping) else {}, f"{self._name}: subpixelCells[{index}]")
        red, green, blue = [(inner.number(f"{c}OffsetX"), inner.number(f"{c}OffsetY")) for c in _COLOURS]
        return red, green, blue

    def _wrong(self, key: str, wanted: str, value: object) -> InputError:
        return InputError(f"{self._name}: {key} must be {wanted}, not {value!r}; export the calibration again")
