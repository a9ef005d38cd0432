"""Pictures from files: whatever Qt reads, as arrays."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImageReader

from holo_app.errors import InputError
from holo_app.ui.pixels import pixels_of

_LARGEST_MB = 1024


def read_rgb(path: Path) -> NDArray[np.uint8]:
    """(H, W, 3) sRGB, top row first. Raises: InputError: it cannot be read."""
    return _read(path, 3)


def read_rgba(path: Path) -> NDArray[np.uint8]:
    """(H, W, 4) sRGB with straight alpha, top row first. Raises: InputError: it cannot be read."""
    return _read(path, 4)


def _read(path: Path, channels: int) -> NDArray[np.uint8]:
    # a quilt of 6000 pixels a side is more than Qt takes from strangers
    QImageReader.setAllocationLimit(_LARGEST_MB)
    reader = QImageReader(str(path))
    image = reader.read()
    if image.isNull():
        raise InputError(f"the picture {path} cannot be read: {reader.errorString()}")
    return pixels_of(image, channels)
