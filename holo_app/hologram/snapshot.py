"""Pictures of the figure without any display: for `holo-app render`, thumbnails and tests."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from holo_app.domain.avatar import FacePose
from holo_app.hologram.cast import FigureMaker, Sculpted
from holo_app.hologram.character import Detail
from holo_app.hologram.character_store import CharacterStore
from holo_app.hologram.gl_context import give_up, release, standalone_context
from holo_app.hologram.looks import DUSK, Look
from holo_app.hologram.modes import DisplayMode, Size
from holo_app.hologram.quality import Quality
from holo_app.hologram.renderer import Renderer, RenderSettings

BEST: Final = Quality(1.0, 4, Detail.NORMAL)
_LARGEST: Final = 8192


def finely_lit(cache_dir: Path | None, look: Look = DUSK) -> Sculpted:
    """The sculpted character, its light worked out at each pixel, whatever that costs. cache_dir: keeps its meshes."""
    return Sculpted(CharacterStore(cache_dir), look, per_vertex=False)


class Studio:
    """A renderer of its own without a display, for as many pictures as one likes; between them the thread holds no context.

    figures: who is drawn; by default the sculpted character, kept in `cache_dir`. settings: instead of those for `quality`.

    Raises: DeviceError: no OpenGL 3.3 through EGL.
    """

    def __init__(
        self,
        cache_dir: Path | None,
        quality: Quality = BEST,
        figures: FigureMaker | None = None,
        settings: RenderSettings | None = None,
    ) -> None:
        self._ctx = standalone_context()
        figures = figures or finely_lit(cache_dir)
        self._renderer = Renderer(self._ctx, figures, settings or RenderSettings(fixed=quality))
        give_up(self._ctx)

    def picture(
        self, width: int, height: int, pose: FacePose, mode: DisplayMode, *, time_s: float = 0.0
    ) -> NDArray[np.uint8]:
        """One frame as (height, width, 3) sRGB, top row first.

        time_s: moves the scan lines. Raises ValueError: a size outside 1..8192.
        """
        if not (1 <= width <= _LARGEST and 1 <= height <= _LARGEST):
            raise ValueError(f"a picture is 1 to {_LARGEST} pixels wide and high, not {width}x{height}")
        with self._ctx:
            return self._draw((width, height), pose, mode, time_s)

    def _draw(self, size: Size, pose: FacePose, mode: DisplayMode, time_s: float) -> NDArray[np.uint8]:
        width, height = size
        texture = self._ctx.texture(size, 3)
        target = self._ctx.framebuffer([texture])
        try:
            self._renderer.render(pose, target, size, mode, time_s)
            flipped = np.frombuffer(target.read(components=3, alignment=1), np.uint8).reshape(height, width, 3)
            return np.ascontiguousarray(flipped[::-1])
        finally:
            target.release()
            texture.release()

    def close(self) -> None:
        """Give the graphics card back."""
        with self._ctx:
            self._renderer.release()
        release(self._ctx)
