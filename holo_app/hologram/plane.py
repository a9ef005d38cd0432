"""Pictures that stand in the scene: a video of an avatar, a product's photograph, on every display."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from enum import IntEnum
from typing import Final, TypeAlias

import moderngl
import numpy as np
from numpy.typing import NDArray

from holo_app.domain.avatar import FacePose
from holo_app.hologram.camera import Camera
from holo_app.hologram.character import Detail
from holo_app.hologram.gl_context import draws_on_processor
from holo_app.hologram.scene import Lines, put, shader

RgbaPicture: TypeAlias = NDArray[np.uint8]
_RGBA: Final = 4


class KeyKind(IntEnum):
    """What of a picture is shown; the numbers are the shader's."""

    NONE = 0
    STRAIGHT_ALPHA = 1
    PREMULTIPLIED_ALPHA = 2
    CHROMA = 3


@dataclass(frozen=True, slots=True)
class KeySettings:
    """How a picture's backdrop is told from its figure. The rest is for CHROMA only.

    colour: the backdrop's, each part 0..1. tolerance: how far from it still counts as backdrop, 0..1. softness: over how much
    more the figure comes in, 0..1. spill: how much of the backdrop's light on the figure is taken away, 0..1.

    Raises: ValueError: a value outside 0..1, or a grey to key on.
    """

    kind: KeyKind = KeyKind.NONE
    colour: tuple[float, float, float] = (0.0, 1.0, 0.0)
    tolerance: float = 0.40
    softness: float = 0.35
    spill: float = 1.0

    def __post_init__(self) -> None:
        values = (*self.colour, self.tolerance, self.softness, self.spill)
        if not all(0.0 <= value <= 1.0 for value in values):
            raise ValueError(f"a key's values are 0 to 1, not {values}")
        if self.kind is KeyKind.CHROMA and max(self.colour) - min(self.colour) < _LEAST_COLOUR:
            raise ValueError("a grey backdrop cannot be told from a figure by its hue; use a coloured one, or alpha")


_LEAST_COLOUR: Final = 0.2


@dataclass(frozen=True, slots=True)
class Place:
    """Where a picture stands, in units of the figure (its head is some 20 high). The picture fits in, its shape kept.

    centre: (x, y, z): right, up, towards the viewer; the figure's face is at 4, which is in the plane of most displays.
    size: the most it covers, across and up. fade: share of its height over which its lower edge dissolves.
    """

    centre: tuple[float, float, float] = (0.0, -3.2, 4.0)
    size: tuple[float, float] = (24.0, 30.6)
    fade: float = 0.0

    def fitted(self, width: int, height: int) -> tuple[float, float]:
        """What a picture of so many pixels covers, across and up."""
        scale = min(self.size[0] / width, self.size[1] / height)
        return width * scale, height * scale


