"""`turns`: what each turn of the last conversations took."""

# ruff: noqa: PLC0415 - `--help` must not load the database

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from holo_app.cli.output import print_json, print_line, rounded
from holo_app.domain.conversation import Stage

if TYPE_CHECKING:
    from holo_app.config import Settings
    from holo_app.ops.turns import TurnRecord

_WIDTH = 34


def turns(
    settings: Settings,
    conversations: Annotated[int, typer.Option("--last", min=1, help="How many conversations, the newest ones.")] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object per turn.")] = False,
    metrics: Annotated[
        bool, typer.Option("--metrics", help="Histograms of the stages in Prometheus' text format, without any words.")
    ] = False,
) -> None:
    """Show what each stage of each turn took, in milliseconds, with what was asked and what was heard of the answer."""
    from holo_app.bootstrap.turns import recent_turns
    from holo_app.ops.turns import histograms

    records = recent_turns(settings, conversations=conversations)
    if metrics:
        print_line(histograms(records).rstrip("\n"))
        return
    if not as_json:
        print_line(f"{'at (UTC)':<19}" + "".join(f"{name:>13}" for name in _HEADS.values()) + "  asked → heard")
    for record in records:
        if as_json:
            print_json(_form(record))
        else:
            print_line(_row(record))


_HEADS = {
    Stage.STT: "words",
    Stage.END_OF_TURN: "end of turn",
    Stage.RETRIEVE: "retrieval",
    Stage.ANSWER: "answer",
    Stage.TTS_FIRST_AUDIO: "voice",
    Stage.END_OF_SPEECH_TO_FIRST_AUDIO: "first audio",
    Stage.FIRST_AUDIO_OF_ANSWER: "of answer",
}


def _row(record: TurnRecord) -> str:
    at = record.at.strftime("%Y-%m-%d %H:%M:%S")
    times = "".join(f"{_cell(record.timings_ms.get(stage)):>13}" for stage in _HEADS)
    cut = " ⏹" if record.interrupted else ""
    return f"{at}{times}  {_short(record.asked) or '(greeting)'} → {_short(record.heard)}{cut}"


def _cell(took_ms: float | None) -> str:
    return "-" if took_ms is None else f"{took_ms:.0f}"


def _short(text: str) -> str:
    return text if len(text) <= _WIDTH else text[: _WIDTH - 1] + "…"


def _form(record: TurnRecord) -> dict[str, object]:
    return {
        "at": record.at.isoformat(),
        "asked": record.asked,
        "answer": record.answer,
        "heard": record.heard,
        "interrupted": record.interrupted,
        "provider": record.provider,
        "timings_ms": rounded(record.timings_ms),
    }
