"""`transcribe`, `converse`, and the child process that speaks."""

# ruff: noqa: PLC0415 - `--help` must not load the speech models

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from holo_app.cli.output import print_json, print_line, rounded

if TYPE_CHECKING:
    from holo_app.bootstrap.conversing import TurnReport
    from holo_app.config import Settings


def transcribe(
    settings: Settings,
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Recordings (WAV).", show_default=False)],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object per file.")] = False,
) -> None:
    """Write down what is said in recordings."""
    from holo_app.bootstrap.transcribing import transcribe_files

    for result in transcribe_files(settings, files):
        if as_json:
            print_json(
                {
                    "file": str(result.file),
                    "text": result.text,
                    "seconds": round(result.seconds, 3),
                    "timings_ms": rounded(result.timings_ms),
                }
            )
        else:
            print_line(f"{result.file}: {result.text}" if len(files) > 1 else result.text)


def converse(
    settings: Settings,
    mic: Annotated[
        Path, typer.Option("--mic", metavar="FILE", exists=True, dir_okay=False, help="The customer's recording (WAV).")
    ],
    speaker: Annotated[
        Path | None,
        typer.Option(
            "--speaker", metavar="FILE", dir_okay=False, help="Write what the kiosk says; begins with the recording."
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object per turn.")] = False,
    trace: Annotated[
        Path | None,
        typer.Option(
            "--trace", metavar="FILE", dir_okay=False, help="Write what the turn engine heard and decided, and when."
        ),
    ] = None,
) -> None:
    """Hold a conversation with a recording as the microphone, in real time."""
    from holo_app.bootstrap.conversing import converse as hold

    hold(settings, mic, speaker, _print_turn_json if as_json else _print_turn, trace)


def _print_turn_json(turn: TurnReport) -> None:
    print_json(
        {
            "heard": turn.heard,
            "answer": turn.answer,
            "spoken": turn.spoken,
            "products": list(turn.products),
            "timings_ms": rounded(turn.timings_ms),
            "interrupted": turn.interrupted,
        }
    )


def _print_turn(turn: TurnReport) -> None:
    print_line(f"customer:  {turn.heard}")
    print_line(f"character: {turn.spoken}{' (interrupted)' if turn.interrupted else ''}")


def piper_server(context: typer.Context) -> None:
    """The child process that speaks, in a bundle that has no Python of its own to start it with."""
    from holo_app.providers.piper.server import main

    raise typer.Exit(main(context.args))


def kokoro_server(context: typer.Context) -> None:
    """The same with Kokoro's voices."""
    from holo_app.providers.kokoro.server import main

    raise typer.Exit(main(context.args))


def llamacpp_server(context: typer.Context) -> None:
    """The child process that thinks, in the same way."""
    from holo_app.providers.llamacpp.server import main

    raise typer.Exit(main(context.args))


def whisper_server(context: typer.Context) -> None:
    """The child process that hears, in the same way."""
    from holo_app.providers.whisper.server import main

    raise typer.Exit(main(context.args))
