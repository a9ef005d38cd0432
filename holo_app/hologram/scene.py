"""The figure on the graphics card: buffers, programs, and one draw per view."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final

import moderngl
import numpy as np

from holo_app.domain.avatar import FacePose
from holo_app.hologram.camera import FADE, Camera, lean, turn
from holo_app.hologram.character import Character, Morpher
from holo_app.hologram.palette import Palette
from holo_app.resources import resource

NECK_PIVOT: Final = (0.0, -6.0, -1.5)
_GAZE_PER_DEGREE: Final = 0.0125  # eye sizes per degree
_GAZE_LIMIT: Final = (0.34, 0.26)
_SMILING_EYES: Final = 0.55  # how much of a smile the lower lids show
_INCLUDE: Final = re.compile(r'^#include "([\w.]+)"$', re.MULTILINE)


def shader(name: str, *defines: str) -> str:
    """The text of a bundled shader, what it includes put in. defines: names that its `#ifdef`s are to find."""
    text = _INCLUDE.sub(lambda found: shader(found[1]), resource("shaders", name).read_text(encoding="utf-8"))
    version, _, rest = text.partition("\n")
    return "\n".join([version, *(f"#define {name}" for name in defines), rest])


@dataclass(frozen=True, slots=True)
class Eyes:
    """What the eye shader is told. gaze: eye sizes, to the viewer's right and up. The rest: 0..1."""

    gaze: tuple[float, float]
    blink: float
    squint: float
    wide: float


def eyes_of(pose: FacePose) -> Eyes:
    """Angles to offsets on the eyeball, held within the opening."""
    wide, high = _GAZE_LIMIT
    right = -pose.gaze[0] * _GAZE_PER_DEGREE  # the character's right is the viewer's left
    up = pose.gaze[1] * _GAZE_PER_DEGREE
    gaze = (min(max(right, -wide), wide), min(max(up, -high), high))
    squint = _SMILING_EYES * pose.smile + pose.squint
    return Eyes(gaze, _weight(pose.blink), _weight(squint), _weight(pose.eyes_wide))


def _weight(value: float) -> float:
    return min(max(value, 0.0), 1.0)


@dataclass(frozen=True, slots=True)
class Lines:
    """The fine lines over the figure. strength: 0..1. count: over the height of the view. phase: 0..1."""

    strength: float
    count: float
    phase: float


