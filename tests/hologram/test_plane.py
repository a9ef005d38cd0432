"""Pictures in the scene: keyed, in their place, on every display, and handed over between threads."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import moderngl
import numpy as np
import pytest
from numpy.typing import NDArray

from holo_app.domain.avatar import FacePose
from holo_app.hologram.camera import frame
from holo_app.hologram.character import Detail
from holo_app.hologram.gl_context import release, standalone_context
from holo_app.hologram.lightfield.mode import QuiltMode
from holo_app.hologram.lightfield.quilt import Quilt
from holo_app.hologram.modes import Disc, DisplayMode, Flat, Margins, Pyramid, Size, Stereo
from holo_app.hologram.plane import KeyKind, KeySettings, PictureFeed, Place, Screened
from holo_app.hologram.quality import Quality
from holo_app.hologram.renderer import Renderer, RenderSettings

Picture = NDArray[np.uint8]
GREEN, RED, WHITE, SKIN = (0, 255, 0, 255), (255, 0, 0, 255), (255, 255, 255, 255), (205, 150, 125, 255)
CHROMA = KeySettings(KeyKind.CHROMA)
PLAIN = RenderSettings(fixed=Quality(1.0, 0, Detail.LOW), scan_lines=0.0)


@pytest.fixture(scope="module")
def ctx() -> Iterator[moderngl.Context]:
    ctx = standalone_context()
    yield ctx
    release(ctx)


@pytest.fixture
def current(ctx: moderngl.Context) -> Iterator[moderngl.Context]:
    with ctx:
        yield ctx


def _one_colour(colour: tuple[int, int, int, int], width: int = 40, height: int = 40) -> Picture:
    return np.full((height, width, 4), colour, np.uint8)


def _on_green(colour: tuple[int, int, int, int]) -> Picture:
    """A disc before a green backdrop, its edge mixed as a camera's would be."""
    y, x = np.mgrid[:160, :160] - 79.5
    share = np.clip(40.0 - np.hypot(x, y), 0, 4)[..., None] / 4
    mixed: Picture = (np.array(colour) * share + np.array(GREEN) * (1 - share)).astype(np.uint8)
    return mixed


class Screen:
    """A renderer whose figure is a plane."""

    def __init__(self, ctx: moderngl.Context, key: KeySettings | None = None, place: Place | None = None) -> None:
        self._ctx = ctx
        self.feed = PictureFeed()
        self._rest = ctx.framebuffer([ctx.renderbuffer((1, 1))])
        self.renderer = Renderer(ctx, Screened(self.feed, place or Place(), key or KeySettings()), PLAIN)

    def shot(self, size: Size = (160, 200), mode: DisplayMode | None = None) -> NDArray[np.int64]:
        texture = self._ctx.texture(size, 3)
        target = self._ctx.framebuffer([texture])
        self.renderer.render(FacePose(), target, size, mode or Flat(), 0.0)
        pixels = np.frombuffer(target.read(components=3, alignment=1), np.uint8).reshape(size[1], size[0], 3)[::-1]
        self._rest.use()  # a framebuffer that goes while it is bound is bound again by moderngl, which is an error
        target.release()
        texture.release()
        return pixels.astype(int)


def test_nothing_is_drawn_before_the_first_picture_and_after_the_last(current: moderngl.Context) -> None:
    screen = Screen(current)
    assert screen.shot().max() == 0
    screen.feed.show(_one_colour(RED))
    assert screen.shot().max() == 255
    screen.feed.clear()
    assert screen.shot().max() == 0
    screen.renderer.release()


def test_a_keyed_backdrop_vanishes_and_the_figure_keeps_its_colour(current: moderngl.Context) -> None:
    for colour in (WHITE, RED, SKIN, (20, 20, 25, 255), (40, 60, 200, 255)):
        screen = Screen(current, CHROMA)
        screen.feed.show(_on_green(colour))
        seen = screen.shot()
        centre = seen[_row(seen)]
        assert np.abs(centre - np.array(colour[:3])).max() <= 6, colour
        assert seen[:, :8].max() == seen[:, -8:].max() == 0
        screen.renderer.release()


