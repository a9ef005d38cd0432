"""A glow around what is bright: a quarter of the picture's size, smeared, added."""

from __future__ import annotations

from typing import Final

import moderngl

from holo_app.hologram.modes import Plan, Size
from holo_app.hologram.scene import put, shader

_SMALLER: Final = 4
_SPREADS: Final = (1.0, 2.0)  # each round reaches farther
_BRIGHT, _SMEAR, _ADD = 0, 1, 2


class Bloom:
    """Made, used and released with the same context current. strength: 0..1."""

    def __init__(self, ctx: moderngl.Context, strength: float) -> None:
        self._ctx = ctx
        self._program = ctx.program(vertex_shader=shader("key.vert"), fragment_shader=shader("bloom.frag"))
        self._triangle = ctx.vertex_array(self._program, [])
        self._pair: tuple[_Small, _Small] | None = None
        put(self._program, "u_strength", strength)

    def add(self, picture: moderngl.Texture, target: moderngl.Framebuffer, plan: Plan) -> None:
        """Add the picture's glow to it. target: has it as its colour; is bound afterwards."""
        width, height = (max(edge // _SMALLER, 1) for edge in picture.size)
        one, other = self._fitting((width, height))
        put(self._program, "u_tiles", tuple(float(round(1 / edge)) for edge in plan.views[0].area[2:]))
        self._ctx.enable_only(moderngl.NOTHING)
        self._pass(picture, one, _BRIGHT, (1 / width, 1 / height))
        for spread in _SPREADS:
            self._pass(one.texture, other, _SMEAR, (spread / width, 0.0))
            self._pass(other.texture, one, _SMEAR, (0.0, spread / height))
        self._ctx.enable_only(moderngl.BLEND)
        # what is light already gets less, so that faces do not burn out
        self._ctx.blend_func = moderngl.ONE_MINUS_DST_COLOR, moderngl.ONE
        target.use()
        target.viewport = (0, 0, *picture.size)
        self._render(one.texture, _ADD, (0.0, 0.0))
        self._ctx.enable_only(moderngl.NOTHING)

    def release(self) -> None:
        """Give everything back; the context must be current."""
        self._drop()
        self._triangle.release()
        self._program.release()

    def _pass(self, source: moderngl.Texture, target: _Small, which: int, step: tuple[float, float]) -> None:
        target.begin()
        self._render(source, which, step)

    def _render(self, source: moderngl.Texture, which: int, step: tuple[float, float]) -> None:
        source.use(0)
        put(self._program, "u_pass", which)
        put(self._program, "u_step", step)
        self._triangle.render(moderngl.TRIANGLES, vertices=3)

    def _fitting(self, size: Size) -> tuple[_Small, _Small]:
        if self._pair is None or self._pair[0].size != size:
            self._drop()
            self._pair = _Small(self._ctx, size), _Small(self._ctx, size)
        return self._pair

    def _drop(self) -> None:
        for small in self._pair or ():
            small.release()
        self._pair = None


class _Small:
    """A picture of the glow."""

    def __init__(self, ctx: moderngl.Context, size: Size) -> None:
        self.size = size
        self.texture = ctx.texture(size, 3, dtype="f2")  # eight bits would show steps where the glow ends
        self.texture.repeat_x = self.texture.repeat_y = False
        self._target = ctx.framebuffer([self.texture])

    def begin(self) -> None:
        self._target.use()
        self._target.viewport = (0, 0, *self.size)

    def release(self) -> None:
        self._target.release()
        self.texture.release()
