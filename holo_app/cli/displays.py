"""`displays`: which screens are connected and what they are. `calibrate`: adjust the hologram to the glass before it."""

# ruff: noqa: PLC0415 - `--help` must not load Qt or the renderer

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from holo_app.cli.modes import Mode, in_mode
from holo_app.cli.output import print_json, print_line

if TYPE_CHECKING:
    from holo_app.bootstrap.screens import Listed
    from holo_app.config import Settings


def displays(
    settings: Settings,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object per screen.")] = False,
) -> None:
    """List the connected screens: what each one is, why, and what it is used for."""
    from holo_app.bootstrap.panels import found_panels
    from holo_app.bootstrap.screens import listed, screens_here

    screens = listed(settings, screens_here(), found_panels())
    if as_json:
        for entry in screens:
            print_json(_form(entry))
        return
    if not screens:
        print_line("no screen is connected, or none can be seen from here")
    for entry in screens:
        for line in _lines(entry):
            print_line(line)


def _form(entry: Listed) -> dict[str, object]:
    screen = entry.screen
    return {
        "index": screen.index,
        "connector": screen.connector,
        "maker": screen.maker,
        "model": screen.model,
        "serial": screen.serial,
        "key": screen.key,
        "width": screen.size[0],
        "height": screen.size[1],
        "millimetres": list(screen.millimetres),
        "mode": entry.recognised.mode,
        "why": entry.recognised.why,
        "role": entry.role,
    }


def _lines(entry: Listed) -> list[str]:
    screen = entry.screen
    role = f" · used as {entry.role}" if entry.role else ""
    return [
        f"{screen.index}  {screen.title}  {screen.size[0]}x{screen.size[1]}{role}",
        f"   → {entry.recognised.mode}: {entry.recognised.why}",
    ]


def calibrate(
    settings: Settings,
    *,
    screen: Annotated[
        str | None,
        typer.Option("--screen", metavar="N", help="The screen: its number, connector, serial number or model."),
    ] = None,
    mode: Annotated[Mode | None, typer.Option("--mode", help="How the character is drawn; default: as set.")] = None,
    export: Annotated[
        Path | None, typer.Option("--export", metavar="FILE", dir_okay=False, help="Write all calibrations to a file.")
    ] = None,
    take: Annotated[
        Path | None, typer.Option("--import", metavar="FILE", dir_okay=False, help="Take calibrations from a file.")
    ] = None,
    forget: Annotated[bool, typer.Option("--forget", help="Drop what was saved for the screen.")] = False,
) -> int:
    """Adjust the picture to the display: test pictures and the character, nudged by touch or keys, saved for this screen."""
    if sum((export is not None, take is not None, forget)) > 1:
        raise typer.BadParameter("--export, --import and --forget are used one at a time")
    from holo_app.bootstrap import calibrating
    from holo_app.bootstrap.screens import calibrations

    if export is not None:
        print_line(f"{calibrations(settings).export(export)} screens written to {export}")
        return 0
    if take is not None:
        print_line(f"{calibrations(settings).take(take)} screens taken from {take}")
        return 0
    if screen is not None:
        settings = settings.replaced("display", screen=screen)
    settings = in_mode(settings, mode)
    if forget:
        print_line(calibrating.forget(settings))
        return 0
    return calibrating.run_calibration(settings)
