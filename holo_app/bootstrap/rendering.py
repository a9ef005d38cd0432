"""The character as a picture file."""

from __future__ import annotations

from pathlib import Path

from holo_app.bootstrap.characters import avatar_figure
from holo_app.bootstrap.displays import display_mode
from holo_app.config import Settings
from holo_app.domain.speech import Viseme
from holo_app.errors import InputError
from holo_app.hologram.beside import Accompanied, Showcase, load_thing
from holo_app.hologram.cast import FigureMaker, Sculpted
from holo_app.hologram.character_store import CharacterStore
from holo_app.hologram.lightfield.mode import QuiltMode
from holo_app.hologram.lightfield.quilt import quilt_of_name
from holo_app.hologram.snapshot import render_png, viseme_pose

HOLOGRAM_CACHE = "hologram"
"""The same folder as the kiosk's: the figure is sculpted once."""
_SETTLED_S = 10.0
"""After a product's appearance: it has grown, and stands as at first."""


def render_picture(
    settings: Settings, out: Path, size: tuple[int, int], viseme: Viseme, product: Path | None = None
) -> Path:
    """Write `size` (width, height) pixels as PNG to `out`, whose folder is made, in the settings' display mode.

    Args: product: a model or picture to float beside the character.
    Returns: the file: a quilt's name is made to say how it is tiled, which other programs go by.
    Raises: DeviceError: no OpenGL 3.3, or not the panel's size. InputError: as `display_mode`; the file cannot be written;
        the avatar or product cannot be used.
    """
    figures = _figures(settings, product)
    try:
        shown = display_mode(settings.display, roomy=figures is not None)
        if isinstance(shown, QuiltMode) and quilt_of_name(out.name) != shown.quilt:
            out = out.with_name(shown.quilt.file_name(out.stem))
        out.parent.mkdir(parents=True, exist_ok=True)
        cache_dir = settings.data_dir / HOLOGRAM_CACHE
        render_png(out, size, viseme_pose(viseme), shown, cache_dir=cache_dir, figures=figures)
    except OSError as error:
        raise InputError(f"the picture {out} cannot be written: {error.strerror}") from None
    return out


def _figures(settings: Settings, product: Path | None) -> FigureMaker | None:
    """Who is drawn where it is not our own character alone."""
    avatar = settings.character.avatar
    figures = avatar_figure(avatar) if avatar is not None else None
    if product is None:
        return figures
    showcase = Showcase(lambda: 0.0)
    showcase.show(load_thing(product), already_s=_SETTLED_S)
    return Accompanied(figures or Sculpted(CharacterStore(settings.data_dir / HOLOGRAM_CACHE)), showcase)
