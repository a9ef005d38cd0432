"""The operator's display settings, as the renderer takes them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from holo_app.config import Display, DisplayMode
from holo_app.errors import InputError
from holo_app.hologram import modes
from holo_app.hologram.lightfield.calibration import calibration_of, read_calibration
from holo_app.hologram.lightfield.mode import LenticularMode, QuiltMode
from holo_app.hologram.lightfield.quilt import Quilt


def display_mode(display: Display, found: Mapping[str, object] | None = None) -> modes.DisplayMode:
    """How the figure is drawn and placed. found: what a lenticular panel told of itself; a file that is set wins.

    Raises: InputError: a quilt of more views than there can be, or a lenticular panel without a calibration that can be read.
    """
    if display.mode is DisplayMode.LENTICULAR:
        return _lenticular(display, found)
    return _MODES[display.mode](display)


def _flat(display: Display) -> modes.DisplayMode:
    mode = modes.Flat(display.vertical_offset, display.turn, display.mirrored)
    return _moved(
        mode, display, modes.as_hung(display.offset_x, display.offset_y, display.turn, mirrored=display.mirrored)
    )


def _pyramid(display: Display) -> modes.DisplayMode:
    mode = modes.Pyramid(display.pyramid_sides, display.pyramid_base, display.pyramid_mirrored, display.pyramid_gap)
    return _moved(mode, display, (display.offset_x, display.offset_y))


def _stereo(display: Display) -> modes.DisplayMode:
    return modes.Stereo(
        display.stereo_layout,
        display.stereo_half,
        display.stereo_swapped,
        eyes=display.stereo_eyes,
        focus=display.depth_focus,
    )


def _fan(display: Display) -> modes.DisplayMode:
    return _moved(modes.Disc(display.fan_hub, display.fan_fill), display, (display.offset_x, display.offset_y))


def _moved(mode: modes.DisplayMode, display: Display, offset: tuple[float, float]) -> modes.DisplayMode:
    return mode if offset == (0.0, 0.0) and display.scale == 1.0 else modes.Placed(mode, offset, display.scale)


def _hololuminescent(display: Display) -> modes.DisplayMode:
    return modes.Margins(display.safe_top, display.safe_bottom, display.safe_sides, display.safe_sides)


def _quilt(display: Display) -> modes.DisplayMode:
    return QuiltMode(_tiled(display, display.view_aspect), display.view_cone, display.depth_focus)


def _lenticular(display: Display, found: Mapping[str, object] | None) -> modes.DisplayMode:
    if display.calibration is not None:
        calibration = read_calibration(display.calibration)
    elif found is not None:
        calibration = calibration_of(found)
    else:
        raise InputError(
            "display.mode = lenticular needs display.calibration: the panel's own visual.json. Connect the panel's USB cable, "
            "start Looking Glass Bridge, or name the file"
        )
    calibration = replace(
        calibration,
        center=calibration.center + display.lens_center,
        pitch=calibration.pitch * (1 + display.lens_pitch),
    )
    # what a view shows fills the panel
    quilt = _tiled(display, calibration.width / calibration.height)
    return LenticularMode(calibration, quilt, focus=display.depth_focus)


def _tiled(display: Display, aspect: float) -> Quilt:
    try:
        return Quilt(display.quilt_columns, display.quilt_rows, aspect)
    except ValueError as error:
        raise InputError(f"display.quilt_columns and display.quilt_rows: {error}") from None


_MODES: Mapping[DisplayMode, Callable[[Display], modes.DisplayMode]] = {
    # where nobody looked which display is connected, or nobody can: a picture in a file
    DisplayMode.AUTO: _flat,
    DisplayMode.FLAT: _flat,
    DisplayMode.PYRAMID: _pyramid,
    DisplayMode.STEREO: _stereo,
    DisplayMode.FAN: _fan,
    DisplayMode.HOLOLUMINESCENT: _hololuminescent,
    DisplayMode.QUILT: _quilt,
}
