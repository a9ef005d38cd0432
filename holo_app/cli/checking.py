"""`doctor` and `settings`: what is wrong with this kiosk, and how it is set."""

# ruff: noqa: PLC0415 - `--help` must not load what is checked

from __future__ import annotations

import os
import sys
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from holo_app.cli.output import print_json, print_line
from holo_app.cli.session import EXIT_FAILED, EXIT_OK

if TYPE_CHECKING:
    from holo_app.config import Settings
    from holo_app.ops.doctor import Check, CheckResult


def doctor(
    settings: Settings,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
    only: Annotated[
        list[str] | None,
        typer.Option("--only", metavar="NAME", help="Make only this check; may be repeated, or a list with commas."),
    ] = None,
) -> int:
    """Check models, sound, camera, display, database, disk, clock and versions.

    Ends with 0 if nothing failed (there may be warnings), with 1 if a check failed, with 2 on wrong usage.
    """
    from holo_app.bootstrap.doctor import kiosk_checks
    from holo_app.ops.doctor import healthy, run_doctor

    results = []
    for result in run_doctor(_chosen(kiosk_checks(settings), only or [])):
        results.append(result)
        if not as_json:
            _print_result(result)
    well = healthy(results)
    if as_json:
        print_json({"ok": well, "checks": [finding for result in results for finding in _forms(result)]})
    code = EXIT_OK if well else EXIT_FAILED
    if any(result.overdue for result in results):
        # a driver that hangs would also hang the orderly end of the process
        sys.stdout.flush()
        os._exit(code)
    return code


def _chosen(checks: list[Check], only: list[str]) -> list[Check]:
    wanted = {name.strip() for names in only for name in names.split(",") if name.strip()}
    names = [check.name for check in checks]
    unknown = sorted(wanted.difference(names))
    if unknown:
        raise typer.BadParameter(
            f"there is no check {', '.join(unknown)}; there are {', '.join(names)}", param_hint="--only"
        )
    return [check for check in checks if not wanted or check.name in wanted]


def _forms(result: CheckResult) -> list[dict[str, str]]:
    return [
        {
            "check": result.name,
            "code": found.diagnosis.code,
            "state": found.diagnosis.state.value,
            "text": found.text,
            "fix": found.diagnosis.fix,
        }
        for found in result.findings
    ]


def _print_result(result: CheckResult) -> None:
    for form in _forms(result):
        print_line(f"{form['state']:<5} {form['check']:<11} {form['text']} [{form['code']}]")
        if form["fix"]:
            print_line(f"{'':<17} → {form['fix']}")


def settings(
    settings: Settings,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Show every setting: its value, what it may be, and what it is for."""
    from holo_app.config import setting_entries

    values = {}
    for entry in setting_entries():
        section, name = entry.key.split(".")
        values[entry.key] = _plain(getattr(getattr(settings, section), name))
        if not as_json:
            print_line(f"{entry.key} = {values[entry.key]!r}")
            print_line(f"    {entry.description} Allowed: {entry.allowed}.")
    if as_json:
        print_json(values)


def _plain(value: object) -> object:
    if isinstance(value, Enum):
        return value.value
    return str(value) if isinstance(value, Path) else value
