from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import moderngl
import numpy as np
import pytest

from holo_app.domain.avatar import Expression, FacePose
from holo_app.domain.speech import Viseme
from holo_app.errors import DeviceError
from holo_app.hologram.cast import Sculpted
from holo_app.hologram.character import Detail
from holo_app.hologram.character_store import CharacterStore
from holo_app.hologram.expressions import expressive
from holo_app.hologram.frame_timer import QueryTimer, WaitingTimer
from holo_app.hologram.gl_context import current_context, release, standalone_context
from holo_app.hologram.looks import DUSK
from holo_app.hologram.modes import Flat, Pyramid
from holo_app.hologram.palette import Material, Palette
from holo_app.hologram.plane import KeySettings, PictureFeed, Place, Plane, Screened
from holo_app.hologram.png import encode_png
from holo_app.hologram.quality import LADDER, Quality
from holo_app.hologram.renderer import Renderer, RenderSettings
from holo_app.hologram.snapshot import Studio

SIZE = (120, 160)


@pytest.fixture
def ctx() -> Iterator[moderngl.Context]:
    ctx = standalone_context()
    yield ctx
    release(ctx)


def _pixels(target: moderngl.Framebuffer) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    return np.frombuffer(target.read(components=3, alignment=1), np.uint8).reshape(SIZE[1], SIZE[0], 3)


def _target(ctx: moderngl.Context) -> moderngl.Framebuffer:
    return ctx.framebuffer([ctx.texture(SIZE, 4)])


def test_it_draws_into_the_framebuffer_that_is_bound(ctx: moderngl.Context, store: CharacterStore) -> None:
    renderer = Renderer(current_context(), Sculpted(store))
    target = _target(ctx)
    target.use()
    target.clear()
    renderer.place(SIZE)
    assert _pixels(target).max() == 0, "nothing has been drawn yet"
    renderer.draw(FacePose(), SIZE, Flat(), 0.0)
    target.use()
    renderer.place(SIZE)
    pixels = _pixels(target)
    assert (pixels[:4] == 0).all()
    assert pixels.max() > 150
    assert renderer.frame_ms > 0
    renderer.release()
    assert ctx.error == "GL_NO_ERROR"


def test_it_leaves_a_clean_state_behind(ctx: moderngl.Context, store: CharacterStore) -> None:
    """A guest's triangle without depth, blended by nobody, must come out whole after our frame."""
    renderer = Renderer(ctx, Sculpted(store))
    target = _target(ctx)
    target.use()
    renderer.draw(FacePose(blink=0.4), SIZE, Pyramid(), 0.0)
    target.use()
    renderer.place(SIZE)
    program = ctx.program(
        vertex_shader="#version 330\nin vec2 p; void main() { gl_Position = vec4(p, 0.9, 1.0); }",
        fragment_shader="#version 330\nout vec4 o; void main() { o = vec4(0.0, 1.0, 0.0, 0.25); }",
    )
    clockwise = np.array([[-1, -1], [-1, 3], [3, -1]], "f4")
    ctx.vertex_array(program, [(ctx.buffer(clockwise), "2f", "p")]).render()
    assert (_pixels(target) == (0, 255, 0)).all()
    renderer.release()


def test_a_whole_frame_overwrites_what_was_there(ctx: moderngl.Context, store: CharacterStore) -> None:
    renderer = Renderer(ctx, Sculpted(store))
    target = _target(ctx)
    target.clear(1.0, 0.0, 0.0, 1.0)
    renderer.render(FacePose(), target, SIZE, Flat(), 0.0)
    assert (_pixels(target)[:4] == 0).all()
    renderer.release()


def test_sizes_may_change_and_an_empty_window_draws_nothing(ctx: moderngl.Context, store: CharacterStore) -> None:
    renderer = Renderer(ctx, Sculpted(store), RenderSettings(fixed=Quality(0.5, 0, Detail.LOW)))
    target = _target(ctx)
    renderer.render(FacePose(), target, SIZE, Flat(), 0.0)
    large = _pixels(target).copy()
    renderer.render(FacePose(), target, (60, 80), Flat(), 0.0)
    small = _pixels(target).copy()
    renderer.render(FacePose(), target, (0, 80), Flat(), 0.0)
    assert (_pixels(target) == small).all()
    assert large[80:].max() > small[80:].max() == 0
    renderer.release()
    renderer.release()


@pytest.mark.parametrize("quality", LADDER)
def test_each_quality_shows_the_same_face(ctx: moderngl.Context, store: CharacterStore, quality: Quality) -> None:
    target = _target(ctx)
    pictures = []
    for chosen in (LADDER[-1], quality):
        renderer = Renderer(ctx, Sculpted(store), RenderSettings(fixed=chosen, scan_lines=0.0))
        renderer.render(FacePose(visemes={Viseme.E: 0.9}, smile=0.25), target, SIZE, Flat(), 0.0)
        pictures.append(_pixels(target).astype(float))
        assert renderer.quality == chosen
        renderer.release()
    assert np.abs(pictures[0] - pictures[1]).mean() < 8.0


