"""A turntable: the figure turns once all around, and the film's end meets its beginning."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from random import Random
from typing import Final

import numpy as np

from holo_app.domain.avatar import FacePose
from holo_app.hologram.camera import Camera
from holo_app.hologram.film.shots import Film, Shot
from holo_app.hologram.modes import DisplayMode, Plan, Size

_BREATH_S: Final = 4.2
_BLINK_EVERY_S: Final = 3.5
_BLINK_S: Final = 0.26
_SMILE: Final = 0.35
_EYES_STAY: Final = (0.35, 16.0)  # eyes stay with the viewer by this share of the turn, as far as this, in degrees
_LINES_PER_S: Final = 0.6  # as the renderer moves them
_LOWER: Final = 0.07  # of half a view's height: seen from the side, hair that comes nearer reaches higher
_AXIS: Final = (0.0, -1.5)  # x and z of the neck, about which the figure turns


def turntable_film(seconds: float, fps: int, seed: int) -> Film:
    """Once around in about `seconds`; whatever moves comes back to where it began. seed: of when it blinks."""

    def shots() -> Iterator[Shot]:
        for k in range(frames):
            yield _shot(k / frames, frames / fps, blinks)

    frames = max(round(seconds * fps), 1)
    random = Random(seed)  # noqa: S311 - a face's whims, not a secret
    often = max(round(seconds / _BLINK_EVERY_S), 1)
    blinks = tuple((place + random.uniform(0.2, 0.8)) / often for place in range(often))
    return Film(fps, frames, shots)


@dataclass(frozen=True, slots=True)
class Turned:
    """A display mode in which the figure has turned about its own axis.

    around: degrees, counter-clockwise as seen from above. The lamp turns with it, as if the viewer went around.
    """

    mode: DisplayMode
    around: float

    def plan(self, size: Size) -> Plan:
        """As the mode's own, each camera in another place, and nothing of it cut away."""
        plan = self.mode.plan(size)
        views = tuple(replace(view, camera=_gone_around(view.camera, self.around)) for view in plan.views)
        # from another side the figure reaches farther than `camera.reach` knows
        return replace(plan, views=views, polygons=plan.roomy or plan.polygons)


def _shot(turn: float, seconds: float, blinks: tuple[float, ...]) -> Shot:
    """turn: how much of the film is over, 0..1. blinks: when each begins, on the same scale."""
    breaths = max(round(seconds / _BREATH_S), 1)
    lines = max(round(seconds * _LINES_PER_S), 1)
    around = 360.0 * turn if turn <= 0.5 else 360.0 * (turn - 1.0)  # noqa: PLR2004 - behind the figure
    share, most = _EYES_STAY
    pose = FacePose(
        gaze=(min(max(share * around, -most), most), 0.0),
        blink=max(_closed((turn - blink) % 1.0 * seconds) for blink in blinks),
        smile=_SMILE,
        breath=0.5 - 0.5 * math.cos(2 * math.pi * breaths * turn),
    )
    return Shot(pose, around=around, lines_s=lines * turn / _LINES_PER_S)


def _closed(since_s: float) -> float:
    """How far a blink that began so long ago has shut the lids."""
    return math.sin(math.pi * since_s / _BLINK_S) if since_s < _BLINK_S else 0.0


def _gone_around(camera: Camera, degrees: float) -> Camera:
    angle = math.radians(degrees)
    x, z = _AXIS
    turn = np.array(
        [
            [math.cos(angle), 0, math.sin(angle), 0],
            [0, 1, 0, 0],
            [-math.sin(angle), 0, math.cos(angle), 0],
            [0, 0, 0, 1],
        ]
    )
    there, back = np.eye(4), np.eye(4)
    there[:3, 3], back[:3, 3] = (x, 0, z), (-x, 0, -z)
    moved = there @ turn @ back
    place = np.linalg.inv(moved) @ np.array([*camera.position, 1.0])
    lower = np.eye(4)
    lower[1, 3] = -_LOWER
    return Camera(
        (lower @ camera.matrix @ moved).astype(np.float32), (float(place[0]), float(place[1]), float(place[2]))
    )
