"""`avatar check`: whether a figure from another tool can stand on the stage."""

# ruff: noqa: PLC0415 - `--help` must not load numpy

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from holo_app.cli.output import print_json, print_line
from holo_app.cli.session import EXIT_FAILED, EXIT_OK, command

if TYPE_CHECKING:
    from holo_app.config import Settings
    from holo_app.hologram.avatars.check import AvatarReport

app = typer.Typer(
    help="Characters from other tools.", no_args_is_help=True, rich_markup_mode=None, pretty_exceptions_enable=False
)


@app.callback()
def _several() -> None:
    """Characters from other tools."""  # with a callback, Typer keeps `check` a command of its own


def check(
    settings: Settings,  # noqa: ARG001 - every command has them
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A .glb, .gltf or .vrm file.", show_default=False)],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> int:
    """Say what a file holds and what is wrong with it. Ends with 1 if it cannot be used."""
    from holo_app.hologram.avatars.check import check_avatar

    report = check_avatar(file)
    if as_json:
        print_json(_form(report))
    else:
        _print_report(report)
    return EXIT_OK if report.accepted else EXIT_FAILED


def _form(report: AvatarReport) -> dict[str, object]:
    return {
        "file": report.name,
        "accepted": report.accepted,
        "kind": report.kind,
        "vertices": report.vertices,
        "drawn_vertices": report.drawn_vertices,
        "triangles": report.triangles,
        "joints": report.joints,
        "morphs": report.morphs,
        "pictures": report.pictures,
        "mouth": report.mouth,
        "head": report.head,
        "eyes": report.eyes,
        "blink": report.blink,
        "faults": [
            {"code": fault.code.value, "severity": fault.severity.value, "text": fault.text, "fix": fault.fix}
            for fault in report.faults
        ],
    }


def _print_report(report: AvatarReport) -> None:
    verdict = "can be used" if report.accepted else "cannot be used"
    print_line(f"{report.name} ({report.kind}) {verdict}")
    if report.vertices:
        print_line(
            f"  {report.vertices} vertices ({report.drawn_vertices} drawn), {report.triangles} triangles, "
            f"{report.joints} joints, {report.morphs} morphs, {report.pictures} pictures"
        )
        able = {"head": report.head, "eyes": report.eyes, "blink": report.blink}
        print_line(f"  mouth: {report.mouth or 'none'}; " + "; ".join(f"{k}: {_yes(v)}" for k, v in able.items()))
    for fault in report.faults:
        print_line(f"{fault.severity.value:<7} {fault.text} [{fault.code.value}]")
        print_line(f"{'':<7} → {fault.fix}")


def _yes(able: bool) -> str:
    return "yes" if able else "no"


app.command("check")(command(check))