def _row(seen: NDArray[np.int64]) -> tuple[int, int]:
    matrix = frame(seen.shape[1] / seen.shape[0]).matrix.astype(float)
    x, y, _, w = matrix @ np.array([*Place().centre, 1.0])
    return round(seen.shape[0] * (1 - y / w) / 2), round(seen.shape[1] * (x / w + 1) / 2)


def test_keyed_edges_are_soft_and_hold_no_green(current: moderngl.Context) -> None:
    screen = Screen(current, CHROMA)
    screen.feed.show(_on_green(WHITE))
    seen = screen.shot((320, 400))
    row = seen[_row(seen)[0]]
    between = row[(row.max(axis=1) > 15) & (row.max(axis=1) < 240)]
    assert len(between) >= 4, "the edge is a ramp"
    assert (seen[..., 1] - seen[..., 0]).max() <= 8, "nothing of the backdrop's light is left"
    screen.renderer.release()


def test_shadows_on_the_backdrop_vanish_too(current: moderngl.Context) -> None:
    screen = Screen(current, CHROMA)
    screen.feed.show(_one_colour((10, 180, 30, 255)))
    assert screen.shot().max() <= 3
    screen.renderer.release()


def test_any_colour_can_be_the_backdrop(current: moderngl.Context) -> None:
    screen = Screen(current, KeySettings(KeyKind.CHROMA, (0.0, 0.0, 1.0)))
    screen.feed.show(_one_colour((0, 0, 255, 255)))
    assert screen.shot().max() == 0
    screen.feed.show(_one_colour(GREEN))
    assert screen.shot().max() == 255
    screen.renderer.release()


@pytest.mark.parametrize(
    ("kind", "pixel", "shown"),
    [
        (KeyKind.NONE, (200, 100, 50, 0), (200, 100, 50)),
        (KeyKind.STRAIGHT_ALPHA, (200, 100, 50, 128), (100, 50, 25)),
        (KeyKind.STRAIGHT_ALPHA, (200, 100, 50, 0), (0, 0, 0)),
        (KeyKind.PREMULTIPLIED_ALPHA, (100, 50, 25, 128), (100, 50, 25)),
        (KeyKind.PREMULTIPLIED_ALPHA, (0, 0, 0, 0), (0, 0, 0)),
    ],
)
def test_alpha_counts_as_told(
    current: moderngl.Context, kind: KeyKind, pixel: tuple[int, int, int, int], shown: tuple[int, int, int]
) -> None:
    screen = Screen(current, KeySettings(kind))
    screen.feed.show(_one_colour(pixel))
    seen = screen.shot()
    assert np.abs(seen[_row(seen)] - np.array(shown)).max() <= 2
    screen.renderer.release()


