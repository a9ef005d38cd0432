"""The character as a picture file."""

from __future__ import annotations

from pathlib import Path

from holo_app.config import Settings
from holo_app.domain.speech import Viseme
from holo_app.errors import InputError
from holo_app.hologram.modes import Flat
from holo_app.hologram.snapshot import ModeName, mode_named, render_png, viseme_pose

HOLOGRAM_CACHE = "hologram"
"""The same folder as the kiosk's: the figure is sculpted once."""


def render_picture(settings: Settings, out: Path, size: tuple[int, int], viseme: Viseme, mode: ModeName) -> None:
    """Write `size` (width, height) pixels as PNG to `out`, whose folder is made.

    Raises: DeviceError: no OpenGL 3.3. InputError: the file cannot be written.
    """
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        shown = Flat(settings.display.vertical_offset) if mode == "flat" else mode_named(mode)
        render_png(out, size, viseme_pose(viseme), shown, cache_dir=settings.data_dir / HOLOGRAM_CACHE)
    except OSError as error:
        raise InputError(f"the picture {out} cannot be written: {error.strerror}") from None
