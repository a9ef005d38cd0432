"""`film`: the character speaks a line or turns around, as a film file; and the child process that encodes it."""

# ruff: noqa: PLC0415 - `--help` must not load the renderer

from __future__ import annotations

import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from holo_app.cli.modes import LookName, in_look, in_mode
from holo_app.cli.output import print_line
from holo_app.cli.pictures import ModeOption, ViewsOption, picture_size, with_views

if TYPE_CHECKING:
    from holo_app.config import Settings

_RATES = (24, 25, 30, 50, 60)
_SHORTEST_S, _LONGEST_S = 0.5, 120.0
_LONGEST_LINE = 2000


def film(
    settings: Settings,
    *,
    out: Annotated[
        Path,
        typer.Option(
            "--out",
            metavar="X.mp4|X.webm|FOLDER",
            help="The film to write; a folder gets a PNG per picture and sound.wav.",
        ),
    ],
    say: Annotated[str | None, typer.Option("--say", metavar="TEXT", help="A line that the character speaks.")] = None,
    turntable: Annotated[
        bool, typer.Option("--turntable", help="The character turns all around, and the film loops.")
    ] = False,
    seconds: Annotated[
        float | None, typer.Option("--seconds", metavar="N", help="Length of a turntable; default: 8.")
    ] = None,
    fps: Annotated[int, typer.Option("--fps", metavar="N", help="Pictures a second: 24, 25, 30, 50 or 60.")] = 30,
    size: Annotated[str, typer.Option("--size", metavar="WxH", help="Width and height in pixels.")] = "1080x1920",
    mode: ModeOption = None,
    views: ViewsOption = None,
    look: Annotated[LookName | None, typer.Option("--look", help="Who is filmed; default: as set.")] = None,
    language: Annotated[
        str | None, typer.Option("--language", metavar="TAG", help="Language of the line; default: general.language.")
    ] = None,
    seed: Annotated[
        int, typer.Option("--seed", metavar="N", help="Of blinks and glances; the same one gives the same film.")
    ] = 7,
) -> None:
    """Film the character: a spoken line with its sound, or a turntable that loops. Needs no display."""
    width_height = picture_size(size)
    _check(say, fps, seconds, turntable=turntable)
    settings = with_views(in_look(in_mode(settings, mode), look), views)
    from holo_app.bootstrap.filming import FilmOrder, film_line, film_turntable

    order = FilmOrder(out, width_height, fps, seed)
    with _shown_progress() as progress:
        if say is None:
            written = film_turntable(settings, order, 8.0 if seconds is None else seconds, progress)
        else:
            written = film_line(settings, order, say, language or settings.general.language, progress)
    print_line(str(written))


def film_encoder() -> None:
    """The child process that encodes, in a bundle that has no Python of its own to start it with."""
    from holo_app.providers.pyav.server import main

    raise typer.Exit(main())


def _check(say: str | None, fps: int, seconds: float | None, *, turntable: bool) -> None:
    if (say is None) is not turntable:
        raise typer.BadParameter("give one of --say TEXT and --turntable", param_hint="--say, --turntable")
    if say is not None and not 0 < len(say.strip()) <= _LONGEST_LINE:
        raise typer.BadParameter(f"a line has 1 to {_LONGEST_LINE} characters", param_hint="--say")
    if fps not in _RATES:
        allowed = ", ".join(map(str, _RATES))
        raise typer.BadParameter(f"{fps} is not one of {allowed}", param_hint="--fps")
    if seconds is not None and say is not None:
        raise typer.BadParameter(
            "a spoken line is as long as it is; only a --turntable has a length", param_hint="--seconds"
        )
    if seconds is not None and not _SHORTEST_S <= seconds <= _LONGEST_S:
        raise typer.BadParameter(
            f"{seconds:g} is not {_SHORTEST_S:g} to {_LONGEST_S:g} seconds", param_hint="--seconds"
        )


@contextmanager
def _shown_progress() -> Generator[Callable[[int, int], None]]:
    """A line on the terminal that counts; nothing where the standard error is a file."""
    seen = sys.stderr.isatty()

    def show(done: int, of: int) -> None:
        if seen:
            print(f"\r{done} of {of} pictures", end="", file=sys.stderr, flush=True)  # noqa: T201 - for the person who waits

    try:
        yield show
    finally:
        if seen:
            print(file=sys.stderr)  # noqa: T201 - as above
