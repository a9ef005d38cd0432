"""All that a look can show, in one picture: five angles above, below them each expression with five mouth shapes."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from holo_app.domain.avatar import Expression, FacePose
from holo_app.domain.speech import Viseme
from holo_app.errors import InputError
from holo_app.hologram.expressions import expressive
from holo_app.hologram.looks import Look
from holo_app.hologram.modes import Flat
from holo_app.hologram.renderer import RenderSettings
from holo_app.hologram.snapshot import BEST, Studio, finely_lit

ANGLES: Final = (-40.0, -20.0, 0.0, 20.0, 40.0)
VISEMES: Final = (Viseme.SIL, Viseme.FF, Viseme.AA, Viseme.I, Viseme.O)
_COLUMNS: Final = len(ANGLES)
_ROWS: Final = 1 + len(Expression)
_SHOWN: Final = (0.84, 0.73)  # of a flat picture's width and, from the top, of its height: there is the bust
_FINER: Final = 2  # drawn so many times larger per axis: small faces need clean lines
_SCAN_LINES: Final = 0.0  # wider than a small face's features
_STEP: Final = 4  # of 256 levels: colours that are rounded so halve the file, and look the same
_LEAST: Final = 40  # pixels of a cell's edge


def contact_sheet(cache_dir: Path | None, look: Look, size: tuple[int, int]) -> NDArray[np.uint8]:
    """Rows of cells within `size` (width, height), as (H, W, 3) sRGB, top row first. cache_dir: as for `finely_lit`.

    Raises: InputError: the cells would be too small to tell anything. DeviceError: as Studio.
    """
    width, height = size[0] // _COLUMNS, size[1] // _ROWS
    if min(width, height) < _LEAST:
        raise InputError(f"a sheet needs at least {_LEAST * _COLUMNS}x{_LEAST * _ROWS} pixels, not {size[0]}x{size[1]}")
    studio = Studio(
        None, figures=finely_lit(cache_dir, look), settings=RenderSettings(fixed=BEST, scan_lines=_SCAN_LINES)
    )
    try:
        rows = [[_cell(studio, width, height, expressive(Expression.NEUTRAL), angle) for angle in ANGLES]]
        rows += [[_cell(studio, width, height, expressive(mood, shape)) for shape in VISEMES] for mood in Expression]
    finally:
        studio.close()
    return np.concatenate([np.concatenate(row, axis=1) for row in rows])


def _cell(studio: Studio, width: int, height: int, pose: FacePose, angle: float = 0.0) -> NDArray[np.uint8]:
    whole = (round(width / _SHOWN[0]), round(height / _SHOWN[1]))
    picture = studio.picture(whole[0] * _FINER, whole[1] * _FINER, pose, Flat(around=angle))
    left = (whole[0] - width) // 2
    blocks = picture.reshape(whole[1], _FINER, whole[0], _FINER, 3)[:height, :, left : left + width]
    rounded = np.rint(blocks.mean(axis=(1, 3)) / _STEP) * _STEP
    return np.asarray(np.minimum(rounded, 255), np.uint8)
