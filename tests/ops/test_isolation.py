import os
import signal
import sys
from functools import partial

import pytest
import structlog

from holo_app.ops.diagnoses import CHECK_CRASHED, CHECK_OVERDUE, DISK_OK
from holo_app.ops.doctor import Check, Finding, run_doctor
from holo_app.ops.isolation import IsolatedCallError, call_isolated


def add(left: int, right: int) -> int:
    return left + right


def abort() -> None:
    os.kill(os.getpid(), signal.SIGABRT)


def hang() -> None:
    signal.pause()


def fail() -> None:
    raise KeyError("secret")


def shout() -> str:
    structlog.get_logger("holo_app").info("noise")
    sys.stderr.write("noise")
    os.write(2, b"noise")
    return "done"


def find() -> list[Finding]:
    return [Finding(DISK_OK, f"by process {os.getpid()}")]


def test_the_result_comes_back() -> None:
    assert call_isolated(partial(add, 2, 3), deadline_s=30) == 5


def test_a_process_that_dies_is_told_of() -> None:
    with pytest.raises(IsolatedCallError, match="its process was ended by SIGABRT"):
        call_isolated(abort, deadline_s=30)


def test_a_process_that_hangs_is_killed() -> None:
    with pytest.raises(TimeoutError):
        call_isolated(hang, deadline_s=0.5)


def test_an_error_comes_back_with_its_trace() -> None:
    with pytest.raises(IsolatedCallError) as caught:
        call_isolated(fail, deadline_s=30)
    assert caught.value.reason == "KeyError"
    assert "in fail" in caught.value.detail


def test_a_child_is_quiet(capfd: pytest.CaptureFixture[str]) -> None:
    assert call_isolated(shout, deadline_s=30) == "done"
    assert capfd.readouterr() == ("", "")


def test_the_doctor_outlives_its_checks() -> None:
    dead, late, well = run_doctor(
        [
            Check("display", abort, isolated=True),  # type: ignore[arg-type]  # it never returns
            Check("camera", hang, deadline_s=0.5, isolated=True),  # type: ignore[arg-type]  # as above
            Check("disk", find, isolated=True),
        ]
    )
    assert [found.diagnosis for found in dead.findings] == [CHECK_CRASHED]
    assert "SIGABRT" in dead.findings[0].text
    assert [found.diagnosis for found in late.findings] == [CHECK_OVERDUE]
    assert not late.overdue
    assert [found.diagnosis for found in well.findings] == [DISK_OK]
    assert str(os.getpid()) not in well.findings[0].text
