"""A figure from another tool on the stage."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import moderngl

from holo_app.domain.avatar import FacePose
from holo_app.hologram.avatars.load import Avatar
from holo_app.hologram.avatars.model import ShapeMorpher
from holo_app.hologram.avatars.shape_buffers import ShapeBuffers
from holo_app.hologram.camera import Camera
from holo_app.hologram.cast import Drawn
from holo_app.hologram.character import Detail
from holo_app.hologram.palette import Palette
from holo_app.hologram.scene import Lines

_SIDES: Final = (10.6, 12.6)
"""Where wide shoulders and held out arms dissolve: an upright picture ends there."""


class AvatarFigure:
    """One avatar, ready to be drawn; a `cast.Drawn`, and wider than our own figure where it likes."""

    everywhere: Final = True

    def __init__(self, ctx: moderngl.Context, avatar: Avatar, palette: Palette, *, halved: bool = False) -> None:
        self._rig = avatar.rig
        self._morpher = ShapeMorpher(avatar.shape)
        self._buffers = ShapeBuffers(
            ctx, avatar.shape, bones=len(avatar.rig.rest), palette=palette, fade=(avatar.fade, _SIDES), halved=halved
        )

    def pose(self, pose: FacePose) -> None:
        """Take a pose: morphs and bones once, for however many views follow."""
        self._buffers.move(self._morpher.apply(self._rig.weights(pose)), self._rig.matrices(pose))

    def draw(self, camera: Camera, lines: Lines) -> None:
        """Draw into the current viewport of the bound framebuffer, whose colour and depth are clear."""
        self._buffers.draw(camera, lines)

    def release(self) -> None:
        """Give everything back; the context must be current."""
        self._buffers.release()


@dataclass(frozen=True, slots=True)
class AvatarMaker:
    """Makes figures of one avatar: a `cast.FigureMaker`. Its meshes are as they are; low detail halves its pictures."""

    avatar: Avatar
    palette: Palette = field(default_factory=Palette)

    def __call__(self, ctx: moderngl.Context, detail: Detail) -> Drawn:
        """The avatar on the graphics card."""
        return AvatarFigure(ctx, self.avatar, self.palette, halved=detail is Detail.LOW)
