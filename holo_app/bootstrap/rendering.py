"""The character as a picture file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from holo_app.bootstrap.displays import display_mode
from holo_app.bootstrap.picture_files import read_rgba
from holo_app.config import Settings
from holo_app.domain.speech import Viseme
from holo_app.errors import InputError
from holo_app.hologram.lightfield.mode import QuiltMode
from holo_app.hologram.lightfield.quilt import quilt_of_name
from holo_app.hologram.plane import KeyKind, KeySettings, PictureFeed, Screened
from holo_app.hologram.renderer import RenderSettings
from holo_app.hologram.snapshot import BEST, render_png, viseme_pose

HOLOGRAM_CACHE = "hologram"
"""The same folder as the kiosk's: the figure is sculpted once."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A picture in the character's place. chroma: the colour of its backdrop, each part 0..1; None: its own alpha counts."""

    picture: Path
    chroma: tuple[float, float, float] | None = None


def render_picture(
    settings: Settings, out: Path, size: tuple[int, int], viseme: Viseme, shown: Shown | None = None
) -> Path:
    """Write `size` (width, height) pixels as PNG to `out`, whose folder is made, in the settings' display mode.

    shown: instead of the character.
    Returns: the file: a quilt's name is made to say how it is tiled, which other programs go by.
    Raises: DeviceError: no OpenGL 3.3, or not the panel's size.
        InputError: as `display_mode`; a picture cannot be read, keyed or written.
    """
    try:
        mode = display_mode(settings.display)
        if isinstance(mode, QuiltMode) and quilt_of_name(out.name) != mode.quilt:
            out = out.with_name(mode.quilt.file_name(out.stem))
        out.parent.mkdir(parents=True, exist_ok=True)
        figures = None if shown is None else _screened(shown)
        cache_dir = settings.data_dir / HOLOGRAM_CACHE
        look = RenderSettings(fixed=BEST, scan_lines=settings.display.scan_lines, bloom=settings.display.bloom or 0.0)
        render_png(out, size, viseme_pose(viseme), mode, cache_dir=cache_dir, figures=figures, settings=look)
    except OSError as error:
        raise InputError(f"the picture {out} cannot be written: {error.strerror}") from None
    return out


def _screened(shown: Shown) -> Screened:
    feed = PictureFeed()
    feed.show(read_rgba(shown.picture))
    try:
        key = KeySettings(KeyKind.STRAIGHT_ALPHA) if shown.chroma is None else KeySettings(KeyKind.CHROMA, shown.chroma)
    except ValueError as error:
        raise InputError(f"--chroma: {error}") from None
    return Screened(feed, key=key)
