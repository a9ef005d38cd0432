"""The operator's display settings, as the renderer takes them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from holo_app.config import Display, DisplayMode
from holo_app.errors import InputError
from holo_app.hologram import modes
from holo_app.hologram.lightfield.calibration import read_calibration
from holo_app.hologram.lightfield.mode import LenticularMode, QuiltMode
from holo_app.hologram.lightfield.quilt import Quilt


def display_mode(display: Display, *, roomy: bool = False) -> modes.DisplayMode:
    """How the figure is drawn and placed. roomy: it may be wider than our own, or have something beside it.

    Raises: InputError: a quilt of more views than there can be, or a lenticular panel without a calibration that can be read.
    """
    mode = _MODES[display.mode](display)
    return replace(mode, roomy=True) if roomy and isinstance(mode, modes.Flat) else mode


def _flat(display: Display) -> modes.DisplayMode:
    return modes.Flat(display.vertical_offset, display.turn, display.mirrored)


def _pyramid(display: Display) -> modes.DisplayMode:
    return modes.Pyramid(display.pyramid_sides, display.pyramid_base, display.pyramid_mirrored, display.pyramid_gap)


def _stereo(display: Display) -> modes.DisplayMode:
    return modes.Stereo(display.stereo_layout, display.stereo_half, display.stereo_swapped, focus=display.depth_focus)


def _fan(display: Display) -> modes.DisplayMode:
    return modes.Disc(display.fan_hub, display.fan_fill)


def _hololuminescent(display: Display) -> modes.DisplayMode:
    return modes.Margins(display.safe_top, display.safe_bottom, display.safe_sides, display.safe_sides)


def _quilt(display: Display) -> modes.DisplayMode:
    return QuiltMode(_tiled(display, display.view_aspect), display.view_cone, display.depth_focus)


def _lenticular(display: Display) -> modes.DisplayMode:
    if display.calibration is None:
        raise InputError("display.mode = lenticular needs display.calibration: the panel's own visual.json")
    calibration = read_calibration(display.calibration)
    # what a view shows fills the panel
    quilt = _tiled(display, calibration.width / calibration.height)
    return LenticularMode(calibration, quilt, focus=display.depth_focus)


def _tiled(display: Display, aspect: float) -> Quilt:
    try:
        return Quilt(display.quilt_columns, display.quilt_rows, aspect)
    except ValueError as error:
        raise InputError(f"display.quilt_columns and display.quilt_rows: {error}") from None


_MODES: Mapping[DisplayMode, Callable[[Display], modes.DisplayMode]] = {
    DisplayMode.FLAT: _flat,
    DisplayMode.PYRAMID: _pyramid,
    DisplayMode.STEREO: _stereo,
    DisplayMode.FAN: _fan,
    DisplayMode.HOLOLUMINESCENT: _hololuminescent,
    DisplayMode.QUILT: _quilt,
    DisplayMode.LENTICULAR: _lenticular,
}
