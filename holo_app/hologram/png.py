"""A PNG writer on the standard library: pictures can be made where neither Qt nor an image library is."""

from __future__ import annotations

import struct
import zlib

import numpy as np
from numpy.typing import NDArray

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_EIGHT_BIT_RGB = struct.pack(">BBBBB", 8, 2, 0, 0, 0)
_FILTER_UP = 2


def encode_png(picture: NDArray[np.uint8]) -> bytes:
    """A picture as PNG bytes.

    Args:    picture: (H, W, 3) sRGB, top row first.
    Raises:  ValueError: another shape or type.
    Source:  W3C PNG specification, third edition, sections 5 (chunks) and 9 (filter "up").
    """
    if picture.ndim != 3 or picture.shape[2] != 3 or picture.dtype != np.uint8:  # noqa: PLR2004 - H, W, RGB
        raise ValueError(f"a PNG needs (H, W, 3) uint8, not {picture.shape} {picture.dtype}")
    height, width, _ = picture.shape
    rows = picture.reshape(height, width * 3)
    above = np.zeros_like(rows)
    above[1:] = rows[:-1]
    filtered = np.empty((height, width * 3 + 1), np.uint8)
    filtered[:, 0] = _FILTER_UP
    filtered[:, 1:] = rows - above  # modulo 256, as the filter is defined
    header = struct.pack(">II", width, height) + _EIGHT_BIT_RGB
    body = zlib.compress(filtered.tobytes(), 6)
    return _SIGNATURE + _chunk(b"IHDR", header) + _chunk(b"IDAT", body) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
