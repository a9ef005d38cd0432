import re
import threading
from collections.abc import Iterator

import pytest

from holo_app.ops.diagnoses import (
    CAMERA_MISSING,
    CHECK_CRASHED,
    CHECK_OVERDUE,
    DISK_FULL,
    DISK_OK,
    State,
    all_diagnoses,
)
from holo_app.ops.doctor import Check, CheckResult, Finding, healthy, run_doctor

FINE = Finding(DISK_OK, "there is room")


@pytest.fixture
def released() -> Iterator[threading.Event]:
    """Lets a hanging check end when the test does."""
    event = threading.Event()
    yield event
    event.set()


def test_results_come_in_order_and_one_by_one() -> None:
    ran = []

    def check(name: str) -> Check:
        def run() -> list[Finding]:
            ran.append(name)
            return [FINE]

        return Check(name, run)

    results = run_doctor([check("first"), check("second")])
    assert next(results) == CheckResult("first", (FINE,))
    assert ran == ["first"]
    assert next(results) == CheckResult("second", (FINE,))


def test_a_check_that_hangs_is_left_behind(released: threading.Event) -> None:
    def hang() -> list[Finding]:
        released.wait()
        return []

    stuck, after = run_doctor([Check("camera", hang, deadline_s=0.05), Check("disk", lambda: [FINE])])
    assert stuck.overdue
    assert [found.diagnosis for found in stuck.findings] == [CHECK_OVERDUE]
    assert "camera did not answer within 0.05 s" in stuck.findings[0].text
    assert after == CheckResult("disk", (FINE,))


def test_a_check_that_breaks_is_a_finding() -> None:
    def broken() -> list[Finding]:
        raise KeyError("secret")

    [result] = run_doctor([Check("disk", broken)])
    assert [found.diagnosis for found in result.findings] == [CHECK_CRASHED]
    assert "KeyError" in result.findings[0].text
    assert "secret" not in result.findings[0].text


def test_a_check_that_says_nothing_does_not_pass() -> None:
    [result] = run_doctor([Check("disk", list)])
    assert [found.diagnosis for found in result.findings] == [CHECK_CRASHED]


def test_warnings_are_healthy_failures_are_not() -> None:
    warned = CheckResult("camera", (Finding(CAMERA_MISSING, "none"),))
    failed = CheckResult("disk", (FINE, Finding(DISK_FULL, "0 GB")))
    assert healthy([warned])
    assert not healthy([warned, failed])


def test_every_diagnosis_has_a_code_of_its_own_and_a_fix_where_one_is_needed() -> None:
    codes = [diagnosis.code for diagnosis in all_diagnoses()]
    assert len(codes) == len(set(codes))
    for diagnosis in all_diagnoses():
        assert re.fullmatch(r"[a-z]+(_[a-z]+)+", diagnosis.code)
        assert bool(diagnosis.fix) == (diagnosis.state is not State.OK), diagnosis.code
