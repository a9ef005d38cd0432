"""A quilt as it is drawn: where bright dots before, in and behind the plane of focus come to lie in each of its tiles."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, TypeAlias

import moderngl
import numpy as np
import pytest
from numpy.typing import NDArray

from holo_app.domain.avatar import FacePose
from holo_app.hologram.gl_context import release, standalone_context
from holo_app.hologram.lightfield.mode import QuiltMode
from holo_app.hologram.lightfield.quilt import Quilt
from holo_app.hologram.renderer import Renderer, RenderSettings
from holo_app.hologram.snapshot import BEST

if TYPE_CHECKING:
    from holo_app.hologram.camera import Camera
    from holo_app.hologram.character import Detail
    from holo_app.hologram.scene import Lines

MODE = QuiltMode(Quilt(8, 6, 0.75))
SIZE = (3360, 3360)
TILE = (420, 560)
# (across, up): a column of its own for each, so that no dot crosses another's way
IN_FOCUS, NEARER, FARTHER = (0.0, 8.0), (0.0, 1.0), (0.0, -7.0)
REACH_PX = 70
Path: TypeAlias = NDArray[np.float64]

VERTEX = """
#version 330
uniform mat4 u_project; uniform vec3 u_place; in vec2 in_corner; out vec2 v_corner;
void main() { v_corner = in_corner; gl_Position = u_project * vec4(u_place + vec3(in_corner, 0.0), 1.0); }
"""
FRAGMENT = """
#version 330
in vec2 v_corner; out vec4 colour;
void main() { colour = vec4(vec3(smoothstep(1.0, 0.6, length(v_corner))), 1.0); }
"""


class Dots:
    """Soft discs, a unit in radius, at places of the scene."""

    def __init__(self, ctx: moderngl.Context, places: Sequence[tuple[float, float, float]]) -> None:
        self._places = places
        self._program = ctx.program(vertex_shader=VERTEX, fragment_shader=FRAGMENT)
        corners = np.array([(-1, -1), (1, -1), (-1, 1), (1, 1)], "f4")
        self._corners = ctx.buffer(corners.tobytes())
        self._vao = ctx.vertex_array(self._program, [(self._corners, "2f", "in_corner")])

    def pose(self, pose: FacePose) -> None:
        """They have no face."""

    def draw(self, camera: Camera, lines: Lines) -> None:
        self._program["u_project"] = tuple(camera.matrix.T.ravel().tolist())
        for place in self._places:
            self._program["u_place"] = place
            self._vao.render(moderngl.TRIANGLE_STRIP)

    def release(self) -> None:
        for thing in (self._vao, self._corners, self._program):
            thing.release()


@pytest.fixture(scope="module")
def tiles() -> Iterator[NDArray[np.uint8]]:
    """(views, height, width), the first row at the top."""
    depths = ((*IN_FOCUS, MODE.focus), (*NEARER, MODE.focus + 4), (*FARTHER, MODE.focus - 4))

    def dots(ctx: moderngl.Context, detail: Detail) -> Dots:
        return Dots(ctx, depths)

    ctx = standalone_context()
    renderer = Renderer(ctx, dots, RenderSettings(fixed=BEST))
    texture = ctx.texture(SIZE, 3)
    target = ctx.framebuffer([texture])
    renderer.render(FacePose(), target, SIZE, MODE, 0.0)
    picture = np.frombuffer(target.read(components=3), np.uint8).reshape(*SIZE[::-1], 3)[..., 0]
    rows = picture.reshape(6, TILE[1], 8, TILE[0]).swapaxes(1, 2).reshape(48, TILE[1], TILE[0])
    yield rows[:, ::-1]
    for thing in (target, texture, renderer):
        thing.release()
    release(ctx)


def paths(tiles: NDArray[np.uint8], place: tuple[float, float]) -> tuple[Path, Path]:
    """Across and down in pixels, by view: the middle of the light near where the dot's height is."""
    middle = MODE.plan(SIZE).views[24].camera.matrix @ np.array([*place, MODE.focus, 1.0])
    row = round((1 - middle[1] / middle[3]) / 2 * TILE[1])
    band = tiles[:, row - REACH_PX : row + REACH_PX].astype(float)
    light = band.sum(axis=(1, 2))
    across = (band * np.arange(TILE[0])).sum(axis=(1, 2)) / light
    down = (band * np.arange(band.shape[1])[:, None]).sum(axis=(1, 2)) / light
    return across, down


def test_a_dot_in_focus_stands_still_in_every_view(tiles: NDArray[np.uint8]) -> None:
    across, down = paths(tiles, IN_FOCUS)
    assert np.ptp(across) <= 0.1
    assert np.ptp(down) <= 0.1


@pytest.mark.parametrize("place", [NEARER, FARTHER])
def test_no_dot_moves_up_or_down(tiles: NDArray[np.uint8], place: tuple[float, float]) -> None:
    _, down = paths(tiles, place)
    assert np.ptp(down) <= 0.1


def test_from_the_first_view_to_the_last_near_dots_go_left_and_far_ones_right(tiles: NDArray[np.uint8]) -> None:
    assert np.all(np.diff(paths(tiles, NEARER)[0]) < 0)
    assert np.all(np.diff(paths(tiles, FARTHER)[0]) > 0)
