"""A shape on the graphics card: buffers, pictures, the bones' table, and one draw per surface and view."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import moderngl
import numpy as np
from numpy.typing import NDArray

from holo_app.hologram.avatars.model import Shape
from holo_app.hologram.avatars.surfaces import Picture, Surface
from holo_app.hologram.camera import Camera
from holo_app.hologram.palette import Palette
from holo_app.hologram.scene import Lines, put, shader

_BONES, _PICTURE = 0, 1
_NOWHERE: Final = 1e6
UNFADED: Final = ((-2 * _NOWHERE, -_NOWHERE), (_NOWHERE, 2 * _NOWHERE))
"""Heights and sides of a thing that does not dissolve."""


@dataclass(frozen=True, slots=True)
class _Part:
    surface: Surface
    vao: moderngl.VertexArray
    index: moderngl.Buffer


class ShapeBuffers:
    """Owns what one shape needs on the graphics card. Made, used and released with its context current.

    Args: bones: rows of the matrices' table. fade: (heights, sides) between which the shape dissolves. smallest: edge in pixels
        to which pictures are brought, for a card or processor that is slow.
    """

    def __init__(
        self,
        ctx: moderngl.Context,
        shape: Shape,
        *,
        bones: int,
        palette: Palette,
        fade: tuple[tuple[float, float], tuple[float, float]] = UNFADED,
        halved: bool = False,
    ) -> None:
        self._ctx = ctx
        self._program = ctx.program(vertex_shader=shader("avatar.vert"), fragment_shader=shader("avatar.frag"))
        self._form = ctx.buffer(_interleaved(shape), dynamic=True)
        self._paint = ctx.buffer(_paint(shape))
        self._bones = ctx.texture((4, bones), 4, dtype="f4")
        self._bones.filter = (moderngl.NEAREST, moderngl.NEAREST)
        self._pictures = [_texture(ctx, picture, halved=halved) for picture in shape.pictures]
        content = [
            (self._form, "3f 3f", "in_position", "in_normal"),
            (self._paint, "2f 4f1 4u2 4f", "in_uv", "in_colour", "in_rows", "in_weights"),
        ]
        self._parts: list[_Part] = []
        for surface, triangles in sorted(shape.parts, key=lambda part: part[0].blended):
            index = ctx.buffer(triangles.astype("u4").tobytes())
            self._parts.append(_Part(surface, ctx.vertex_array(self._program, content, index), index))
        for name in ("key", "shadow", "rim", "rim_far"):
            put(self._program, f"u_{name}", getattr(palette, name))
        put(self._program, "u_bones", _BONES)
        put(self._program, "u_picture", _PICTURE)
        put(self._program, "u_fade", fade[0])
        put(self._program, "u_sides", fade[1])
        self.turn_to(np.eye(4, dtype=np.float32))

    def move(self, vertices: NDArray[np.float32], matrices: NDArray[np.float32]) -> None:
        """Take a pose. vertices: (M, 6) positions and normals of the first M. matrices: (K, 4, 4), a row each."""
        if len(vertices):
            self._form.write(vertices)
        self.hold(matrices)

    def hold(self, matrices: NDArray[np.float32]) -> None:
        """The bones' matrices (K, 4, 4)."""
        self._bones.write(np.ascontiguousarray(matrices.transpose(0, 2, 1), np.float32).tobytes())

    def turn_to(self, place: NDArray[np.float32]) -> None:
        """Where the whole shape stands (4, 4)."""
        put(self._program, "u_place", tuple(place.T.ravel().tolist()))

    def draw(self, camera: Camera, lines: Lines) -> None:
        """Draw into the bound framebuffer: what is solid first, what is blended behind it. Leaves the state clean."""
        put(self._program, "u_lines", (lines.count, lines.phase))
        put(self._program, "u_line_strength", lines.strength)
        put(self._program, "u_project", tuple(camera.matrix.T.ravel().tolist()))
        put(self._program, "u_camera", camera.position)
        self._bones.use(_BONES)
        self._ctx.depth_func = "<="
        self._ctx.blend_func = moderngl.SRC_ALPHA, moderngl.ONE_MINUS_SRC_ALPHA
        for part in self._parts:
            self._draw_part(part)
        self._ctx.enable_only(moderngl.NOTHING)

    def _draw_part(self, part: _Part) -> None:
        surface = part.surface
        flags = moderngl.DEPTH_TEST
        flags |= 0 if surface.double_sided else moderngl.CULL_FACE
        flags |= moderngl.BLEND if surface.blended else 0
        self._ctx.enable_only(flags)
        if surface.picture >= 0:
            self._pictures[surface.picture].use(_PICTURE)
        put(self._program, "u_pictured", float(surface.picture >= 0))
        put(self._program, "u_colour", surface.colour)
        # what can hardly be seen must not hide what is behind it
        put(self._program, "u_cutoff", max(surface.cutoff, 0.02 if surface.blended else 0.0))
        put(self._program, "u_unlit", float(surface.unlit))
        part.vao.render()

    def release(self) -> None:
        """Give everything back."""
        for part in self._parts:
            part.vao.release()
            part.index.release()
        self._parts.clear()
        for texture in (self._bones, *self._pictures):
            texture.release()
        self._pictures.clear()
        for thing in (self._program, self._form, self._paint):
            thing.release()


def _interleaved(shape: Shape) -> bytes:
    return np.concatenate([shape.positions, shape.normals], axis=1).astype("f4").tobytes()


def _paint(shape: Shape) -> bytes:
    packed = np.zeros(
        len(shape.positions),
        np.dtype([("uv", "<f4", 2), ("colour", "u1", 4), ("rows", "<u2", 4), ("weights", "<f4", 4)]),
    )
    packed["uv"], packed["colour"], packed["rows"], packed["weights"] = (
        shape.uv,
        shape.colour,
        shape.rows,
        shape.weights,
    )
    return packed.tobytes()


def _texture(ctx: moderngl.Context, picture: Picture, *, halved: bool) -> moderngl.Texture:
    pixels = picture.pixels
    if halved and min(pixels.shape[:2]) > 1:
        height, width = (edge // 2 * 2 for edge in pixels.shape[:2])
        corners = pixels[:height, :width].reshape(height // 2, 2, width // 2, 2, 4).astype(np.uint16)
        pixels = (corners.sum(axis=(1, 3)) // 4).astype(np.uint8)
    made = ctx.texture((pixels.shape[1], pixels.shape[0]), 4, np.ascontiguousarray(pixels).tobytes())
    made.build_mipmaps()
    made.filter = (moderngl.LINEAR_MIPMAP_LINEAR, moderngl.LINEAR)
    made.repeat_x, made.repeat_y = picture.repeated
    return made
