"""The character as a picture file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from holo_app.bootstrap.displays import display_mode
from holo_app.config import Settings
from holo_app.domain.avatar import Expression
from holo_app.domain.speech import Viseme
from holo_app.errors import InputError
from holo_app.hologram.contact_sheet import contact_sheet
from holo_app.hologram.expressions import expressive
from holo_app.hologram.lightfield.mode import QuiltMode
from holo_app.hologram.lightfield.quilt import quilt_of_name
from holo_app.hologram.looks import LOOKS, Look
from holo_app.hologram.modes import Flat
from holo_app.hologram.png import encode_png
from holo_app.hologram.snapshot import Studio

HOLOGRAM_CACHE = "hologram"
"""The same folder as the kiosk's: the figure is sculpted once."""


def render_picture(
    settings: Settings,
    out: Path,
    size: tuple[int, int],
    viseme: Viseme,
    *,
    expression: Expression = Expression.NEUTRAL,
    yaw: float = 0.0,
) -> Path:
    """Write `size` (width, height) pixels as PNG to `out`, whose folder is made, in the settings' display mode and look.

    yaw: degrees that the camera has walked around the figure, to the right; flat only.
    Returns: the file: a quilt's name is made to say how it is tiled, which other programs go by.
    Raises: DeviceError: no OpenGL 3.3, or not the panel's size. InputError: as `display_mode`; another mode than flat
        with a yaw; the file cannot be written.
    """
    shown = display_mode(settings.display)
    if isinstance(shown, QuiltMode) and quilt_of_name(out.name) != shown.quilt:
        out = out.with_name(shown.quilt.file_name(out.stem))
    if yaw:
        if not isinstance(shown, Flat):
            raise InputError(f"display.mode = {settings.display.mode} cannot be turned: yaw needs flat")
        shown = replace(shown, around=yaw)
    with _written(out):
        studio = Studio(settings.data_dir / HOLOGRAM_CACHE, look=_look(settings))
        try:
            out.write_bytes(encode_png(studio.picture(*size, expressive(expression, viseme), shown)))
        finally:
            studio.close()
    return out


def render_sheet(settings: Settings, out: Path, size: tuple[int, int]) -> Path:
    """Write the look's contact sheet, at most `size` pixels, as PNG to `out`, whose folder is made.

    Raises: DeviceError: no OpenGL 3.3. InputError: too small for its cells; the file cannot be written.
    """
    with _written(out):
        out.write_bytes(encode_png(contact_sheet(settings.data_dir / HOLOGRAM_CACHE, _look(settings), size)))
    return out


def _look(settings: Settings) -> Look:
    return LOOKS[settings.character.look]


@contextmanager
def _written(out: Path) -> Iterator[None]:
    """While something is written to `out`: what a disk refuses is the operator's business."""
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        yield
    except OSError as error:
        raise InputError(f"the picture {out} cannot be written: {error.strerror}") from None
