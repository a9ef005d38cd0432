"""Where the figure is seen from, and how it is framed."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

DISTANCE: Final = 62.0  # far enough for a portrait lens: a near one swells the nose
_NEAR: Final = 20.0
_FAR: Final = 120.0
_MIN_WIDTH: Final = 22.0  # units that must be seen across and down
_MIN_HEIGHT: Final = 36.0
_BARE_HEIGHT: Final = 31.5
_TOP: Final = 12.6  # the height at the picture's upper edge where nothing is shifted
_REACH_WIDE: Final = (-11.6, 11.6)
_REACH_HIGH: Final = (-18.6, 14.0)
_REACH_DEPTH: Final = 4.0
FADE: Final = (-18.5, -11.5)  # the body dissolves between these heights: captions stand there


@dataclass(frozen=True, slots=True)
class Camera:
    """One view. matrix: (4, 4) world to clip space, row-major. position: (x, y, z) in units."""

    matrix: NDArray[np.float32]
    position: tuple[float, float, float]


def frame(aspect: float, vertical_offset: float = 0.0, *, captions: bool = True) -> Camera:
    """The camera that shows the whole figure.

    Args: aspect: width / height. vertical_offset: moves the figure up, as a fraction of the picture's height.
        captions: leave the lower third free.
    """
    least = _MIN_HEIGHT if captions else _BARE_HEIGHT
    height = max(least, _MIN_WIDTH / aspect)
    spare = height - least
    top = _TOP + 0.30 * spare - vertical_offset * height
    eye_height = 0.5
    scale = _NEAR / DISTANCE
    up, down = (top - eye_height) * scale, (top - height - eye_height) * scale
    half = height * aspect / 2 * scale
    project = np.array(
        [
            [_NEAR / half, 0, 0, 0],
            [0, 2 * _NEAR / (up - down), (up + down) / (up - down), 0],
            [0, 0, -(_FAR + _NEAR) / (_FAR - _NEAR), -2 * _FAR * _NEAR / (_FAR - _NEAR)],
            [0, 0, -1, 0],
        ]
    )
    view = np.eye(4)
    view[:3, 3] = (0, -eye_height, -DISTANCE)
    return Camera((project @ view).astype(np.float32), (0.0, eye_height, DISTANCE))


def extent(camera: Camera) -> tuple[float, float, float, float]:
    """The part of the picture that the figure can reach, however it turns: (left, bottom, right, top) in -1..1."""
    corners = np.array([[x, y, _REACH_DEPTH, 1] for x in _REACH_WIDE for y in _REACH_HIGH], np.float32)
    clip = corners @ camera.matrix.T
    placed = np.clip(clip[:, :2] / clip[:, 3:], -1, 1)
    (left, bottom), (right, top) = placed.min(axis=0).tolist(), placed.max(axis=0).tolist()
    return (left, bottom, right, top)


def turn(yaw: float, pitch: float, roll: float) -> NDArray[np.float32]:
    """The head's rotation (3, 3) from degrees; yaw to the character's right and pitch up are positive."""
    a, b, c = math.radians(-yaw), math.radians(-pitch), math.radians(roll)
    about_y = np.array([[math.cos(a), 0, math.sin(a)], [0, 1, 0], [-math.sin(a), 0, math.cos(a)]])
    about_x = np.array([[1, 0, 0], [0, math.cos(b), -math.sin(b)], [0, math.sin(b), math.cos(b)]])
    about_z = np.array([[math.cos(c), -math.sin(c), 0], [math.sin(c), math.cos(c), 0], [0, 0, 1]])
    return np.asarray(about_y @ about_x @ about_z, np.float32)