def test_a_frame_over_budget_lowers_the_quality(ctx: moderngl.Context, store: CharacterStore) -> None:
    renderer = Renderer(ctx, Sculpted(store), RenderSettings(budget_ms=1e-4))
    first = LADDER.index(renderer.quality)
    target = _target(ctx)
    for _ in range(16):
        renderer.render(FacePose(), target, SIZE, Flat(), 0.0)
    assert LADDER.index(renderer.quality) == first - 1
    renderer.release()


@pytest.mark.parametrize("kind", [WaitingTimer, QueryTimer])
def test_a_timer_tells_what_drawing_cost(
    ctx: moderngl.Context, store: CharacterStore, kind: type[WaitingTimer] | type[QueryTimer]
) -> None:
    timer = kind(ctx)
    renderer = Renderer(ctx, Sculpted(store))
    target = _target(ctx)
    costs = [timer.time(lambda: renderer.render(FacePose(), target, SIZE, Flat(), 0.0)) for _ in range(4)]
    assert (costs[0] is None) == (kind is QueryTimer), "a card answers one frame later"
    assert all(cost is not None and 0.01 < cost < 5_000 for cost in costs[1:])
    renderer.release()


def test_colours_are_a_palette(ctx: moderngl.Context, store: CharacterStore) -> None:
    green = Palette(materials=dict.fromkeys(Material, (0.1, 0.9, 0.1)))
    green = replace(green, rim=(0, 1, 0), rim_far=(0, 1, 0), shadow=(0, 1, 0))
    renderer = Renderer(ctx, Sculpted(store, replace(DUSK, palette=green)))
    target = _target(ctx)
    renderer.render(FacePose(blink=1.0), target, SIZE, Flat(), 0.0)
    pixels = _pixels(target).astype(int)
    assert (pixels[..., 1] >= pixels[..., 0]).mean() > 0.98
    renderer.release()


def test_scan_lines_move_with_time_and_can_be_off(ctx: moderngl.Context, store: CharacterStore) -> None:
    target = _target(ctx)

    def moved(strength: float) -> float:
        renderer = Renderer(
            ctx, Sculpted(store), RenderSettings(scan_lines=strength, fixed=Quality(1.0, 0, Detail.LOW))
        )
        frames = []
        for time_s in (0.0, 0.8):
            renderer.render(FacePose(), target, SIZE, Flat(), time_s)
            frames.append(_pixels(target).astype(float))
        renderer.release()
        return float(np.abs(frames[0] - frames[1]).mean())

    assert moved(0.0) == 0.0
    assert moved(0.3) > 0.5


def test_pictures_are_written_without_a_display(tmp_path: Path) -> None:
    studio = Studio(tmp_path)
    try:
        picture = studio.picture(40, 60, expressive(Expression.NEUTRAL, Viseme.AA), Flat())
    finally:
        studio.close()
    assert encode_png(picture).startswith(b"\x89PNG")
    assert picture.shape == (60, 40, 3)


@pytest.mark.parametrize("size", [(0, 10), (10, 9000)])
def test_impossible_sizes_are_refused(studio: Studio, size: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="1 to 8192 pixels"):
        studio.picture(*size, FacePose(), Flat())


OLD = "import moderngl; moderngl.create_context(standalone=True, require=210, backend='egl')"


@pytest.mark.parametrize(
    ("version", "before", "function"),
    [("2.1", "", "standalone_context"), ("2.1", "", "current_context"), ("3.2", OLD, "current_context")],
)
def test_an_old_or_missing_opengl_is_a_state_of_the_display(version: str, before: str, function: str) -> None:
    """In a process of its own, because a driver reads its environment once: Mesa is told what to offer."""
    script = (
        f"from holo_app.errors import DeviceError\n{before}\n"
        f"from holo_app.hologram.gl_context import {function}\n"
        f"try:\n    {function}()\n"
        "except DeviceError as error:\n    print(error.device, '|', error)\n"
    )
    environment = {**os.environ, "MESA_GL_VERSION_OVERRIDE": version, "DISPLAY": ""}
    done = subprocess.run(
        [sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.startswith("display | display: ")
    assert "OpenGL" in done.stdout


class _Failing(Plane):
    """A figure that asks for something that this driver has not."""

    def pose(self, pose: FacePose) -> None:
        self._ctx.enable_direct(0xFFFF)


def test_what_the_graphics_card_refuses_is_an_error(ctx: moderngl.Context) -> None:
    ctx.enable_direct(0xFFFF)  # somebody else's mistake is not ours
    target = _target(ctx)
    renderer = Renderer(ctx, lambda ctx, _: _Failing(ctx, PictureFeed(), Place(), KeySettings()))
    with pytest.raises(DeviceError, match=r"could not draw \(GL_INVALID_ENUM\)"):
        renderer.render(FacePose(), target, SIZE, Flat(), 0.0)
    renderer.release()
    healthy = Renderer(ctx, Screened(PictureFeed()))
    ctx.enable_direct(0xFFFF)
    healthy.render(FacePose(), target, SIZE, Flat(), 0.0)
    healthy.release()
