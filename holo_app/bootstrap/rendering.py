"""The character as a picture file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from holo_app.bootstrap.characters import avatar_figure
from holo_app.bootstrap.displays import display_mode
from holo_app.bootstrap.picture_files import read_rgba
from holo_app.config import Settings
from holo_app.domain.avatar import Expression
from holo_app.domain.speech import Viseme
from holo_app.errors import InputError
from holo_app.hologram.beside import Accompanied, Showcase, load_thing
from holo_app.hologram.cast import FigureMaker
from holo_app.hologram.contact_sheet import contact_sheet
from holo_app.hologram.expressions import expressive
from holo_app.hologram.lightfield.mode import QuiltMode
from holo_app.hologram.lightfield.quilt import quilt_of_name
from holo_app.hologram.looks import LOOKS, Look
from holo_app.hologram.modes import DisplayMode, Flat
from holo_app.hologram.plane import KeyKind, KeySettings, PictureFeed, Screened
from holo_app.hologram.png import encode_png
from holo_app.hologram.quality import Quality
from holo_app.hologram.renderer import RenderSettings
from holo_app.hologram.snapshot import BEST, Studio, finely_lit

HOLOGRAM_CACHE = "hologram"
"""The same folder as the kiosk's: the figure is sculpted once."""
_SETTLED_S = 10.0
"""After a product's appearance: it has grown, and stands as at first."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A picture in the character's place. chroma: the colour of its backdrop, each part 0..1; None: its own alpha counts."""

    picture: Path
    chroma: tuple[float, float, float] | None = None


@dataclass(frozen=True, slots=True)
class Portrait:
    """What is drawn. yaw: degrees that the camera has walked around the figure, to the right. instead: of the character.

    product: a model or picture that floats beside it.
    """

    viseme: Viseme = Viseme.SIL
    expression: Expression = Expression.NEUTRAL
    yaw: float = 0.0
    instead: Shown | None = None
    product: Path | None = None


def render_picture(settings: Settings, out: Path, size: tuple[int, int], portrait: Portrait) -> Path:
    """Write `size` (width, height) pixels as PNG to `out`, whose folder is made, in the settings' display mode and look.

    Returns: the file: a quilt's name is made to say how it is tiled, which other programs go by.
    Raises: DeviceError: no OpenGL 3.3, or not the panel's size. InputError: as `display_mode`; another mode than flat
        with a yaw; a picture cannot be read, keyed or written; the avatar or product cannot be used.
    """
    mode = _mode(settings, portrait.yaw)
    if isinstance(mode, QuiltMode) and quilt_of_name(out.name) != mode.quilt:
        out = out.with_name(mode.quilt.file_name(out.stem))
    figures = _figures(settings, portrait)
    with _written(out):
        studio = studio_for(settings, figures)
        try:
            pose = expressive(portrait.expression, portrait.viseme)
            out.write_bytes(encode_png(studio.picture(*size, pose, mode)))
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


def _mode(settings: Settings, yaw: float) -> DisplayMode:
    mode = display_mode(settings.display)
    if not yaw:
        return mode
    if not isinstance(mode, Flat):
        raise InputError(f"display.mode = {settings.display.mode} cannot be turned: yaw needs flat")
    return replace(mode, around=yaw)


def _figures(settings: Settings, portrait: Portrait) -> FigureMaker:
    figures = _screened(portrait.instead) if portrait.instead is not None else still_figure(settings)
    if portrait.product is None:
        return figures
    showcase = Showcase(lambda: 0.0)
    showcase.show(load_thing(portrait.product), already_s=_SETTLED_S)
    return Accompanied(figures, showcase)


def studio_for(settings: Settings, figures: FigureMaker, quality: Quality = BEST) -> Studio:
    """A studio with the settings' lines and glow. Raises: DeviceError: no OpenGL 3.3."""
    display = settings.display
    style = RenderSettings(fixed=quality, scan_lines=display.scan_lines, bloom=display.bloom or 0.0)
    return Studio(None, figures=figures, settings=style)


def still_figure(settings: Settings) -> FigureMaker:
    """Who stands on the stage, as good as can be drawn. Raises: InputError: the avatar of the settings cannot be used."""
    avatar = settings.character.avatar
    return finely_lit(settings.data_dir / HOLOGRAM_CACHE, _look(settings)) if avatar is None else avatar_figure(avatar)


def _screened(shown: Shown) -> Screened:
    feed = PictureFeed()
    feed.show(read_rgba(shown.picture))
    try:
        key = KeySettings(KeyKind.STRAIGHT_ALPHA) if shown.chroma is None else KeySettings(KeyKind.CHROMA, shown.chroma)
    except ValueError as error:
        raise InputError(f"--chroma: {error}") from None
    return Screened(feed, key=key)


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
