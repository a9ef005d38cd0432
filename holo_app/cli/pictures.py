"""`render`: the character as a picture file. `lens`: a quilt as a lenticular panel shows it."""

# ruff: noqa: PLC0415 - `--help` must not load the renderer

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from holo_app.cli.modes import LookName, Mode, in_look, in_mode
from holo_app.cli.output import print_line
from holo_app.domain.avatar import Expression
from holo_app.domain.speech import Viseme

if TYPE_CHECKING:
    from holo_app.config import Settings
    from holo_app.hologram.lightfield.quilt import Quilt

ModeOption = Annotated[Mode | None, typer.Option("--mode", help="How the character is drawn; default: as set.")]
ViewsOption = Annotated[
    str | None, typer.Option("--views", metavar="CxR", help="Columns and rows of a quilt; default: as set.")
]

_LEAST, _MOST = 16, 8192
_MOST_ACROSS, _MOST_VIEWS = 32, 256


def render(
    settings: Settings,
    *,
    out: Annotated[Path, typer.Option("--out", metavar="FILE.png", dir_okay=False, help="The picture to write.")],
    size: Annotated[str, typer.Option("--size", metavar="WxH", help="Width and height in pixels.")] = "1080x1920",
    viseme: Annotated[
        str, typer.Option("--viseme", metavar="NAME", help="The mouth's shape: sil, aa, E, PP …")
    ] = "sil",
    mode: ModeOption = None,
    views: ViewsOption = None,
    look: Annotated[LookName | None, typer.Option("--look", help="Who is drawn; default: as set.")] = None,
    expression: Annotated[Expression, typer.Option("--expression", help="What the face says.")] = Expression.NEUTRAL,
    yaw: Annotated[
        float, typer.Option("--yaw", metavar="DEGREES", help="Walk so far around the character, to the right.")
    ] = 0.0,
    picture: Annotated[
        Path | None, typer.Option("--picture", metavar="FILE.png", help="Show this picture in the character's place.")
    ] = None,
    chroma: Annotated[
        str | None, typer.Option("--chroma", metavar="#RRGGBB", help="Colour of that picture's backdrop, taken out.")
    ] = None,
    avatar: Annotated[
        Path | None,
        typer.Option("--avatar", metavar="FILE.glb", help="A character from another tool; default: as set."),
    ] = None,
    product: Annotated[
        Path | None,
        typer.Option("--product", metavar="FILE", help="A model (.glb) or picture (.png, .jpg) beside the character."),
    ] = None,
) -> None:
    """Draw the character into a PNG file. Needs no display. A quilt's name is made to say how it is tiled."""
    width_height, mouth = picture_size(size), _viseme(viseme)
    settings = with_views(in_look(in_mode(settings, mode), look), views)
    if avatar is not None:
        settings = settings.replaced("character", avatar=avatar)
    backdrop = None if chroma is None else _colour(chroma)
    if backdrop is not None and picture is None:
        raise typer.BadParameter("it is the backdrop of a picture: give --picture too", param_hint="--chroma")
    from holo_app.bootstrap.rendering import Portrait, Shown, render_picture

    shown = None if picture is None else Shown(picture, backdrop)
    portrait = Portrait(mouth, expression, yaw, shown, product)
    print_line(str(render_picture(settings, out, width_height, portrait)))


def sheet(
    settings: Settings,
    *,
    out: Annotated[Path, typer.Option("--out", metavar="FILE.png", dir_okay=False, help="The picture to write.")],
    size: Annotated[str, typer.Option("--size", metavar="WxH", help="Most of width and height.")] = "1600x2000",
    look: Annotated[LookName | None, typer.Option("--look", help="Who is drawn; default: as set.")] = None,
) -> None:
    """Draw all that the character can show onto one picture: five angles, each expression with five mouth shapes."""
    width_height = picture_size(size)
    settings = in_look(settings, look)
    from holo_app.bootstrap.rendering import render_sheet

    print_line(str(render_sheet(settings, out, width_height)))


def lens(
    settings: Settings,  # noqa: ARG001 - every command has them
    *,
    quilt: Annotated[Path, typer.Option("--quilt", metavar="QUILT.png", help="All views, tiled in one picture.")],
    calibration: Annotated[
        Path, typer.Option("--calibration", metavar="visual.json", help="The panel's calibration, from its own memory.")
    ],
    out: Annotated[Path, typer.Option("--out", metavar="FILE.png", dir_okay=False, help="The picture to write.")],
    views: Annotated[
        str | None, typer.Option("--views", metavar="CxR", help="Columns and rows of views; default: as the name says.")
    ] = None,
    smooth: Annotated[
        bool, typer.Option("--smooth", help="Mix the neighbouring pixels of a view instead of taking the nearest.")
    ] = False,
) -> None:
    """Weave a quilt into the pixels of a lenticular panel. Needs no display."""
    tiles = _views(views)
    from holo_app.bootstrap.weaving import weave_quilt

    weave_quilt(quilt, calibration, out, tiles, smooth=smooth)


def _views(text: str | None) -> Quilt | None:
    from holo_app.hologram.lightfield.quilt import Quilt

    return None if text is None else Quilt(*_columns_rows(text), 1.0)


def _columns_rows(text: str) -> tuple[int, int]:
    match = re.fullmatch(r"(\d{1,2})[xX×](\d{1,2})", text.strip())
    columns, rows = (int(match[1]), int(match[2])) if match else (0, 0)
    if not 1 <= columns * rows <= _MOST_VIEWS or max(columns, rows) > _MOST_ACROSS:
        allowed = f"COLUMNSxROWS with 1 to {_MOST_ACROSS} each and {_MOST_VIEWS} views at most, such as 8x6"
        raise typer.BadParameter(f"{text!r} is not {allowed}", param_hint="--views")
    return columns, rows


def with_views(settings: Settings, text: str | None) -> Settings:
    """The settings with other views of a quilt, where they were asked for. Raises: typer.BadParameter."""
    if text is None:
        return settings
    columns, rows = _columns_rows(text)
    return settings.replaced("display", quilt_columns=columns, quilt_rows=rows)


def picture_size(text: str) -> tuple[int, int]:
    """Width and height of `--size`. Raises: typer.BadParameter."""
    match = re.fullmatch(r"(\d{1,5})[xX×](\d{1,5})", text.strip())
    size = (int(match[1]), int(match[2])) if match else (0, 0)
    if not all(_LEAST <= side <= _MOST for side in size):
        allowed = f"WIDTHxHEIGHT with {_LEAST} to {_MOST} pixels each, such as 1080x1920"
        raise typer.BadParameter(f"{text!r} is not {allowed}", param_hint="--size")
    return size


def _colour(text: str) -> tuple[float, float, float]:
    match = re.fullmatch(r"#?([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})", text.strip(), re.IGNORECASE)
    if match is None:
        raise typer.BadParameter(f"{text!r} is not a colour such as #00ff00", param_hint="--chroma")
    red, green, blue = (int(part, 16) / 255 for part in match.groups())
    return red, green, blue


def _viseme(text: str) -> Viseme:
    by_name = {viseme.value.lower(): viseme for viseme in Viseme}
    if text.lower() not in by_name:
        allowed = ", ".join(viseme.value for viseme in Viseme)
        raise typer.BadParameter(f"{text!r} is not one of {allowed}", param_hint="--viseme")
    return by_name[text.lower()]
