"""Runs checks one after the other, each under a deadline; a driver that hangs or dies does not take the doctor with it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import structlog

from holo_app.ops.diagnoses import CHECK_CRASHED, CHECK_OVERDUE, Diagnosis, State
from holo_app.ops.isolation import IsolatedCallError, call_isolated

DEADLINE_S = 15.0

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a check found. text: what is so here, in a sentence without a full stop."""

    diagnosis: Diagnosis
    text: str


@dataclass(frozen=True, slots=True)
class Check:
    """Something to look at.

    run: blocks; may raise nothing that it could name as a Finding. isolated: it calls drivers, so it runs in a process of
    its own, and must be picklable.
    """

    name: str
    run: Callable[[], Sequence[Finding]]
    deadline_s: float = DEADLINE_S
    isolated: bool = False


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


def _examine(check: Check) -> CheckResult:
    try:
        findings = _isolated(check) if check.isolated else _in_thread(check)
    except _StuckThreadError:
        return CheckResult(check.name, (_late(check),), overdue=True)
    except TimeoutError:
        findings = [_late(check)]
    if not findings:
        findings = [Finding(CHECK_CRASHED, f"the check of the {check.name} found nothing, not even that all is well")]
    return CheckResult(check.name, tuple(findings))


class _StuckThreadError(Exception):
    """A thread cannot be ended from outside."""


def _late(check: Check) -> Finding:
    return Finding(CHECK_OVERDUE, f"the {check.name} did not answer within {check.deadline_s:g} s")


def _crashed(check: Check, reason: str) -> Finding:
    return Finding(CHECK_CRASHED, f"the check of the {check.name} failed ({reason})")


def _isolated(check: Check) -> list[Finding]:
    try:
        return list(call_isolated(check.run, deadline_s=check.deadline_s))
    except IsolatedCallError as error:
        # the traceback that matters is the child's
        log.error("check_crashed", check=check.name, reason=error.reason, detail=error.detail)  # noqa: TRY400
        return [_crashed(check, error.reason)]


def _in_thread(check: Check) -> list[Finding]:
    found: list[Finding] = []
    # a daemon: where it hangs, the program must still be able to end
    thread = threading.Thread(target=lambda: found.extend(_guarded(check)), name=f"check-{check.name}", daemon=True)
    thread.start()
    thread.join(check.deadline_s)
    if thread.is_alive():
        raise _StuckThreadError
    return found


def _guarded(check: Check) -> Sequence[Finding]:
    try:
        return check.run()
    except Exception as error:
        log.exception("check_crashed", check=check.name)
        return [_crashed(check, type(error).__name__)]
