"""`render`: the character as a picture file. `lens`: a quilt as a lenticular panel shows it."""

# ruff: noqa: PLC0415 - `--help` must not load the renderer

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from holo_app.cli.modes import Mode, in_mode
from holo_app.cli.output import print_line
from holo_app.domain.speech import Viseme

if TYPE_CHECKING:
    from holo_app.config import Settings
    from holo_app.hologram.lightfield.quilt import Quilt

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
    mode: Annotated[Mode | None, typer.Option("--mode", help="How the character is drawn; default: as set.")] = None,
    views: Annotated[
        str | None, typer.Option("--views", metavar="CxR", help="Columns and rows of a quilt; default: as set.")
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
    width_height, mouth = _size(size), _viseme(viseme)
    settings = in_mode(settings, mode)
    if views is not None:
        columns, rows = _columns_rows(views)
        settings = settings.replaced("display", quilt_columns=columns, quilt_rows=rows)
    if avatar is not None:
        settings = settings.replaced("character", avatar=avatar)
    from holo_app.bootstrap.rendering import render_picture

    print_line(str(render_picture(settings, out, width_height, mouth, product)))


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
    nearest: Annotated[
        bool, typer.Option("--nearest", help="Take the nearest pixel of a view instead of mixing its neighbours.")
    ] = False,
) -> None:
    """Weave a quilt into the pixels of a lenticular panel. Needs no display."""
    tiles = _views(views)
    from holo_app.bootstrap.weaving import weave_quilt

    weave_quilt(quilt, calibration, out, tiles, smooth=not nearest)


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


def _size(text: str) -> tuple[int, int]:
    match = re.fullmatch(r"(\d{1,5})[xX×](\d{1,5})", text.strip())
    size = (int(match[1]), int(match[2])) if match else (0, 0)
    if not all(_LEAST <= side <= _MOST for side in size):
        allowed = f"WIDTHxHEIGHT with {_LEAST} to {_MOST} pixels each, such as 1080x1920"
        raise typer.BadParameter(f"{text!r} is not {allowed}", param_hint="--size")
    return size


def _viseme(text: str) -> Viseme:
    by_name = {viseme.value.lower(): viseme for viseme in Viseme}
    if text.lower() not in by_name:
        allowed = ", ".join(viseme.value for viseme in Viseme)
        raise typer.BadParameter(f"{text!r} is not one of {allowed}", param_hint="--viseme")
    return by_name[text.lower()]