class PictureFeed:
    """Hands pictures from any thread to the one that draws. The newest wins: what came in between is never drawn."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._newest: RgbaPicture | None = None
        self._number = 0

    def show(self, picture: RgbaPicture) -> None:
        """Show a picture from now on.

        Args: picture: (H, W, 4) sRGB, top row first; it must not be written to any more.
        Raises: ValueError: another shape or type.
        """
        if picture.ndim != 3 or picture.shape[2] != _RGBA or picture.dtype != np.uint8 or not picture.size:  # noqa: PLR2004 - H, W, RGBA
            raise ValueError(f"a picture is (H, W, 4) uint8, not {picture.shape} {picture.dtype}")
        self._put(picture)

    def clear(self) -> None:
        """Show nothing."""
        self._put(None)

    def newest(self) -> tuple[int, RgbaPicture | None]:
        """The picture to show, and a number that is another one for each."""
        with self._lock:
            return self._number, self._newest

    def _put(self, picture: RgbaPicture | None) -> None:
        with self._lock:
            self._newest = picture
            self._number += 1


@dataclass(frozen=True, slots=True)
class Screened:
    """Makes planes that show what comes through a feed: for the renderer in the place of a character."""

    feed: PictureFeed
    place: Place = Place()
    key: KeySettings = KeySettings()

    def __call__(self, ctx: moderngl.Context, detail: Detail) -> Plane:  # noqa: ARG002 - a picture has no mesh
        """A plane; the same at each detail."""
        return Plane(ctx, self.feed, self.place, self.key)


class Plane:
    """One picture on the graphics card; see `cast.Drawn`. Keyed once when it comes, however many views show it."""

    everywhere: Final = True

    def __init__(self, ctx: moderngl.Context, feed: PictureFeed, place: Place, key: KeySettings) -> None:
        self._ctx = ctx
        self._feed = feed
        self._place = place
        self._seen = -1
        self._picture: _Keyed | None = None
        self._shown = False
        self._key = ctx.program(vertex_shader=shader("key.vert"), fragment_shader=shader("key.frag"))
        self._key_vao = ctx.vertex_array(self._key, [])
        self._program = ctx.program(vertex_shader=shader("plane.vert"), fragment_shader=shader("plane.frag"))
        self._vao = ctx.vertex_array(self._program, [])
        put(self._key, "u_way", int(key.kind))
        for name in ("tolerance", "softness", "spill"):
            put(self._key, f"u_{name}", getattr(key, name))
        put(self._key, "u_key", key.colour)
        put(self._program, "u_centre", place.centre)
        put(self._program, "u_fade", place.fade)

    def pose(self, pose: FacePose) -> None:  # noqa: ARG002 - a picture moves by itself
        """Take the newest picture of the feed, if there is another than before."""
        number, picture = self._feed.newest()
        if number == self._seen:
            return
        self._seen = number
        self._shown = picture is not None
        if picture is not None:
            self._take(_within(picture, self._ctx.info["GL_MAX_TEXTURE_SIZE"]))

    def draw(self, camera: Camera, lines: Lines) -> None:
        """Draw into the current viewport, over what is there and behind what is nearer."""
        if self._picture is None or not self._shown:
            return
        put(self._program, "u_lines", (lines.count, lines.phase))
        put(self._program, "u_line_strength", lines.strength)
        put(self._program, "u_project", tuple(camera.matrix.T.ravel().tolist()))
        self._picture.texture.use(0)
        self._ctx.enable_only(moderngl.DEPTH_TEST | moderngl.BLEND)
        self._ctx.depth_func = "<="
        self._ctx.blend_func = moderngl.ONE, moderngl.ONE_MINUS_SRC_ALPHA
        self._vao.render(moderngl.TRIANGLE_STRIP, vertices=4)
        self._ctx.enable_only(moderngl.NOTHING)

    def release(self) -> None:
        """Give everything back; the context must be current."""
        if self._picture is not None:
            self._picture.release()
            self._picture = None
        for thing in (self._vao, self._program, self._key_vao, self._key):
            thing.release()

    def _take(self, picture: RgbaPicture) -> None:
        size = picture.shape[1], picture.shape[0]
        if self._picture is None or self._picture.size != size:
            if self._picture is not None:
                self._picture.release()
            self._picture = _Keyed(self._ctx, size)
            put(self._program, "u_size", self._place.fitted(*size))
        self._picture.begin(picture)
        self._ctx.enable_only(moderngl.NOTHING)
        self._key_vao.render(moderngl.TRIANGLES, vertices=3)
        self._picture.finish()


class _Keyed:
    """A picture as it came and as it is shown, of one size."""

    def __init__(self, ctx: moderngl.Context, size: tuple[int, int]) -> None:
        self.size = size
        self._raw = ctx.texture(size, _RGBA)
        self._raw.filter = (moderngl.NEAREST, moderngl.NEAREST)
        self.texture = ctx.texture(size, _RGBA)
        # smaller copies look better from afar; making and mixing them is half a video's frame where the processor draws
        self._copies = not draws_on_processor(ctx)
        self.texture.filter = (moderngl.LINEAR, moderngl.LINEAR)
        self.texture.repeat_x = self.texture.repeat_y = False
        self._target = ctx.framebuffer([self.texture])

    def begin(self, picture: RgbaPicture) -> None:
        # a plain upload: through a pixel buffer it took five times as long on a software rasteriser, see DECISIONS.md
        self._raw.write(np.ascontiguousarray(picture))
        self._target.use()
        self._target.viewport = (0, 0, *self.size)
        self._raw.use(0)

    def finish(self) -> None:
        if self._copies:
            self.texture.build_mipmaps()
            self.texture.filter = (moderngl.LINEAR_MIPMAP_LINEAR, moderngl.LINEAR)

    def release(self) -> None:
        for thing in (self._target, self.texture, self._raw):
            thing.release()


def _within(picture: RgbaPicture, most: int) -> RgbaPicture:
    """Every n-th pixel of a picture that is larger than the card takes."""
    step = -(-max(picture.shape[:2]) // most)
    return picture[::step, ::step]