def test_the_picture_keeps_its_shape_and_stands_upright(current: moderngl.Context) -> None:
    screen = Screen(current, place=Place(size=(20.0, 20.0)))
    for width, height in ((80, 40), (40, 80), (50, 50), (3, 1)):
        picture = _one_colour(RED, width, height)
        picture[: height // 2] = WHITE
        picture[:, : width // 2, 2] = 255
        screen.feed.show(picture)
        seen = screen.shot((300, 400)).max(axis=2) > 100
        rows, columns = (np.nonzero(seen.any(axis=axis))[0] for axis in (1, 0))
        assert np.ptp(columns) + 1 == pytest.approx((np.ptp(rows) + 1) * width / height, abs=3)
    screen.feed.show(np.concatenate([_one_colour(WHITE, 40, 20), _one_colour(RED, 40, 20)]))
    lit = screen.shot((300, 400))
    upper, lower = lit[..., 1] > 128, (lit[..., 0] > 128) & (lit[..., 1] < 128)
    assert np.nonzero(upper)[0].max() < np.nonzero(lower)[0].min() + 2
    screen.renderer.release()


def test_the_lower_edge_can_dissolve(current: moderngl.Context) -> None:
    screen = Screen(current, place=Place(fade=0.5))
    screen.feed.show(_one_colour(WHITE))
    column = screen.shot((200, 260))[:, 100, 0]
    lit = np.nonzero(column > 2)[0]
    assert column[lit[0] + 5] > 250
    assert column[lit[-1]] < 30
    assert np.all(np.diff(column[lit[-1] - 30 : lit[-1]]) <= 0)
    screen.renderer.release()


ALL_MODES: list[DisplayMode] = [
    Flat(),
    Flat(turn=90, mirrored=True),
    Pyramid(),
    Pyramid(3, "out"),
    Stereo(),
    Disc(),
    Margins(),
    QuiltMode(Quilt(3, 2, 0.75)),
]


@pytest.mark.parametrize("mode", ALL_MODES, ids=str)
def test_every_display_shows_it(current: moderngl.Context, mode: DisplayMode) -> None:
    screen = Screen(current)
    screen.feed.show(_one_colour(WHITE))
    assert 0.05 < (screen.shot((180, 180), mode).max(axis=2) > 128).mean() < 0.95
    screen.renderer.release()


def test_a_flat_screen_cuts_nothing_off(current: moderngl.Context) -> None:
    """The sculpted figure's reach is narrower at the top and the bottom than a picture is."""
    screen = Screen(current, place=Place((0.0, -3.0, 0.0), (24.0, 24.0)))
    screen.feed.show(_one_colour(WHITE))
    lit = screen.shot((240, 300)).max(axis=2) > 128
    rows, columns = np.nonzero(lit.any(axis=1))[0], np.nonzero(lit.any(axis=0))[0]
    assert lit[rows[0] + 1 : rows[-1], columns[0] + 1 : columns[-1]].all()
    screen.renderer.release()


@pytest.mark.parametrize(("depth", "moves"), [(4.0, 0), (8.0, -1), (0.0, 1)])
def test_a_quilt_shows_it_at_its_depth(current: moderngl.Context, depth: float, moves: int) -> None:
    """At the plane of focus it stands in the same place in all views; nearer, it moves against the eye."""
    columns, tile = 5, 160
    screen = Screen(current, place=Place((0.0, -3.0, depth), (10.0, 10.0)))
    screen.feed.show(_one_colour(WHITE))
    quilt = screen.shot((columns * tile, tile), QuiltMode(Quilt(columns, 1, 1.0)))[..., 0]
    light = quilt.reshape(tile, columns, tile).astype(float).sum(axis=0)
    middles = (light * np.arange(tile)).sum(axis=1) / light.sum(axis=1)
    steps = np.diff(middles)
    if moves == 0:
        assert np.ptp(middles) < 0.3
    else:
        assert np.all(steps * moves > 1.0)
    screen.renderer.release()


def test_sizes_may_change_and_the_newest_picture_wins(current: moderngl.Context) -> None:
    screen = Screen(current)
    for shape in ((30, 50), (64, 64), (7, 3)):
        screen.feed.show(_one_colour(GREEN, *shape))
        screen.feed.show(_one_colour(RED, *shape))
        seen = screen.shot()
        assert tuple(seen[_row(seen)]) == (255, 0, 0)
    assert current.error == "GL_NO_ERROR"
    screen.renderer.release()


def test_pictures_come_from_any_thread(current: moderngl.Context) -> None:
    screen = Screen(current)
    shades = range(0, 250, 10)
    threads = [threading.Thread(target=screen.feed.show, args=(_one_colour((s, s, s, 255)),)) for s in shades]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    screen.feed.show(_one_colour(WHITE))
    assert screen.shot().max() == 255
    assert screen.feed.newest()[0] == len(shades) + 1
    screen.renderer.release()


@pytest.mark.parametrize(
    "picture",
    [
        np.zeros((4, 4, 3), np.uint8),
        np.zeros((4, 4, 4), np.float32),
        np.zeros((0, 4, 4), np.uint8),
        np.zeros(4, np.uint8),
    ],
    ids=lambda picture: f"{picture.shape} {picture.dtype}",
)
def test_other_arrays_are_refused_where_they_are_given(picture: Picture) -> None:
    with pytest.raises(ValueError, match=r"\(H, W, 4\) uint8"):
        PictureFeed().show(picture)


def test_impossible_keys_are_refused() -> None:
    with pytest.raises(ValueError, match="0 to 1"):
        KeySettings(KeyKind.CHROMA, tolerance=1.5)
    with pytest.raises(ValueError, match="grey"):
        KeySettings(KeyKind.CHROMA, (0.5, 0.5, 0.5))
