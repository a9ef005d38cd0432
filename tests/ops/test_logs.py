"""The log as another program reads it: files in a folder, one JSON object per line."""

import json
import logging
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import structlog

from holo_app.ops.logs import LogOutput, start_logging

log = structlog.get_logger("holo_app.tests")
CANARY = "canary-7d1e"
CRASHING = """
import faulthandler, pathlib, sys
from holo_app.ops.logs import start_logging
start_logging(pathlib.Path(sys.argv[1]))
faulthandler._sigsegv()
"""


@contextmanager
def logging_to(folder: Path, **options: Any) -> Iterator[LogOutput]:
    output = start_logging(folder, **options)
    try:
        yield output
    finally:
        output.close()


def raise_key_error() -> None:
    raise KeyError("absent")


def lines(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "holo.jsonl").read_bytes().split(b"\n") if line]


def test_an_event_is_one_json_line_with_a_utc_time(tmp_path: Path) -> None:
    before = datetime.now(UTC)
    with logging_to(tmp_path):
        log.info("transcript_final", turn_id=3, latency_ms=312.5)
    [line] = lines(tmp_path)
    assert (line["event"], line["level"], line["logger"]) == ("transcript_final", "info", "holo_app.tests")
    assert (line["turn_id"], line["latency_ms"]) == (3, 312.5)
    assert line["timestamp"].endswith("Z")
    assert before <= datetime.fromisoformat(line["timestamp"]) <= datetime.now(UTC)


def test_what_a_visitor_says_is_left_out_at_any_depth(tmp_path: Path) -> None:
    with logging_to(tmp_path):
        log.info("heard", pii_text=CANARY, turn={"pii_name": CANARY, "n": 1}, turns=[{"pii_text": CANARY}])
    assert CANARY not in (tmp_path / "holo.jsonl").read_text()
    assert lines(tmp_path)[0]["turn"] == {"n": 1}


def test_a_developer_may_keep_what_a_visitor_says(tmp_path: Path) -> None:
    with logging_to(tmp_path, visitor_text=True):
        log.info("heard", pii_text=CANARY)
    assert lines(tmp_path)[0]["pii_text"] == CANARY


@pytest.mark.parametrize("breaker", ["\r\n", "\n", "\r", "\u2028", "\u0085", "\x1b[2J", "\x00"])
def test_no_text_can_forge_a_line(tmp_path: Path, breaker: str, capsys: pytest.CaptureFixture[str]) -> None:
    forged = f'x{breaker}{{"event":"forged","level":"info"}}'
    with logging_to(tmp_path):
        log.error(forged, name=forged, **{f"key{breaker}": forged})
        logging.getLogger("foreign").error("said %s", forged)
    text = (tmp_path / "holo.jsonl").read_bytes().decode()
    assert len(text.splitlines()) == 2
    assert [line["event"] for line in lines(tmp_path)] == [forged, f"said {forged}"]
    console = capsys.readouterr().err
    assert len(console.splitlines()) == 2
    assert "\x1b" not in console


@pytest.mark.parametrize(
    "values",
    [
        {"api_key": CANARY},
        {"headers": {"Authorization": f"Bearer {CANARY}"}},
        {"note": f"sent with Bearer {CANARY}"},
        {"url": f"https://user:{CANARY}@shop.example/feed"},
        {"note": f"eyJhbGciOiJIUzI1NiJ9.{CANARY}.signature"},
        {"note": f"sk-{CANARY}{CANARY}"},
        {"note": f'{{"password": "{CANARY}"}}'},
        {"pin_hash": CANARY},
        {"deep": [{"refresh_token": CANARY}]},
    ],
)
def test_secrets_are_masked(tmp_path: Path, values: dict[str, object]) -> None:
    with logging_to(tmp_path):
        log.warning("asked", **values)
        logging.getLogger("foreign").warning("asked with %s", values)
    assert CANARY not in (tmp_path / "holo.jsonl").read_text()
    assert len(lines(tmp_path)) == 2


def test_ordinary_words_are_not_masked(tmp_path: Path) -> None:
    with logging_to(tmp_path):
        log.info("answered", input_tokens=12, sku="sk-1", url="https://shop.example/a:b@c", key="display.mode")
    line = lines(tmp_path)[0]
    assert (line["input_tokens"], line["sku"], line["key"]) == (12, "sk-1", "display.mode")
    assert line["url"] == "https://shop.example/a:b@c"


def test_an_exception_is_logged_without_the_values_of_variables(tmp_path: Path) -> None:
    def fail() -> None:
        visitor_said = CANARY
        raise ValueError(f"{len(visitor_said)} letters")

    with logging_to(tmp_path):
        try:
            fail()
        except ValueError:
            log.exception("turn_failed")
            logging.getLogger("foreign").exception("failed")
    text = (tmp_path / "holo.jsonl").read_text()
    assert CANARY not in text
    for line in lines(tmp_path):
        [error] = line["exception"]
        assert (error["exc_type"], error["exc_value"]) == ("ValueError", "11 letters")
        assert error["frames"][-1]["name"] == "fail"


def test_foreign_code_is_heard_from_warnings_up(tmp_path: Path) -> None:
    with logging_to(tmp_path, level="debug"):
        logging.getLogger("wyoming").debug("synthesize %s", CANARY)
        logging.getLogger("wyoming").info("synthesize %s", CANARY)
        logging.getLogger("wyoming").warning("connection lost")
        logging.getLogger("alembic.runtime").info("running upgrade")
        log.debug("frame")
    assert [line["event"] for line in lines(tmp_path)] == ["connection lost", "running upgrade", "frame"]


def test_the_console_hears_errors_only(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with logging_to(tmp_path):
        log.info("quiet")
        log.warning("quiet")
        log.error("disk_full", free_mb=3)
    out, err = capsys.readouterr()
    assert (out, err) == ("", "holo-app: disk_full free_mb=3\n")


def test_endless_values_are_cut(tmp_path: Path) -> None:
    with logging_to(tmp_path):
        log.info("answer", body="x" * 100_000)
    assert lines(tmp_path)[0]["body"].endswith("(100000 characters)")
    assert (tmp_path / "holo.jsonl").stat().st_size < 5_000


def test_a_bug_in_a_thread_is_logged(tmp_path: Path) -> None:
    with logging_to(tmp_path):
        thread = threading.Thread(target=raise_key_error, name="engine")
        thread.start()
        thread.join()
    [line] = lines(tmp_path)
    assert (line["event"], line["thread"]) == ("uncaught_error_in_thread", "engine")
    assert line["exception"][0]["exc_type"] == "KeyError"


def test_a_folder_that_cannot_be_made_is_said_once_and_harms_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    with logging_to(tmp_path / "file" / "logs"):
        log.info("still alive")
    assert capsys.readouterr().err.count("log_folder_unwritable") == 1


def test_closing_gives_logging_back_as_it_was(tmp_path: Path) -> None:
    root = logging.getLogger()
    before = (root.handlers[:], root.level, sys.excepthook, threading.excepthook)
    output = start_logging(tmp_path)
    assert root.handlers != before[0]
    output.close()
    output.close()
    assert (root.handlers[:], root.level, sys.excepthook, threading.excepthook) == before


def test_a_crash_of_the_interpreter_leaves_its_stacks(tmp_path: Path) -> None:
    crashed = subprocess.run([sys.executable, "-c", CRASHING, str(tmp_path)], check=False, capture_output=True)
    assert crashed.returncode < 0
    assert "Segmentation fault" in (tmp_path / "crash.txt").read_text()
