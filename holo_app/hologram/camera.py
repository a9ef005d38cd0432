"""Where the figure is seen from, and how it is framed."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

DISTANCE: Final = 62.0  # far enough for a portrait lens: a near one swells the nose
_NEAR: Final = 20.0
_FAR: Final = 120.0
_MIN_WIDTH: Final = 25.5  # units that must be seen across and down
_MIN_HEIGHT: Final = 36.0
_BARE_HEIGHT: Final = 31.5
_TOP: Final = 12.6  # the height at the picture's upper edge where nothing is shifted
# height and half width that the figure keeps within, turned and leaning as far as the limits below let it
_REACH: Final = (
    (-18.6, 9.9),
    (-14.0, 9.7),
    (-12.0, 9.1),
    (-10.5, 8.1),
    (-9.5, 6.7),
    (-7.0, 8.2),
    (-4.2, 9.7),
    (-2.5, 11.8),
    (1.0, 12.9),
    (5.0, 12.8),
    (7.5, 12.0),
    (9.5, 10.2),
    (11.5, 8.5),
    (13.6, 7.0),
)
_REACH_AROUND: Final = 2.7  # more to each side where it is seen from another: there it also leans forward and looks up
_REACH_DEPTH: Final = 4.0
HEAD_LIMIT: Final = (30.0, 18.0, 10.0)  # degrees of yaw, pitch, roll
LEAN_LIMIT: Final = (5.0, 3.0)  # degrees forward or back, and to a side
WAIST: Final = (0.0, -21.0, -1.0)  # the body leans about this point
FADE: Final = (-18.5, -11.5)  # the body dissolves between these heights: captions stand there


@dataclass(frozen=True, slots=True)
class Camera:
    """One view. matrix: (4, 4) world to clip space, row-major. position: (x, y, z) in units. around: as for `frame`."""

    matrix: NDArray[np.float32]
    position: tuple[float, float, float]
    around: float = 0.0


def frame(
    aspect: float,
    vertical_offset: float = 0.0,
    *,
    captions: bool = True,
    beside: float = 0.0,
    focus: float = 0.0,
    around: float = 0.0,
) -> Camera:
    """The camera that shows the whole figure.

    Args: aspect: width / height. vertical_offset: moves the figure up, as a fraction of the picture's height.
        captions: leave the lower third free. beside: units that it stands to the right of the middle, its frustum
        sheared so that what is at the height `focus` over the figure's middle, towards the viewer, stays where it is.
        around: degrees that it has walked around the figure, to the viewer's right.
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
            [_NEAR / half, 0, -beside * _NEAR / ((DISTANCE - focus) * half), 0],
            [0, 2 * _NEAR / (up - down), (up + down) / (up - down), 0],
            [0, 0, -(_FAR + _NEAR) / (_FAR - _NEAR), -2 * _FAR * _NEAR / (_FAR - _NEAR)],
            [0, 0, -1, 0],
        ]
    )
    right, ahead = _axes(around)
    view = np.eye(4)
    view[0, :3], view[2, :3] = right, ahead
    view[:3, 3] = (-beside, -eye_height, -DISTANCE)
    x, _, z = beside * right + DISTANCE * ahead
    return Camera((project @ view).astype(np.float32), (float(x), eye_height, float(z)), around)


def _axes(around: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Where the viewer's right is, and where the viewer is, seen from the figure's middle."""
    turned = math.radians(around)
    sine, cosine = math.sin(turned), math.cos(turned)
    return np.array([cosine, 0.0, -sine]), np.array([sine, 0.0, cosine])


def reach(camera: Camera) -> tuple[tuple[tuple[float, float], ...], ...]:
    """The part of the picture that the figure can touch however it moves: convex shapes of (x, y) in -1..1."""
    more = _REACH_AROUND if camera.around else 0.0
    rows = [(_placed(camera, -half - more, y), _placed(camera, half + more, y)) for y, half in _REACH]
    return tuple((lower[0], lower[1], upper[1], upper[0]) for lower, upper in pairwise(rows))


def _placed(camera: Camera, x: float, y: float) -> tuple[float, float]:
    right, ahead = _axes(camera.around)
    place = x * right + _REACH_DEPTH * ahead
    clip = camera.matrix @ np.array([place[0], y, place[2], 1.0], np.float32)
    across, up = np.clip(clip[:2] / clip[3], -1.0, 1.0).tolist()
    return (across, up)


def turn(yaw: float, pitch: float, roll: float) -> NDArray[np.float32]:
    """The head's rotation (3, 3) from degrees, held within HEAD_LIMIT.

    Yaw to the character's right and pitch up are positive, and so is roll towards its right shoulder.
    """
    wanted = zip((-yaw, -pitch, roll), HEAD_LIMIT, strict=True)
    a, b, c = (math.radians(min(max(angle, -limit), limit)) for angle, limit in wanted)
    about_y = np.array([[math.cos(a), 0, math.sin(a)], [0, 1, 0], [-math.sin(a), 0, math.cos(a)]])
    about_x = np.array([[1, 0, 0], [0, math.cos(b), -math.sin(b)], [0, math.sin(b), math.cos(b)]])
    about_z = np.array([[math.cos(c), -math.sin(c), 0], [math.sin(c), math.cos(c), 0], [0, 0, 1]])
    return np.asarray(about_y @ about_x @ about_z, np.float32)


def lean(forward: float, right: float) -> NDArray[np.float32]:
    """The upper body's leaning (4, 4) from degrees, held within LEAN_LIMIT; right is the character's."""
    a, b = (
        math.radians(min(max(angle, -limit), limit)) for angle, limit in zip((forward, right), LEAN_LIMIT, strict=True)
    )
    about_x = np.array([[1, 0, 0], [0, math.cos(a), -math.sin(a)], [0, math.sin(a), math.cos(a)]])
    about_z = np.array([[math.cos(b), -math.sin(b), 0], [math.sin(b), math.cos(b), 0], [0, 0, 1]])
    moved = np.eye(4)
    moved[:3, :3] = about_z @ about_x
    moved[:3, 3] = np.array(WAIST) - moved[:3, :3] @ np.array(WAIST)
    return moved.astype(np.float32)
