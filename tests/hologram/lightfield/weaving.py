"""What a lenticular panel must show, worked out again: pixel by pixel in float64, straight from the formulas of the vendor."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

PORTRAIT: dict[str, Any] = {
    "configVersion": "1.0",
    "serial": "LKG-P-TEST",
    "pitch": {"value": 52.59267},
    "slope": {"value": -7.08354},
    "center": {"value": 0.816793},
    "viewCone": {"value": 40.0},
    "invView": {"value": 1.0},
    "verticalAngle": {"value": 0.0},
    "DPI": {"value": 324.0},
    "screenW": {"value": 1536.0},
    "screenH": {"value": 2048.0},
    "flipImageX": {"value": 0.0},
    "flipImageY": {"value": 0.0},
    "flipSubp": {"value": 0.0},
}
"""As an early portrait panel writes it; the numbers are of no real one."""

MIRRORED: dict[str, Any] = {
    **PORTRAIT,
    "serial": "LKG-2K-TEST",
    "pitch": {"value": 47.5724},
    "slope": {"value": 5.45},
    "center": {"value": 0.1785},
    "DPI": {"value": 338.0},
    "screenW": {"value": 2560.0},
    "screenH": {"value": 1600.0},
    "invView": {"value": 0.0},
    "flipImageX": {"value": 1.0},
}

CELLED: dict[str, Any] = {
    **PORTRAIT,
    "configVersion": "3.0",
    "serial": "LKG-K-TEST",
    "pitch": {"value": 70.12},
    "slope": {"value": 6.31},
    "center": {"value": 0.431},
    "DPI": {"value": 491.0},
    "screenW": {"value": 1440.0},
    "screenH": {"value": 2560.0},
    "CellPatternMode": {"value": 3},
    "subpixelCells": [
        {"ROffsetX": -0.31, "ROffsetY": 0.25, "GOffsetX": 0.33, "GOffsetY": 0.25, "BOffsetX": 0.02, "BOffsetY": -0.25},
        {"ROffsetX": 0.31, "ROffsetY": 0.25, "GOffsetX": -0.33, "GOffsetY": 0.25, "BOffsetX": 0.04, "BOffsetY": -0.25},
        {"ROffsetX": -0.29, "ROffsetY": -0.2, "GOffsetX": 0.35, "GOffsetY": -0.2, "BOffsetX": 0.01, "BOffsetY": 0.3},
        {"ROffsetX": 0.29, "ROffsetY": -0.2, "GOffsetX": -0.35, "GOffsetY": -0.2, "BOffsetX": 0.03, "BOffsetY": 0.3},
    ],
}


def as_file(calibration: Mapping[str, Any]) -> str:
    return json.dumps(calibration)


def views(calibration: Mapping[str, Any]) -> Floats:
    """(height, width, 3), rows from below: where between the first view (0) and behind the last one (1) each colour lies."""

    def value(key: str) -> float:
        return float(calibration[key]["value"])

    width, height = value("screenW"), value("screenH")
    flip = -1.0 if value("flipImageX") else 1.0
    lenses = value("pitch") * width / value("DPI") * math.cos(math.atan(1 / value("slope")))
    tilt = flip * height / (width * value("slope"))
    x, y = np.meshgrid(np.arange(int(width)), np.arange(int(height)))
    u, v = (x + 0.5) / width, (y + 0.5) / height
    cells = calibration.get("subpixelCells", [])
    out = np.zeros((*x.shape, 3))
    for colour, letter in enumerate("RGB"):
        if cells:
            which = {0: 0 * x, 1: (x + y) % 2, 2: x % 2, 3: (y + x % 2 * 2) % 4, 4: y % 2}[
                int(calibration["CellPatternMode"]["value"])
            ]
            offset_x = np.array([cell[f"{letter}OffsetX"] for cell in cells])[which % len(cells)]
            offset_y = np.array([cell[f"{letter}OffsetY"] for cell in cells])[which % len(cells)]
            at = u + offset_x / width + (v + offset_y / height) * tilt
        else:
            at = u + flip * colour / (3 * width) + v * tilt
        phase = np.mod(at * lenses - value("center"), 1.0)
        out[..., colour] = 1 - phase if value("invView") else phase
    return out


def woven(calibration: Mapping[str, Any], quilt: NDArray[np.uint8], columns: int, rows: int) -> NDArray[np.uint8]:
    """(H, W, 3) of the quilt, top row first, to the panel's own picture, top row first: the nearest pixel of the view."""
    where = views(calibration)
    height, width, _ = where.shape
    count = columns * rows
    view = np.clip(np.floor(where * count).astype(int), 0, count - 1)
    tall, wide = quilt.shape[0] // rows, quilt.shape[1] // columns
    x = np.floor((np.arange(width) + 0.5) / width * wide).astype(int)[None, :, None]
    y = np.floor((np.arange(height) + 0.5) / height * tall).astype(int)[:, None, None]
    from_below = quilt[::-1]
    panel: NDArray[np.uint8] = from_below[view // columns * tall + y, view % columns * wide + x, np.arange(3)]
    return panel[::-1]
