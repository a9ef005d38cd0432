"""The operator's display settings, as the renderer takes them."""

from __future__ import annotations

from typing import assert_never

from holo_app.config import Display, DisplayMode
from holo_app.hologram import modes
from holo_app.hologram.lightfield.mode import QuiltMode
from holo_app.hologram.lightfield.quilt import Quilt


def display_mode(display: Display) -> modes.DisplayMode:
    """How the figure is drawn and placed. Raises: ValueError: a quilt of more views than there can be."""
    match display.mode:
        case DisplayMode.FLAT:
            return modes.Flat(display.vertical_offset, display.turn, display.mirrored)
        case DisplayMode.PYRAMID:
            return modes.Pyramid(
                display.pyramid_sides, display.pyramid_base, display.pyramid_mirrored, display.pyramid_gap
            )
        case DisplayMode.STEREO:
            return modes.Stereo(display.stereo_layout, display.stereo_half, display.stereo_swapped)
        case DisplayMode.FAN:
            return modes.Disc(display.fan_hub, display.fan_fill)
        case DisplayMode.HOLOLUMINESCENT:
            return modes.Margins(display.safe_top, display.safe_bottom, display.safe_sides, display.safe_sides)
        case DisplayMode.QUILT:
            quilt = Quilt(display.quilt_columns, display.quilt_rows, display.view_aspect)
            return QuiltMode(quilt, display.view_cone, display.depth_focus)
        case _ as never:
            assert_never(never)
