"""`ask`: typed questions, answered by what answers spoken ones."""

# ruff: noqa: PLC0415 - `--help` must not load the answerer

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from holo_app.cli.output import print_json, print_line, rounded
from holo_app.errors import InputError

if TYPE_CHECKING:
    from holo_app.config import Settings

_STDIN = Path("-")


def ask(
    settings: Settings,
    text: Annotated[str | None, typer.Argument(help="The question.", show_default=False)] = None,
    lines: Annotated[
        Path | None,
        typer.Option(
            "--lines", metavar="FILE", help="Ask each line of a file, in one conversation; - reads the input."
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object per answer.")] = False,
) -> None:
    """Ask in writing."""
    if (text is None) == (lines is None):
        raise typer.BadParameter("give either a question or --lines FILE", param_hint="TEXT")
    if text is not None and not text.strip():
        raise typer.BadParameter("the question is empty", param_hint="TEXT")
    from holo_app.bootstrap.asking import ask_lines

    questions = iter([text]) if text is not None else _lines(lines or _STDIN)
    for result in ask_lines(settings, questions):
        if as_json:
            print_json(
                {
                    "answer": result.answer,
                    "products": list(result.products),
                    "facts": list(result.facts),
                    "timings_ms": rounded(result.timings_ms),
                }
            )
        else:
            print_line(result.answer)


def _lines(file: Path) -> Iterator[str]:
    """The lines that hold something, one by one as they arrive. Raises InputError."""
    try:
        stream = sys.stdin if file == _STDIN else file.open(encoding="utf-8-sig")
        with stream:
            yield from (line.strip() for line in stream if line.strip())
    except OSError as error:
        raise InputError(f"{file}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise InputError(f"{file}: is not UTF-8 text") from None
