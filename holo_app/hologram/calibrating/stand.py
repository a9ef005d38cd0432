"""The test pictures on the graphics card, drawn by the same renderer and for the same views as the figure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

import moderngl
import numpy as np

from holo_app.hologram.calibrating.board import Board
from holo_app.hologram.calibrating.cards import Card
from holo_app.hologram.calibrating.pictures import AMBER, CYAN, GREEN, Colour, Pixels, Sheet, picture
from holo_app.hologram.cast import Drawn, FigureMaker, Unbounded
from holo_app.hologram.scene import Lines, put, shader

if TYPE_CHECKING:
    from holo_app.domain.avatar import FacePose
    from holo_app.hologram.camera import Camera
    from holo_app.hologram.character import Detail

Quad: TypeAlias = tuple[float, float, float, float]

_LARGEST: Final = 2048
_EACH_VIEW: Final = frozenset({Card.EYES, Card.VIEWS})
_WHOLE: Final[Quad] = (-1.0, -1.0, 1.0, 1.0)
# boards in the room, the farthest first: where they stand beside the middle, how far before the display's plane, what they say
_BOARDS: Final[tuple[tuple[float, float, str, Colour], ...]] = (
    (-8.5, -5.0, "-", AMBER),
    (0.0, 0.0, "0", GREEN),
    (8.5, 5.0, "+", CYAN),
)
_BOARD_EDGE: Final = 7.5
_BOARD_HEIGHT: Final = -2.0
_BOARD_PIXELS: Final = 256


@dataclass(frozen=True, slots=True)
class CardsBeside:
    """Makes figures that step aside for a test picture. board: says when."""

    figures: FigureMaker
    board: Board

    def __call__(self, ctx: moderngl.Context, detail: Detail) -> Drawn:
        """The figure at this detail, and the pictures."""
        return CardStand(ctx, self.figures(ctx, detail), self.board)


class CardStand:
    """Figure or test picture, as the board says. Between two poses each call to `draw` is the next view of the same frame."""

    def __init__(self, ctx: moderngl.Context, figure: Drawn, board: Board) -> None:
        self._ctx = ctx
        self._figure = figure
        self._board = board
        self._view = 0
        self._program = ctx.program(vertex_shader=shader("place.vert"), fragment_shader=shader("place.frag"))
        self._corners = ctx.buffer(reserve=6 * 16, dynamic=True)
        self._quad = ctx.vertex_array(self._program, [(self._corners, "2f 2f", "in_place", "in_uv")])
        self._textures: dict[tuple[object, ...], moderngl.Texture] = {}
        self._kept: tuple[object, ...] = ()

    @property
    def everywhere(self) -> bool:
        """Test pictures fill the view: `cast.Unbounded`."""
        figure = self._figure
        return self._board.card is not Card.FIGURE or (isinstance(figure, Unbounded) and figure.everywhere)

    def pose(self, pose: FacePose) -> None:
        """A new frame begins."""
        self._view = 0
        if self._board.card is Card.FIGURE:
            self._figure.pose(pose)

    def draw(self, camera: Camera, lines: Lines) -> None:
        """The next view."""
        card, view = self._board.card, self._view
        self._view += 1
        if card is Card.FIGURE:
            self._figure.draw(camera, lines)
            return
        self._ctx.enable_only(moderngl.NOTHING)
        if card is Card.FOCUS:
            self._draw_boards(camera)
        else:
            size = self._size(camera)
            self._forget_others((card, size, self._board.views))
            self._show(self._texture((card, size, view), card, size, view), _WHOLE)

    def release(self) -> None:
        """Give everything back; the context must be current."""
        self._forget_others(())
        for thing in (self._quad, self._program, self._corners):
            thing.release()
        self._figure.release()

    def _draw_boards(self, camera: Camera) -> None:
        self._forget_others((Card.FOCUS,))
        for beside, before, text, colour in _BOARDS:
            key = (Card.FOCUS, text)
            if key not in self._textures:
                self._textures[key] = self._uploaded(_board(text, colour))
            self._show(self._textures[key], _seen(camera, beside, self._board.focus + before))

    def _size(self, camera: Camera) -> tuple[int, int]:
        """As many rows as the view has pixels, and as many columns as make its picture's pixels square where it is seen."""
        rows = min(max(self._ctx.viewport[3], 1), _LARGEST)
        aspect = abs(float(camera.matrix[1, 1] / camera.matrix[0, 0]))
        return min(max(round(rows * aspect), 1), _LARGEST), rows

    def _texture(self, key: tuple[object, ...], card: Card, size: tuple[int, int], view: int) -> moderngl.Texture:
        if card not in _EACH_VIEW:
            key = (card, size, 0)
        if key not in self._textures:
            self._textures[key] = self._uploaded(picture(card, size, view, self._board.views))
        return self._textures[key]

    def _uploaded(self, pixels: Pixels) -> moderngl.Texture:
        height, width, _ = pixels.shape
        texture = self._ctx.texture((width, height), 3, np.ascontiguousarray(pixels[::-1]).tobytes(), alignment=1)
        texture.filter = (moderngl.LINEAR, moderngl.LINEAR)
        texture.repeat_x = texture.repeat_y = False
        return texture

    def _forget_others(self, wanted: tuple[object, ...]) -> None:
        """Keep the pictures of one card and size only."""
        if wanted == self._kept:
            return
        self._kept = wanted
        for texture in self._textures.values():
            texture.release()
        self._textures.clear()

    def _show(self, texture: moderngl.Texture, quad: Quad) -> None:
        x0, y0, x1, y1 = quad
        lower, upper = ((x0, y0, 0, 0), (x1, y0, 1, 0)), ((x0, y1, 0, 1), (x1, y1, 1, 1))
        corners = (lower[0], lower[1], upper[1], lower[0], upper[1], upper[0])
        self._corners.write(np.array(corners, "f4"))
        texture.use(0)
        put(self._program, "u_picture", 0)
        self._quad.render(moderngl.TRIANGLES, vertices=6)


def _seen(camera: Camera, beside: float, depth: float) -> Quad:
    """Where a board in the room is in the view: it stands parallel to the picture, so that it stays a rectangle."""
    half = _BOARD_EDGE / 2
    ends = []
    for side in (-half, half):
        x, y, _, w = camera.matrix.astype(float) @ np.array([beside + side, _BOARD_HEIGHT + side, depth, 1.0])
        ends.append((x / w, y / w))
    return (*ends[0], *ends[1])


def _board(text: str, colour: Colour) -> Pixels:
    sheet = Sheet(_BOARD_PIXELS, _BOARD_PIXELS)
    sheet.box(0.0, 0.0, 1.0, 1.0, (10, 18, 28))
    for stripe in range(24):  # fine lines: what is out of focus runs together
        if stripe % 2 == 0:
            sheet.box(0.1 + stripe / 30, 0.7, 0.1 + (stripe + 1) / 30, 0.92, colour)
    sheet.words(text, (0.5, 0.38), 0.42, colour)
    sheet.frame(0.0, colour, 4)
    return sheet.pixels
