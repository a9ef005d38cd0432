"""Runs checks one after the other, each under a deadline, so that a hung device cannot hang the doctor."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import structlog

from holo_app.ops.diagnoses import CHECK_CRASHED, CHECK_OVERDUE, Diagnosis, State

DEADLINE_S = 15.0

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a check found. text: what is so here, in a sentence without a full stop."""

    diagnosis: Diagnosis
    text: str


@dataclass(frozen=True, slots=True)
class Check:
    """Something to look at. run: blocks; may raise nothing that it could name as a Finding."""

    name: str
    run: Callable[[], Sequence[Finding]]
    deadline_s: float = DEADLINE_S


@dataclass(frozen=True, slots=True)
class CheckResult:
    """A check's findings, never empty. overdue: its thread still hangs."""

    name: str
    findings: tuple[Finding, ...]
    overdue: bool = False


def run_doctor(checks: Sequence[Check]) -> Iterator[CheckResult]:
    """The result of each check as soon as it is there, in order; never waits longer than the check's deadline."""
    for check in checks:
        result = _examine(check)
        for finding in result.findings:
            log.info("checked", check=check.name, code=finding.diagnosis.code, state=finding.diagnosis.state.value)
        yield result


def healthy(results: Sequence[CheckResult]) -> bool:
    """Whether nothing failed; warnings are allowed."""
    return all(found.diagnosis.state is not State.FAIL for result in results for found in result.findings)


@dataclass(slots=True)
class _Outcome:
    findings: list[Finding] = field(default_factory=list)


def _examine(check: Check) -> CheckResult:
    outcome = _Outcome()
    # a daemon: where it hangs in a driver, the program must still be able to end
    thread = threading.Thread(target=_run, args=(check, outcome), name=f"check-{check.name}", daemon=True)
    thread.start()
    thread.join(check.deadline_s)
    if thread.is_alive():
        late = Finding(CHECK_OVERDUE, f"the {check.name} did not answer within {check.deadline_s:g} s")
        return CheckResult(check.name, (late,), overdue=True)
    silent = Finding(CHECK_CRASHED, f"the check of the {check.name} found nothing, not even that all is well")
    return CheckResult(check.name, tuple(outcome.findings) or (silent,))


def _run(check: Check, outcome: _Outcome) -> None:
    try:
        outcome.findings = list(check.run())
    except Exception as error:
        log.exception("check_crashed", check=check.name)
        outcome.findings = [Finding(CHECK_CRASHED, f"the check of the {check.name} failed ({type(error).__name__})")]
