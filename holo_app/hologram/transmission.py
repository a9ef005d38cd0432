"""A cloud avatar on the stage: while its pictures come they are drawn, on every display, in the place of the local figure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from holo_app.hologram.cast import Drawn, FigureMaker, Unbounded
from holo_app.hologram.plane import KeyKind, KeySettings, Plane, RgbaPicture, Screened
from holo_app.hologram.scene import Lines

if TYPE_CHECKING:
    import moderngl

    from holo_app.domain.avatar import FacePose
    from holo_app.hologram.camera import Camera
    from holo_app.hologram.character import Detail

_SHAPE: Final = 0.8
"""Width by height of what is shown: an avatar stands in the middle of a picture that is made for wide screens."""
_KEYS: Final = {
    "green": KeySettings(KeyKind.CHROMA, (0.0, 1.0, 0.0)),
    "blue": KeySettings(KeyKind.CHROMA, (0.0, 0.0, 1.0)),
}


def backdrop_key(backdrop: str) -> KeySettings:
    """How a backdrop of that name is left out: "green", "blue"; anything else: nothing is."""
    return _KEYS.get(backdrop, KeySettings())


@dataclass(frozen=True, slots=True)
class Transmission:
    """Makes figures that step aside while the feed of `screened` has a picture: a `cast.FigureMaker`."""

    figures: FigureMaker
    screened: Screened

    def __call__(self, ctx: moderngl.Context, detail: Detail) -> Drawn:
        """The local figure and the plane, of which one is drawn."""
        return _Either(self.figures(ctx, detail), self.screened(ctx, detail), self.screened)


class _Either:
    def __init__(self, figure: Drawn, plane: Plane, screened: Screened) -> None:
        self._figure = figure
        self._plane = plane
        self._screened = screened
        self._transmitted = False

    @property
    def everywhere(self) -> bool:
        """`cast.Unbounded`."""
        if self._screened.feed.newest()[1] is not None:
            return self._plane.everywhere
        return isinstance(self._figure, Unbounded) and self._figure.everywhere

    def pose(self, pose: FacePose) -> None:
        # asked once a frame: all views of it show the same one
        self._transmitted = self._screened.feed.newest()[1] is not None
        self._plane.pose(pose)
        if not self._transmitted:
            self._figure.pose(pose)

    def draw(self, camera: Camera, lines: Lines) -> None:
        (self._plane if self._transmitted else self._figure).draw(camera, lines)

    def release(self) -> None:
        self._plane.release()
        self._figure.release()


def stage_picture(rgba: bytes | bytearray | memoryview, size: tuple[int, int]) -> RgbaPicture:
    """A picture of (width, height) pixels, four bytes each, as the stage shows it: what is at its sides is left away."""
    width, height = size
    whole = np.frombuffer(rgba, np.uint8).reshape(height, width, 4)
    kept = min(width, round(height * _SHAPE))
    left = (width - kept) // 2
    return whole[:, left : left + kept]
