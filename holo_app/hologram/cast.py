"""Who stands on the stage: whatever can take a pose and be drawn from any side."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeAlias, runtime_checkable

from holo_app.hologram.gl_context import draws_on_processor
from holo_app.hologram.looks import DUSK, Look
from holo_app.hologram.scene import Figure, Lines

if TYPE_CHECKING:
    import moderngl

    from holo_app.domain.avatar import FacePose
    from holo_app.hologram.camera import Camera
    from holo_app.hologram.character import Character, Detail


class Drawn(Protocol):
    """A figure on the graphics card. Made, used and released with its context current."""

    def pose(self, pose: FacePose) -> None:
        """Take a pose: once a frame, for however many views follow."""

    def draw(self, camera: Camera, lines: Lines) -> None:
        """Draw into the current viewport of the bound framebuffer, whose colour and depth are clear; leave the state clean."""

    def release(self) -> None:
        """Give everything back to the graphics card."""


@runtime_checkable
class Unbounded(Protocol):
    """What may fill the whole view, unlike the sculpted figure, which keeps within `camera.reach`."""

    @property
    def everywhere(self) -> bool: ...


FigureMaker: TypeAlias = "Callable[[moderngl.Context, Detail], Drawn]"
"""Makes a figure at a detail, which it may take as advice."""


@dataclass(frozen=True, slots=True)
class Sculpted:
    """Makes figures of a sculpted character.

    characters: gives the meshes of a look. per_vertex: see `Figure`; None: where the processor draws.
    """

    characters: Callable[[Detail, Look], Character]
    look: Look = DUSK
    per_vertex: bool | None = None

    def __call__(self, ctx: moderngl.Context, detail: Detail) -> Drawn:
        """The character at this detail. May take seconds where it was not sculpted yet."""
        per_vertex = draws_on_processor(ctx) if self.per_vertex is None else self.per_vertex
        return Figure(ctx, self.characters(detail, self.look), self.look.palette, per_vertex=per_vertex)
