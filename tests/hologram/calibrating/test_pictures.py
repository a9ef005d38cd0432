"""The test pictures say what they should, also once they went through the renderer and a display mode."""

from __future__ import annotations

from collections.abc import Iterator

import moderngl
import numpy as np
import pytest
from numpy.typing import NDArray

from holo_app.domain.avatar import FacePose
from holo_app.hologram.calibrating.board import Board
from holo_app.hologram.calibrating.cards import Card
from holo_app.hologram.calibrating.lettering import lettering
from holo_app.hologram.calibrating.pictures import AMBER, CYAN, GREEN, RED, picture, view_colour
from holo_app.hologram.calibrating.stand import CardsBeside
from holo_app.hologram.cast import Sculpted
from holo_app.hologram.character import Detail
from holo_app.hologram.character_store import CharacterStore
from holo_app.hologram.gl_context import release, standalone_context
from holo_app.hologram.lightfield.mode import QuiltMode
from holo_app.hologram.lightfield.quilt import Quilt
from holo_app.hologram.modes import DisplayMode, Flat, Placed, Pyramid, Stereo
from holo_app.hologram.quality import Quality
from holo_app.hologram.renderer import Renderer, RenderSettings

Pixels = NDArray[np.uint8]
FLAT_CARDS = [card for card in Card if card not in (Card.FIGURE, Card.FOCUS)]


def test_letters_are_dots() -> None:
    ink = lettering("f", 1)
    assert ink.shape == (7, 5)
    assert ink[0].all()
    assert ink[:, 0].all()
    assert lettering("10", 3).shape == (21, 33)
    assert lettering("", 2).shape == (14, 0)
    assert (lettering("é", 1) == lettering("?", 1)).all()


@pytest.mark.parametrize("card", FLAT_CARDS)
@pytest.mark.parametrize("size", [(64, 64), (54, 96), (160, 90), (1, 1)])
def test_every_picture_fits_any_view(card: Card, size: tuple[int, int]) -> None:
    drawn = picture(card, size, 1, 2)
    assert drawn.shape == (size[1], size[0], 3)
    assert drawn.any() or max(size) == 1


@pytest.mark.parametrize("card", [Card.MIRROR, Card.ENDS, Card.EYES, Card.VIEWS])
def test_what_tells_mirrored_from_straight_is_not_the_same_in_a_mirror(card: Card) -> None:
    drawn = picture(card, (120, 120), 2, 8)
    assert (drawn != drawn[:, ::-1]).any()
    assert (drawn != drawn[::-1]).any()


def test_every_view_has_a_colour_of_its_own() -> None:
    colours = {view_colour(view, 48) for view in range(48)}
    assert len(colours) == 48


class Easel:
    """Draws whatever the board says."""

    def __init__(self, ctx: moderngl.Context, store: CharacterStore) -> None:
        self._ctx = ctx
        self.board = Board()
        settings = RenderSettings(fixed=Quality(1.0, 0, Detail.LOW))
        self.renderer = Renderer(ctx, CardsBeside(Sculpted(store), self.board), settings)

    def draw(self, size: tuple[int, int], mode: DisplayMode, card: Card) -> Pixels:
        self.board.show(mode, card)
        texture = self._ctx.texture(size, 3)
        target = self._ctx.framebuffer([texture])
        self.renderer.render(FacePose(), target, size, self.board.mode, 0.0)
        pixels = np.frombuffer(target.read(components=3, alignment=1), np.uint8).reshape(size[1], size[0], 3)[::-1]
        target.release()
        texture.release()
        return pixels


@pytest.fixture(scope="module")
def easel(store: CharacterStore) -> Iterator[Easel]:
    ctx = standalone_context()
    with ctx:
        made = Easel(ctx, store)
        yield made
        made.renderer.release()
    release(ctx)


def test_a_picture_covers_an_ordinary_screen_pixel_by_pixel(easel: Easel) -> None:
    drawn = easel.draw((90, 160), Flat(), Card.GRID)
    assert np.abs(drawn.astype(int) - picture(Card.GRID, (90, 160))).max() <= 2


