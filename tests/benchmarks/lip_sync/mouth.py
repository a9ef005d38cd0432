"""How far the mouth is open in a picture of the flat display: measured in its pixels, not taken from the pose."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from holo_app.hologram.camera import frame
from holo_app.hologram.sculpt.face_form import MOUTH

_ACROSS, _BELOW, _ABOVE = 2.2, 2.2, 1.2  # units around the mouth, which moves with the head; nothing behind the chin
_DEPTH = 6.0
_DARK, _LIGHT = 50.0, 105.0
"""Between these brightnesses a pixel counts in part: the edge of the opening moves by less than a pixel a frame."""


class MouthBox:
    """Where the mouth is in a picture of `size` (width, height)."""

    def __init__(self, size: tuple[int, int]) -> None:
        width, height = size
        matrix = frame(width / height).matrix
        corners = (
            np.array([[-_ACROSS, MOUTH[1] + _ABOVE, _DEPTH, 1.0], [_ACROSS, MOUTH[1] - _BELOW, _DEPTH, 1.0]]) @ matrix.T
        )
        x = (corners[:, 0] / corners[:, 3] + 1) / 2 * width
        y = (1 - corners[:, 1] / corners[:, 3]) / 2 * height
        self.rows = slice(round(y[0]), round(y[1]))
        self.columns = slice(round(x[0]), round(x[1]))

    def opening(self, picture: NDArray[np.uint8]) -> float:
        """The dark part of the mouth's surroundings, in pixels. picture: (height, width, 3 or more), colours first."""
        return darkness(picture[self.rows, self.columns, :3])


def darkness(part: NDArray[np.uint8]) -> float:
    """How many pixels are dark, those that are half dark counting half."""
    light = part.max(axis=2).astype(np.float64)
    return float(np.clip((_LIGHT - light) / (_LIGHT - _DARK), 0.0, 1.0).sum())