class Figure:
    """One character at one detail, ready to be drawn.

    per_vertex: its light is worked out at its vertices and not at each pixel: half a frame on a software rasteriser.
    """

    def __init__(
        self, ctx: moderngl.Context, character: Character, palette: Palette, *, per_vertex: bool = False
    ) -> None:
        self._ctx = ctx
        self._lean = lean(0.0, 0.0)
        self._morpher = Morpher(character)
        lit = ("LIT_PER_VERTEX",) if per_vertex else ()
        self._surface = ctx.program(
            vertex_shader=shader("figure.vert", *lit), fragment_shader=shader("figure.frag", *lit)
        )
        self._eyes = ctx.program(vertex_shader=shader("figure.vert"), fragment_shader=shader("eyes.frag"))
        self._form = ctx.buffer(_interleaved(character), dynamic=True)
        self._paint = ctx.buffer(_paint(character, palette))
        self._finish = ctx.buffer(np.stack([character.gloss, character.head], -1).astype("f4"))
        self._eye = ctx.buffer(character.eye.astype("f4"))
        self._all = ctx.buffer(character.triangles.astype("u4"))
        self._near = ctx.buffer(character.eye_triangles.astype("u4"))
        content = [
            (self._form, "3f 3f", "in_position", "in_normal"),
            (self._paint, "4f1", "in_paint"),
            (self._finish, "2f", "in_finish"),
        ]
        self._body_vao = ctx.vertex_array(self._surface, content, self._all, skip_errors=True)
        self._eye_vao = ctx.vertex_array(
            self._eyes, [*content, (self._eye, "3f", "in_eye")], self._near, skip_errors=True
        )
        self._set_palette(palette)

    def pose(self, pose: FacePose) -> None:
        """Take a pose: morphs once, for however many views follow."""
        self._form.write(self._morpher.apply(pose))
        eyes = eyes_of(pose)
        put(self._eyes, "u_gaze", eyes.gaze)
        put(self._eyes, "u_blink", eyes.blink)
        put(self._eyes, "u_squint", eyes.squint)
        put(self._eyes, "u_wide", eyes.wide)
        forward, right = pose.lean
        self._lean = lean(forward, right)
        yaw, pitch, roll = pose.head
        # whoever leans keeps the head level
        turned = turn(yaw, pitch + forward, roll - right)
        for program in (self._surface, self._eyes):
            put(program, "u_turn", tuple(turned.T.ravel().tolist()))
            put(program, "u_breath", pose.breath)
            put(program, "u_shoulders", tuple(_weight(raised) for raised in pose.shoulders))

    def draw(self, camera: Camera, lines: Lines) -> None:
        """Draw into the current viewport of the bound framebuffer, whose colour and depth are clear."""
        # the camera leans the other way instead: that costs no vertex anything
        matrix = camera.matrix @ self._lean
        seen_from = (np.array([*camera.position, 1.0]) @ np.linalg.inv(self._lean).T)[:3]
        for program in (self._surface, self._eyes):
            put(program, "u_lines", (lines.count, lines.phase))
            put(program, "u_line_strength", lines.strength)
            put(program, "u_project", tuple(matrix.T.ravel().tolist()))
            put(program, "u_camera", tuple(seen_from.tolist()))
        self._ctx.enable_only(moderngl.DEPTH_TEST | moderngl.CULL_FACE)
        self._ctx.depth_func = "<="
        self._body_vao.render()
        self._ctx.enable_only(moderngl.DEPTH_TEST | moderngl.CULL_FACE | moderngl.BLEND)
        self._ctx.blend_func = moderngl.SRC_ALPHA, moderngl.ONE_MINUS_SRC_ALPHA
        self._eye_vao.render()
        self._ctx.enable_only(moderngl.NOTHING)

    def release(self) -> None:
        """Give everything back; the context must be current."""
        for thing in (self._body_vao, self._eye_vao, self._surface, self._eyes, self._form, self._paint):
            thing.release()
        for buffer in (self._finish, self._eye, self._all, self._near):
            buffer.release()

    def _set_palette(self, palette: Palette) -> None:
        for name in ("key", "shadow", "rim", "rim_far"):
            put(self._surface, f"u_{name}", getattr(palette, name))
        for name in ("sclera", "iris", "iris_glow", "lash", "crease", "lids"):
            put(self._eyes, f"u_{name}", getattr(palette, name))
        for program in (self._surface, self._eyes):
            put(program, "u_pivot", NECK_PIVOT)
            put(program, "u_fade", FADE)


def put(program: moderngl.Program, name: str, value: object) -> None:
    """Set a uniform that the compiler may have dropped."""
    member: Any = program.get(name, None)
    if member is not None:
        member.value = value


def _interleaved(character: Character) -> bytes:
    return np.concatenate([character.positions, character.normals], axis=1).astype("f4").tobytes()


def _paint(character: Character, palette: Palette) -> bytes:
    """Colour and shade as four bytes per vertex."""
    table = np.zeros((max(palette.materials) + 1, 3), np.float32)
    for material, colour in palette.materials.items():
        table[material] = colour
    mix = character.mix[:, None]
    blended = table[character.base] * (1 - mix) + table[character.tint] * mix
    paint = np.concatenate([blended, character.shade[:, None]], axis=1)
    return bytes((np.clip(paint, 0, 1) * 255 + 0.5).astype(np.uint8).tobytes())