def test_the_figure_comes_back_after_a_picture(easel: Easel) -> None:
    figure = easel.draw((90, 160), Flat(), Card.FIGURE)
    easel.draw((90, 160), Flat(), Card.MIRROR)
    assert (easel.draw((90, 160), Flat(), Card.FIGURE) == figure).all()
    assert not figure[:, 0].any(), "beside it all is black"


def test_a_turned_and_mirrored_screen_shows_it_turned_and_mirrored(easel: Easel) -> None:
    straight = picture(Card.MIRROR, (160, 90)).astype(int)
    drawn = easel.draw((90, 160), Flat(turn=90, mirrored=True), Card.MIRROR).astype(int)
    seen = np.rot90(drawn, -1)[:, ::-1]
    assert np.abs(seen - straight).mean() < 2


def test_a_nudged_picture_moves_by_what_was_said(easel: Easel) -> None:
    plain = easel.draw((100, 200), Flat(), Card.SAFE_AREA).astype(int)
    moved = easel.draw((100, 200), Placed(Flat(), (0.1, 0.05)), Card.SAFE_AREA).astype(int)
    assert np.abs(moved[:-10, 10:] - plain[10:, :-10]).max() <= 2
    assert not moved[:, :9].any()
    assert not moved[-9:].any()
    small = easel.draw((100, 200), Placed(Flat(), scale=0.5), Card.SAFE_AREA)
    rows, columns = np.nonzero(small.any(axis=2))
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == (50, 149, 25, 74)


def test_each_eye_gets_its_own_colour(easel: Easel) -> None:
    drawn = easel.draw((128, 72), Stereo(), Card.EYES).astype(int)
    left, right = drawn[:, :64].sum(axis=(0, 1)), drawn[:, 64:].sum(axis=(0, 1))
    assert left[0] > 2 * left[2]
    assert right[2] > 2 * right[0]


def test_each_tile_of_a_quilt_has_its_views_colour(easel: Easel) -> None:
    quilt = Quilt(4, 3, 0.75)
    drawn = easel.draw((120, 120), QuiltMode(quilt), Card.VIEWS)
    for view in range(quilt.views):
        column, row = quilt.tile(view)
        corner = drawn[120 - 40 * row - 37, 30 * column + 4].astype(int)
        assert np.abs(corner - view_colour(view, quilt.views)).max() <= 2, view


def test_every_side_of_a_pyramid_has_its_base_at_the_gap(easel: Easel) -> None:
    drawn = easel.draw((200, 200), Pyramid(gap=0.2), Card.ENDS)
    assert not drawn[81:119, 81:119].any(), "the gap is free"
    for edge in (drawn[76:81, 95:105], drawn[119:124, 95:105], drawn[95:105, 76:81], drawn[95:105, 119:124]):
        assert (np.abs(edge.reshape(-1, 3).astype(int) - CYAN).max(axis=1) < 12).any()


_BOARD_COLOURS = {"behind": AMBER, "focus": GREEN, "before": CYAN}


def _middle_of(pixels: Pixels, colour: tuple[int, int, int]) -> float:
    alike = np.abs(pixels.astype(int) - colour).max(axis=2) < 40
    return float(np.nonzero(alike)[1].mean())


def test_the_board_in_the_focus_stands_still_and_the_others_part(easel: Easel) -> None:
    quilt = Quilt(2, 1, 1.0)
    drawn = easel.draw((600, 300), QuiltMode(quilt, focus=3.0), Card.FOCUS)
    left, right = drawn[:, :300], drawn[:, 300:]
    shifts = {name: _middle_of(right, colour) - _middle_of(left, colour) for name, colour in _BOARD_COLOURS.items()}
    assert abs(shifts["focus"]) < 0.5
    assert shifts["before"] < -5 < 5 < shifts["behind"]


def test_the_edge_is_red(easel: Easel) -> None:
    drawn = easel.draw((90, 160), Flat(), Card.SAFE_AREA)
    assert (drawn[0] == RED).all()
    assert (drawn[:40, -1] == RED).all()
