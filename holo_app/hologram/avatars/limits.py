"""What a file may ask for at most: a kiosk's memory is small, and a file may be hostile."""

from __future__ import annotations

from typing import Final

FILE_BYTES: Final = 256 * 2**20
"""Also of all its buffers together."""
JSON_BYTES: Final = 64 * 2**20
"""Of the document, with the data URIs in it: as objects it takes many times as much."""
NODES: Final = 4_096
JOINTS: Final = 1_024
MORPHS: Final = 1_024
VERTICES: Final = 400_000
TRIANGLES: Final = 800_000
MORPH_ENTRIES: Final = 12_000_000
"""Vertices moved, summed over the morphs: 28 bytes each."""
ELEMENTS: Final = 3 * TRIANGLES
"""Of one accessor."""
SMOOTH_VERTICES: Final = 60_000
"""From here on a kiosk without a graphics card is slow."""
PICTURE_EDGE: Final = 8_192
PICTURE_KEPT: Final = 2_048
PICTURES_BYTES: Final = 256 * 2**20
"""As they lie on the graphics card, without their smaller copies."""
