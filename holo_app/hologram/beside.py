"""What floats beside the figure: a product's model, turning slowly, or its picture."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Protocol, TypeAlias

import moderngl
import numpy as np
from numpy.typing import NDArray

from holo_app.domain.avatar import FacePose
from holo_app.errors import InputError
from holo_app.hologram.avatars.document import read_limited
from holo_app.hologram.avatars.faults import FaultCode, Findings, RefusedError
from holo_app.hologram.avatars.load import Solid, load_solid
from holo_app.hologram.avatars.shape_buffers import ShapeBuffers
from holo_app.hologram.avatars.surfaces import decode_picture
from holo_app.hologram.camera import Camera
from holo_app.hologram.cast import Drawn, FigureMaker, Unbounded
from holo_app.hologram.character import Detail
from holo_app.hologram.palette import Palette
from holo_app.hologram.scene import Lines, put, shader

_PICTURES: Final = (".png", ".jpg", ".jpeg")
_GROW_S: Final = 0.5
_TURN_S: Final = 10.0  # per turn of a model
_SWAY_DEGREES: Final = 9.0  # of a picture, whose back is nothing to look at
_FIRST_DEGREES: Final = 25.0
_TILT_DEGREES: Final = 12.0
_BOB: Final = 0.22  # units
_BOB_S: Final = 5.0


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a thing floats. centre: (x, y, z) in units, before the shoulder at one's right hand. radius: room for it."""

    centre: tuple[float, float, float] = (7.0, -8.4, 6.0)
    radius: float = 3.1


@dataclass(frozen=True, slots=True)
class Sheet:
    """A picture that floats. pixels: (H, W, 4) sRGB, top row first."""

    name: str
    pixels: NDArray[np.uint8]


Thing: TypeAlias = Solid | Sheet


def load_thing(path: Path) -> Thing:
    """A product's model (.glb, .gltf) or picture (.png, .jpg). Needs no graphics; may take a moment.

    Raises: InputError: it cannot be used; one line per fault, with what to do.
    """
    if path.suffix.lower() not in _PICTURES:
        return load_solid(path)
    findings = Findings()
    try:
        pixels = decode_picture(read_limited(path, FaultCode.UNREADABLE), path.name, findings)
    except RefusedError as refused:
        raise InputError(
            f"the product's picture {path.name} cannot be used", [f"{refused}. {refused.fault.fix}"]
        ) from None
    return Sheet(path.name, pixels)


class Showcase:
    """What is shown beside the figure now. Used in the thread that draws; what it shows is loaded elsewhere beforehand.

    clock: seconds, monotonic.
    """

    def __init__(self, clock: Callable[[], float], spot: Spot | None = None) -> None:
        self._clock = clock
        self._since_s = 0.0
        self.spot = spot or Spot()
        self.thing: Thing | None = None

    def show(self, thing: Thing | None, *, already_s: float = 0.0) -> None:
        """Show a thing, or nothing. already_s: as if it had come so long ago, for a picture of it."""
        if thing is not self.thing:
            self.thing = thing
            self._since_s = self._clock() - already_s

    @property
    def age_s(self) -> float:
        """How long the thing has been shown."""
        return max(self._clock() - self._since_s, 0.0)


@dataclass(frozen=True, slots=True)
class Accompanied:
    """Makes figures with a showcase beside them: a `cast.FigureMaker`."""

    figures: FigureMaker
    showcase: Showcase
    palette: Palette = field(default_factory=Palette)

    def __call__(self, ctx: moderngl.Context, detail: Detail) -> Drawn:
        """The figure, and what the showcase will show."""
        return _Company(ctx, self.figures(ctx, detail), self.showcase, self.palette)


class _DrawnThing(Protocol):
    def place(self, showcase: Showcase) -> None: ...

    def draw(self, camera: Camera, lines: Lines) -> None: ...

    def release(self) -> None: ...


class _Company:
    """A figure and the thing beside it; a `cast.Drawn`."""

    def __init__(self, ctx: moderngl.Context, figure: Drawn, showcase: Showcase, palette: Palette) -> None:
        self._ctx = ctx
        self._figure = figure
        self._showcase = showcase
        self._palette = palette
        self._shown: tuple[Thing, _DrawnThing] | None = None

    @property
    def everywhere(self) -> bool:
        """A thing stands outside what our own figure reaches."""
        return self._showcase.thing is not None or (isinstance(self._figure, Unbounded) and self._figure.everywhere)

    def pose(self, pose: FacePose) -> None:
        self._figure.pose(pose)
        wanted = self._showcase.thing
        if self._shown is not None and self._shown[0] is not wanted:
            self._drop()
        if self._shown is None and wanted is not None:
            made: _DrawnThing = (
                _DrawnSolid(self._ctx, wanted, self._palette)
                if isinstance(wanted, Solid)
                else _DrawnSheet(self._ctx, wanted, self._palette)
            )
            self._shown = wanted, made
        if self._shown is not None:
            self._shown[1].place(self._showcase)

    def draw(self, camera: Camera, lines: Lines) -> None:
        self._figure.draw(camera, lines)
        if self._shown is not None:
            self._shown[1].draw(camera, lines)

    def release(self) -> None:
        self._drop()
        self._figure.release()

    def _drop(self) -> None:
        if self._shown is not None:
            self._shown[1].release()
            self._shown = None


