"""The final pass for a lenticular panel: a quilt in, the panel's own pixels out."""

from __future__ import annotations

import moderngl
import numpy as np
from numpy.typing import NDArray

from holo_app.errors import DeviceError
from holo_app.hologram.gl_context import release, standalone_context
from holo_app.hologram.lightfield.calibration import Calibration, phases_of
from holo_app.hologram.lightfield.quilt import Quilt
from holo_app.hologram.scene import put, shader

Picture = NDArray[np.uint8]


class Lens:
    """One panel's pass, ready. Made, used and released with the same context current. The panel must be driven pixel by pixel.

    smooth: views are read between their pixels too; costs four times as many reads.
    """

    def __init__(self, ctx: moderngl.Context, calibration: Calibration, quilt: Quilt, *, smooth: bool = True) -> None:
        self.panel = (calibration.width, calibration.height)
        self._ctx = ctx
        self._program = ctx.program(vertex_shader=shader("lens.vert"), fragment_shader=shader("lens.frag"))
        self._triangle = ctx.vertex_array(self._program, [])
        phases = phases_of(calibration)
        tables = {
            "u_columns": phases.columns[None, :, None],
            "u_rows": phases.rows[None, :, None],
            "u_cells": phases.cells,
        }
        self._tables = [_table(ctx, table) for table in tables.values()]
        for unit, name in enumerate(("u_quilt", *tables)):
            put(self._program, name, unit)
        put(self._program, "u_panel", self.panel)
        put(self._program, "u_tiles", (quilt.columns, quilt.rows))
        put(self._program, "u_inverted", calibration.inverted)
        put(self._program, "u_smooth", smooth)

    def show(self, quilt: moderngl.Texture, size: tuple[int, int]) -> None:
        """Cover the framebuffer that is bound now, which is the panel's, of `size` pixels.

        Raises: DeviceError: it has another size, so that no colour would be under the lens that it is meant for.
        """
        if size != self.panel:
            (wide, high), (own_wide, own_high) = size, self.panel
            raise DeviceError(
                "display",
                f"the picture has {wide}x{high} pixels and the lenticular panel {own_wide}x{own_high}; "
                "show it on that panel, over the whole screen, unscaled",
            )
        for unit, texture in enumerate((quilt, *self._tables)):
            texture.use(unit)
        self._triangle.render(moderngl.TRIANGLES, vertices=3)

    def release(self) -> None:
        """Give everything back; the context must be current."""
        self._triangle.release()
        self._program.release()
        for table in self._tables:
            table.release()


def woven(picture: Picture, quilt: Quilt, calibration: Calibration, *, smooth: bool = True) -> Picture:
    """What the panel is to show for a quilt: (H, W, 3) in, (height, width, 3) of the panel out; both sRGB, top row first.

    Raises: DeviceError: no OpenGL 3.3, or the pictures are larger than it takes.
    """
    ctx = standalone_context()
    try:
        with ctx:
            return _woven(ctx, picture, quilt, calibration, smooth=smooth)
    finally:
        release(ctx)


def _woven(ctx: moderngl.Context, picture: Picture, quilt: Quilt, calibration: Calibration, *, smooth: bool) -> Picture:
    height, width, _ = picture.shape
    source = ctx.texture((width, height), 3, np.ascontiguousarray(picture[::-1]).tobytes(), alignment=1)
    lens = Lens(ctx, calibration, quilt, smooth=smooth)
    panel = ctx.framebuffer([ctx.texture(lens.panel, 3)])
    panel.use()
    panel.viewport = (0, 0, *lens.panel)
    lens.show(source, lens.panel)
    across, up = lens.panel
    pixels = np.frombuffer(panel.read(components=3, alignment=1), np.uint8).reshape(up, across, 3)
    return np.ascontiguousarray(pixels[::-1])


def _table(ctx: moderngl.Context, values: NDArray[np.float64]) -> moderngl.Texture:
    rows, columns, components = values.shape
    texture = ctx.texture((columns, rows), components, values.astype("f4").tobytes(), dtype="f4")
    texture.filter = (moderngl.NEAREST, moderngl.NEAREST)
    return texture
