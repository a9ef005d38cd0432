"""A cloud avatar's pictures in the place of the local figure, on each display, and the figure again when they end."""

from __future__ import annotations

import moderngl
import numpy as np
import pytest
from numpy.typing import NDArray

from holo_app.domain.avatar import FacePose
from holo_app.hologram.cast import Unbounded
from holo_app.hologram.character import Detail
from holo_app.hologram.lightfield.mode import QuiltMode
from holo_app.hologram.lightfield.quilt import Quilt
from holo_app.hologram.modes import Disc, DisplayMode, Flat, Pyramid, Size, Stereo
from holo_app.hologram.plane import KeyKind, PictureFeed, Screened
from holo_app.hologram.quality import Quality
from holo_app.hologram.renderer import Renderer, RenderSettings
from holo_app.hologram.transmission import Transmission, backdrop_key, stage_picture
from tests.hologram.test_plane import ctx, current  # noqa: F401 - fixtures

PLAIN = RenderSettings(fixed=Quality(1.0, 0, Detail.LOW), scan_lines=0.0)
FIGURE, AVATAR = (255, 0, 0, 255), (0, 0, 255, 255)
MODES = [Flat(), Pyramid(), Stereo(), Disc(), QuiltMode(Quilt(3, 2, 0.75))]


def _picture(colour: tuple[int, int, int, int]) -> NDArray[np.uint8]:
    return np.full((40, 32, 4), colour, np.uint8)


class Stage:
    """A renderer whose local figure is a red plane."""

    def __init__(self, ctx: moderngl.Context) -> None:  # noqa: F811 - not the fixture
        self._ctx = ctx
        local, self.feed = PictureFeed(), PictureFeed()
        local.show(_picture(FIGURE))
        self.maker = Transmission(Screened(local), Screened(self.feed))
        self._rest = ctx.framebuffer([ctx.renderbuffer((1, 1))])
        self.renderer = Renderer(ctx, self.maker, PLAIN)

    def colours(self, mode: DisplayMode, size: Size = (160, 200)) -> tuple[int, int]:
        """How much of the picture is the figure's, and the avatar's."""
        texture = self._ctx.texture(size, 3)
        target = self._ctx.framebuffer([texture])
        self.renderer.render(FacePose(), target, size, mode, 0.0)
        pixels = np.frombuffer(target.read(components=3, alignment=1), np.uint8).reshape(-1, 3)
        self._rest.use()
        target.release()
        texture.release()
        return int((pixels[:, 0] > 200).sum()), int((pixels[:, 2] > 200).sum())


@pytest.mark.parametrize("mode", MODES, ids=lambda mode: type(mode).__name__)
def test_it_takes_the_figures_place_and_gives_it_back(current: moderngl.Context, mode: DisplayMode) -> None:  # noqa: F811
    stage = Stage(current)
    figure, avatar = stage.colours(mode)
    assert figure > 100
    assert avatar == 0
    stage.feed.show(_picture(AVATAR))
    figure, avatar = stage.colours(mode)
    assert figure == 0
    assert avatar > 100
    stage.feed.clear()
    assert stage.colours(mode)[0] > 100
    stage.renderer.release()


def test_it_may_fill_the_view(current: moderngl.Context) -> None:  # noqa: F811
    drawn = Stage(current).maker(current, Detail.LOW)
    assert isinstance(drawn, Unbounded)
    assert drawn.everywhere
    drawn.release()


def test_what_is_at_the_sides_of_a_wide_picture_is_left_away() -> None:
    wide = np.zeros((10, 40, 4), np.uint8)
    wide[:, 16:24] = 255
    shown = stage_picture(wide.tobytes(), (40, 10))
    assert shown.shape == (10, 8, 4)
    assert shown.min() == 255
    assert stage_picture(bytes(4 * 6 * 20), (6, 20)).shape == (20, 6, 4)


def test_backdrops_have_names() -> None:
    assert backdrop_key("green").kind is KeyKind.CHROMA
    assert backdrop_key("blue").colour == (0.0, 0.0, 1.0)
    assert backdrop_key("none").kind is KeyKind.NONE
