"""Qt's pictures as arrays."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage

_FORMATS: Final = {3: QImage.Format.Format_RGB888, 4: QImage.Format.Format_RGBA8888}


def pixels_of(image: QImage, channels: int) -> NDArray[np.uint8]:
    """(H, W, channels) sRGB, top row first, 4 channels with straight alpha. image: not a null one."""
    image = image.convertToFormat(_FORMATS[channels])
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : channels * image.width()].reshape(image.height(), image.width(), channels).copy()
