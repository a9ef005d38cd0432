"""The character as a picture file."""

from __future__ import annotations

from pathlib import Path

from holo_app.bootstrap.displays import display_mode
from holo_app.config import Settings
from holo_app.domain.speech import Viseme
from holo_app.errors import InputError
from holo_app.hologram.lightfield.mode import QuiltMode
from holo_app.hologram.lightfield.quilt import quilt_of_name
from holo_app.hologram.snapshot import render_png, viseme_pose

HOLOGRAM_CACHE = "hologram"
"""The same folder as the kiosk's: the figure is sculpted once."""


def render_picture(settings: Settings, out: Path, size: tuple[int, int], viseme: Viseme) -> Path:
    """Write `size` (width, height) pixels as PNG to `out`, whose folder is made, in the settings' display mode.

    Returns: the file: a quilt's name is made to say how it is tiled, which other programs go by.
    Raises: DeviceError: no OpenGL 3.3, or not the panel's size. InputError: as `display_mode`; the file cannot be written.
    """
    try:
        shown = display_mode(settings.display)
        if isinstance(shown, QuiltMode) and quilt_of_name(out.name) != shown.quilt:
            out = out.with_name(shown.quilt.file_name(out.stem))
        out.parent.mkdir(parents=True, exist_ok=True)
        render_png(out, size, viseme_pose(viseme), shown, cache_dir=settings.data_dir / HOLOGRAM_CACHE)
    except OSError as error:
        raise InputError(f"the picture {out} cannot be written: {error.strerror}") from None
    return out