class _DrawnSolid:
    def __init__(self, ctx: moderngl.Context, solid: Solid, palette: Palette) -> None:
        self._buffers = ShapeBuffers(ctx, solid.shape, bones=len(solid.matrices), palette=palette)
        self._buffers.hold(solid.matrices)

    def place(self, showcase: Showcase) -> None:
        degrees = _FIRST_DEGREES + 360.0 * showcase.age_s / _TURN_S
        self._buffers.turn_to(placed(showcase.spot, showcase.age_s, degrees, _TILT_DEGREES))

    def draw(self, camera: Camera, lines: Lines) -> None:
        self._buffers.draw(camera, lines)

    def release(self) -> None:
        self._buffers.release()


class _DrawnSheet:
    def __init__(self, ctx: moderngl.Context, sheet: Sheet, palette: Palette) -> None:
        self._ctx = ctx
        height, width = sheet.pixels.shape[:2]
        diagonal = math.hypot(width, height)
        self._half = (width / diagonal, height / diagonal)
        self._program = ctx.program(vertex_shader=shader("picture.vert"), fragment_shader=shader("picture.frag"))
        self._picture = ctx.texture((width, height), 4, np.ascontiguousarray(sheet.pixels).tobytes())
        self._picture.build_mipmaps()
        self._picture.filter = (moderngl.LINEAR_MIPMAP_LINEAR, moderngl.LINEAR)
        self._picture.repeat_x = self._picture.repeat_y = False
        corners = np.array([[-1, -1], [1, -1], [-1, 1], [1, 1]], "f4")
        self._corners = ctx.buffer(corners.tobytes())
        self._vao = ctx.vertex_array(self._program, [(self._corners, "2f", "in_place")])
        put(self._program, "u_rim", palette.rim)

    def place(self, showcase: Showcase) -> None:
        sway = _SWAY_DEGREES * math.sin(2 * math.pi * showcase.age_s / _TURN_S)
        place = placed(showcase.spot, showcase.age_s, sway - _SWAY_DEGREES, 0.0)
        place[:3, 0] *= self._half[0]
        place[:3, 1] *= self._half[1]
        put(self._program, "u_place", tuple(place.T.ravel().tolist()))
        put(self._program, "u_half", tuple(showcase.spot.radius * half for half in self._half))

    def draw(self, camera: Camera, lines: Lines) -> None:
        put(self._program, "u_lines", (lines.count, lines.phase))
        put(self._program, "u_line_strength", lines.strength)
        put(self._program, "u_project", tuple(camera.matrix.T.ravel().tolist()))
        put(self._program, "u_picture", 0)
        self._picture.use(0)
        self._ctx.enable_only(moderngl.DEPTH_TEST | moderngl.BLEND)
        self._ctx.depth_func = "<="
        self._ctx.blend_func = moderngl.SRC_ALPHA, moderngl.ONE_MINUS_SRC_ALPHA
        self._vao.render(moderngl.TRIANGLE_STRIP)
        self._ctx.enable_only(moderngl.NOTHING)

    def release(self) -> None:
        for thing in (self._vao, self._program, self._corners, self._picture):
            thing.release()


def placed(spot: Spot, age_s: float, degrees: float, tilt: float) -> NDArray[np.float32]:
    """Where a thing of radius 1 stands (4, 4): grown since it came, turned about its height, tilted towards the viewer."""
    share = min(age_s / _GROW_S, 1.0)
    size = spot.radius * max(share * share * (3 - 2 * share), 1e-3)
    a, b = math.radians(degrees), math.radians(tilt)
    turn = np.array([[math.cos(a), 0, math.sin(a)], [0, 1, 0], [-math.sin(a), 0, math.cos(a)]])
    lean = np.array([[1, 0, 0], [0, math.cos(b), -math.sin(b)], [0, math.sin(b), math.cos(b)]])
    made = np.eye(4, dtype=np.float32)
    made[:3, :3] = size * (lean @ turn)
    made[:3, 3] = spot.centre
    made[1, 3] += _BOB * math.sin(2 * math.pi * age_s / _BOB_S)
    return made
