"""A quilt as the picture that a lenticular panel shows."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage, QImageReader

from holo_app.errors import InputError
from holo_app.hologram.lightfield.calibration import read_calibration
from holo_app.hologram.lightfield.lens import woven
from holo_app.hologram.lightfield.quilt import Quilt, quilt_of_name
from holo_app.hologram.png import encode_png

_LARGEST_MB = 1024


def weave_quilt(quilt: Path, calibration: Path, out: Path, tiles: Quilt | None, *, smooth: bool) -> None:
    """Write what the panel of `calibration` is to show for `quilt` as PNG; the folder of `out` is made.

    tiles: how the quilt is tiled; None: as its name says.
    Raises: InputError: a file cannot be read or written, or nothing says how the quilt is tiled. DeviceError: no OpenGL 3.3.
    """
    panel, tiling = read_calibration(calibration), tiles or _told_by(quilt)
    picture = woven(read_picture(quilt), tiling, panel, smooth=smooth)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_bytes(encode_png(picture))
    except OSError as error:
        raise InputError(f"the picture {out} cannot be written: {error.strerror}") from None


def read_picture(path: Path) -> NDArray[np.uint8]:
    """Any picture that Qt reads as (H, W, 3) sRGB, top row first. Raises: InputError: it cannot be read."""
    # a quilt of 6000 pixels a side is more than Qt takes from strangers
    QImageReader.setAllocationLimit(_LARGEST_MB)
    reader = QImageReader(str(path))
    image = reader.read()
    if image.isNull():
        raise InputError(f"the picture {path} cannot be read: {reader.errorString()}")
    image = image.convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : 3 * image.width()].reshape(image.height(), image.width(), 3).copy()


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
