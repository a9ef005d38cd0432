"""Draws the figure: once into an offscreen picture, then placed on the display as its mode says."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import moderngl
import numpy as np
import structlog

from holo_app.domain.avatar import FacePose
from holo_app.errors import DeviceError
from holo_app.hologram.bloom import Bloom
from holo_app.hologram.cast import Drawn, FigureMaker, Unbounded
from holo_app.hologram.character import Detail
from holo_app.hologram.frame_timer import FrameTimer, QueryTimer, WaitingTimer
from holo_app.hologram.gl_context import draws_on_processor
from holo_app.hologram.lightfield.lens import Lens
from holo_app.hologram.modes import DisplayMode, Plan, Size, Weave
from holo_app.hologram.modes.sharing import MANY, shared
from holo_app.hologram.quality import LADDER, MANY_VIEWS, SOFTWARE_START, Quality, QualityController
from holo_app.hologram.scene import Lines, put, shader

log = structlog.get_logger(__name__)
FEW_ROWS: Final = 640
"""A view of fewer is small: a coarse mesh looks the same in it."""
_MAX_CORNERS: Final = 1024
_LINE_PIXELS: Final = 13.0
_LINE_SPEED: Final = 0.6  # lines per second
_NO_ERROR: Final = "GL_NO_ERROR"
_LOST: Final = "GL_CONTEXT_LOST"
_BLOOM: Final = 0.35
_BLACK: Final = (0.0, 0.0, 0.0, 1.0)


@dataclass(frozen=True, slots=True)
class RenderSettings:
    """budget_ms: what one frame may cost. fixed: draw always so, whatever it costs (pictures, tests).

    scan_lines: strength 0..1 of the hologram's lines. bloom: strength 0..1 of the glow around what is bright; None: some where
    a graphics card draws, none where the processor does.
    """

    budget_ms: float = 22.0
    fixed: Quality | None = None
    scan_lines: float = 0.10
    bloom: float | None = 0.0


class Renderer:
    """Owns everything on the graphics card. Made, used and released in one thread with one current context.

    software: whether the processor draws. frame_ms: what the last measured frame cost, for whoever paces the frames.
    """

    def __init__(
        self,
        ctx: moderngl.Context,
        figures: FigureMaker,
        settings: RenderSettings | None = None,
    ) -> None:
        self._ctx = ctx
        self._make_figure = figures
        self._settings = settings or RenderSettings()
        name = str(ctx.info["GL_RENDERER"])
        self.software = draws_on_processor(ctx)
        self._many = False
        self._controller = self._new_controller()
        self.frame_ms = 0.0
        self._figures: dict[Detail, Drawn] = {}
        self._picture: _Picture | None = None
        self._drawn: tuple[moderngl.Texture, Plan] | None = None
        self._drawn_ms: float | None = None
        self._placer = _Placer(ctx)
        self._lens: tuple[Weave, Lens] | None = None
        strength = self._settings.bloom
        if strength is None:
            strength = 0.0 if self.software else _BLOOM
        self._bloom = Bloom(ctx, strength) if strength > 0 else None
        self._released = False
        self._rest_pixel = ctx.renderbuffer((1, 1))
        self._rest = ctx.framebuffer([self._rest_pixel])
        timer = WaitingTimer if self.software else QueryTimer
        self._drawing: FrameTimer = timer(ctx)
        self._placing: FrameTimer = timer(ctx)
        log.info("renderer_ready", gl_renderer=name, software=self.software, scale=self.quality.scale)

    @property
    def quality(self) -> Quality:
        """What the next frame is drawn with."""
        return self._settings.fixed or self._controller.quality

    def draw(self, pose: FacePose, size: Size, mode: DisplayMode, time_s: float) -> None:
        """Draw the figure, unseen: the first half of a frame for a display of `size`; `place` is the other.

        Raises: DeviceError: the graphics card could not; release this renderer, and make another one later.
        Leaves a framebuffer and a vertex array of its own bound, the context's state clean otherwise.
        time_s: any clock; moves the scan lines.
        """
        if min(size) < 1:
            self._drawn = None
            return
        # moderngl binds what was bound again wherever it makes a framebuffer, and what was bound may be gone
        self._rest.use()
        self._forget_errors()
        self._drawn_ms = self._drawing.time(lambda: self._draw(pose, mode.plan(size), time_s))
        self._placer.rest()
        self._check()

    def place(self, size: Size) -> None:
        """Show what was drawn last in the framebuffer that is bound now, which is black and of `size` pixels.

        Raises: as `draw`.
        """
        self._forget_errors()
        self._place(self._ctx.detect_framebuffer(), size)
        self._check()

    def render(
        self, pose: FacePose, target: moderngl.Framebuffer, size: Size, mode: DisplayMode, time_s: float
    ) -> None:
        """Draw one whole frame.

        Args: target: all of its colour is overwritten. size: its pixels. time_s: as for `draw`.
        """
        if min(size) < 1:
            return
        self.draw(pose, size, mode, time_s)
        target.use()
        target.viewport = (0, 0, *size)
        target.scissor = None  # type: ignore[assignment]  # the setter takes None: no scissor
        target.clear(*_BLACK)
        self._place(target, size)

    def release(self) -> None:
        """Give everything back to the graphics card; the context must be current."""
        for figure in self._figures.values():
            figure.release()
        self._figures.clear()
        self._drawn = None
        if self._released:
            return
        self._released = True
        self._rest.use()
        if self._picture is not None:
            self._picture.release()
            self._picture = None
        if self._bloom is not None:
            self._bloom.release()
        self._placer.release()
        self._drop_lens()
        self._rest.release()
        self._rest_pixel.release()

    def _forget_errors(self) -> None:
        """What others in this context did wrong is not ours."""
        while self._ctx.error not in (_NO_ERROR, _LOST):
            pass

    def _check(self) -> None:
        fault = self._ctx.error
        if fault != _NO_ERROR:
            raise DeviceError("display", f"the graphics card could not draw ({fault})")

    def _new_controller(self) -> QualityController:
        ladder = MANY_VIEWS if self._many else LADDER
        start = SOFTWARE_START if self.software else len(ladder) - 1
        return QualityController(self._settings.budget_ms, start=start, ladder=ladder)

    def _draw(self, pose: FacePose, plan: Plan, time_s: float) -> None:
        many = len(plan.views) >= MANY
        if many != self._many:
            self._many = many
            self._controller = self._new_controller()
        quality = self.quality
        if many:
            plan = shared(plan, quality.sharing)
        figure = self._figure(self._detail(plan, quality))
        if plan.roomy and (self._bloom is not None or (isinstance(figure, Unbounded) and figure.everywhere)):
            plan = replace(plan, polygons=plan.roomy)
        picture = self._fitting_picture(plan, quality)
        figure.pose(pose)
        picture.begin()
        for view in plan.views:
            picture.aim(view.area)
            rows = plan.picture[1] * view.area[3]
            figure.draw(view.camera, Lines(self._settings.scan_lines, rows / _LINE_PIXELS, time_s * _LINE_SPEED % 1.0))
        self._drawn = picture.finish(), plan
        if self._bloom is not None:
            self._bloom.add(*picture.finished, plan)

    def _place(self, target: moderngl.Framebuffer, size: Size) -> None:
        if self._drawn is None:
            return
        texture, plan = self._drawn
        target.use()
        target.viewport = (0, 0, *size)
        target.scissor = None  # type: ignore[assignment]  # as above
        placed_ms = self._placing.time(lambda: self._finish(texture, plan, target, size))
        drawn_ms, self._drawn_ms = self._drawn_ms, None
        if drawn_ms is None or placed_ms is None:
            return
        self.frame_ms = drawn_ms + placed_ms
        if self._settings.fixed is None:
            self._controller.feed(self.frame_ms)

    def _finish(self, texture: moderngl.Texture, plan: Plan, target: moderngl.Framebuffer, size: Size) -> None:
        if self._picture is not None and texture.size == size and plan.in_place:
            self._picture.copy(target)
            self._placer.rest()
            return
        if plan.weave is None:
            self._placer.place(texture, plan)
            return
        if self._lens is None or self._lens[0] != plan.weave:
            self._drop_lens()
            weave = plan.weave
            self._lens = weave, Lens(self._ctx, weave.calibration, weave.quilt, smooth=not self.software)
        self._lens[1].show(texture, size)
        self._placer.rest()

    def _detail(self, plan: Plan, quality: Quality) -> Detail:
        """The mesh for this plan: in a small view the processor would draw triangles of a few pixels each."""
        rows = max(view.area[3] for view in plan.views) * plan.picture[1] * quality.scale
        if self._settings.fixed is None and self.software and rows < FEW_ROWS:
            return Detail.LOW
        return quality.detail

    def _drop_lens(self) -> None:
        if self._lens is not None:
            self._lens[1].release()
            self._lens = None

    def _figure(self, detail: Detail) -> Drawn:
        if detail not in self._figures:
            self._figures[detail] = self._make_figure(self._ctx, detail)
        return self._figures[detail]

    def _fitting_picture(self, plan: Plan, quality: Quality) -> _Picture:
        width, height = (max(round(edge * quality.scale), 1) for edge in plan.picture)
        samples = min(quality.samples, self._ctx.max_samples)
        if self._picture is None or self._picture.key != (width, height, samples):
            if self._picture is not None:
                self._drawn = None
                self._picture.release()
            self._picture = _Picture(self._ctx, (width, height), samples)
        return self._picture


class _Picture:
    """The offscreen picture: drawn with several samples per pixel where asked, handed on as a texture."""

    def __init__(self, ctx: moderngl.Context, size: Size, samples: int) -> None:
        self.key = (*size, samples)
        self._ctx = ctx
        self._size = size
        self._texture = ctx.texture(size, 4)
        self._texture.filter = (moderngl.LINEAR, moderngl.LINEAR)
        self._texture.repeat_x = self._texture.repeat_y = False
        self._depth = ctx.depth_renderbuffer(size, samples=samples)
        self._many = ctx.renderbuffer(size, 4, samples=samples) if samples else None
        self._plain = ctx.framebuffer([self._texture], None if samples else self._depth)
        self._drawn = ctx.framebuffer([self._many], self._depth) if self._many else self._plain
        # without depth, which a display has none of, or another
        self._shown = ctx.framebuffer([self._texture])

    def begin(self) -> None:
        self._drawn.use()
        self._drawn.viewport = (0, 0, *self._size)
        self._drawn.clear(*_BLACK, depth=1.0)

    def aim(self, area: tuple[float, float, float, float]) -> None:
        width, height = self._size
        x, y, w, h = area
        self._drawn.viewport = (round(x * width), round(y * height), round(w * width), round(h * height))

    def finish(self) -> moderngl.Texture:
        if self._many is not None:
            self._ctx.copy_framebuffer(self._plain, self._drawn)
        return self._texture

    @property
    def finished(self) -> tuple[moderngl.Texture, moderngl.Framebuffer]:
        """The picture, and what draws over it."""
        return self._texture, self._shown

    def copy(self, target: moderngl.Framebuffer) -> None:
        """Put it onto a display of its size: a twentieth of what drawing it there costs a software rasteriser."""
        self._ctx.copy_framebuffer(target, self._shown)

    def release(self) -> None:
        if self._many is not None:
            self._drawn.release()
            self._many.release()
        for thing in (self._shown, self._plain, self._depth, self._texture):
            thing.release()


class _Placer:
    """The final pass: polygons of the picture onto the display."""

    def __init__(self, ctx: moderngl.Context) -> None:
        self._program = ctx.program(vertex_shader=shader("place.vert"), fragment_shader=shader("place.frag"))
        self._corners = ctx.buffer(reserve=_MAX_CORNERS * 16, dynamic=True)
        self._vao = ctx.vertex_array(self._program, [(self._corners, "2f 2f", "in_place", "in_uv")])

    def place(self, texture: moderngl.Texture, plan: Plan) -> None:
        fans = [(p[0], *p[k : k + 2]) for p in plan.polygons for k in range(1, len(p) - 1)]
        triangles = np.array(fans, "f4").reshape(-1, 4)
        self._corners.write(triangles)
        texture.use(0)
        put(self._program, "u_picture", 0)
        self._vao.render(moderngl.TRIANGLES, vertices=len(triangles))

    def rest(self) -> None:
        """Draw nothing, to leave a vertex array bound that has no index buffer to lose.

        Qt makes index buffers before it binds an array of its own: each would become that of the array it finds.
        """
        self._vao.render(moderngl.TRIANGLES, vertices=0)

    def release(self) -> None:
        for thing in (self._vao, self._program, self._corners):
            thing.release()
