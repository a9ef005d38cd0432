"""`run` and `demo`."""

# ruff: noqa: PLC0415 - `--help` must not load the kiosk

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from holo_app.cli.modes import Mode, in_mode

if TYPE_CHECKING:
    from holo_app.config import Settings


def run(
    settings: Settings,
    windowed: Annotated[bool, typer.Option("--windowed", help="A movable window, for developers.")] = False,
    mode: Annotated[Mode | None, typer.Option("--mode", help="How the character is drawn.")] = None,
    frames_json: Annotated[
        Path | None, typer.Option("--frames-json", metavar="FILE", help="Write the time of every frame when it ends.")
    ] = None,
) -> int:
    """Show the kiosk and talk with customers."""
    from holo_app.bootstrap.kiosk import run_kiosk

    windowed = windowed or not settings.display.fullscreen
    return run_kiosk(in_mode(settings, mode), windowed=windowed, frames_json=frames_json)


def demo(
    settings: Settings,
    out: Annotated[
        Path,
        typer.Option("--out", metavar="DIR", help="Folder for the picture, the sound, the transcript and the times."),
    ] = Path("holo-demo"),
    mic: Annotated[
        Path | None,
        typer.Option(
            "--mic", metavar="FILE", exists=True, dir_okay=False, help="A customer's recording (WAV) of your own."
        ),
    ] = None,
    mode: Annotated[Mode | None, typer.Option("--mode", help="How the character is drawn.")] = None,
) -> int:
    """Play a recorded customer through the real kiosk, with or without a screen."""
    from holo_app.bootstrap.demo import run_demo

    return run_demo(in_mode(settings, mode), out=out, mic=mic)
