"""Is there a camera that delivers a picture?"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from holo_app.ops.diagnoses import CAMERA_BUSY, CAMERA_MISSING, CAMERA_OK, CAMERA_UNSUPPORTED
from holo_app.ops.doctor import Finding

_MOST_DEVICES = 4


def check_camera() -> list[Finding]:
    """Take one picture with the first camera there is, and forget it."""
    devices = _devices()
    if not devices:
        return [Finding(CAMERA_MISSING, "no camera is connected")]
    # said before the import: OpenCV would shout about each device that is not one
    os.environ.setdefault("OPENCV_LOG_LEVEL", "OFF")
    os.environ.setdefault("OPENCV_VIDEOIO_DEBUG", "0")
    try:
        import cv2  # noqa: PLC0415 - 0.2 s and 60 MB that only this check costs
    except ImportError:
        return [Finding(CAMERA_UNSUPPORTED, "a camera is connected, but the package opencv-python-headless is missing")]
    for number in devices:
        capture = cv2.VideoCapture(number)
        try:
            taken, picture = capture.read() if capture.isOpened() else (False, None)
        finally:
            capture.release()
        if taken and picture is not None:
            height, width = picture.shape[:2]
            return [Finding(CAMERA_OK, f"camera {number} delivers {width}x{height} pixels")]
    return [Finding(CAMERA_BUSY, "a camera is connected, but delivers no picture")]


def _devices() -> list[int]:
    """Numbers of cameras. Only Linux can tell without opening them; elsewhere the first one is tried."""
    if sys.platform != "linux":
        return [0]
    numbers = (file.name.removeprefix("video") for file in Path("/dev").glob("video*"))
    return sorted(int(number) for number in numbers if number.isdigit())[:_MOST_DEVICES]
