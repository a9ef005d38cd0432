"""A quilt as the picture that a lenticular panel shows."""

from __future__ import annotations

from pathlib import Path

from holo_app.bootstrap.picture_files import read_rgb
from holo_app.errors import InputError
from holo_app.hologram.lightfield.calibration import read_calibration
from holo_app.hologram.lightfield.lens import woven
from holo_app.hologram.lightfield.quilt import Quilt, quilt_of_name
from holo_app.hologram.png import encode_png


def weave_quilt(quilt: Path, calibration: Path, out: Path, tiles: Quilt | None, *, smooth: bool) -> None:
    """Write what the panel of `calibration` is to show for `quilt` as PNG; the folder of `out` is made.

    tiles: how the quilt is tiled; None: as its name says.
    Raises: InputError: a file cannot be read or written, or nothing says how the quilt is tiled. DeviceError: no OpenGL 3.3.
    """
    panel, tiling = read_calibration(calibration), tiles or _told_by(quilt)
    picture = woven(read_rgb(quilt), tiling, panel, smooth=smooth)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_bytes(encode_png(picture))
    except OSError as error:
        raise InputError(f"the picture {out} cannot be written: {error.strerror}") from None


def _told_by(quilt: Path) -> Quilt:
    try:
        told = quilt_of_name(quilt.name)
    except ValueError as error:
        raise InputError(f"{quilt.name}: {error}") from None
    if told is None:
        raise InputError(
            f"nothing says how {quilt.name} is tiled; name it like ava_qs8x6a0.75.png, or give --views 8x6"
        )
    return told
