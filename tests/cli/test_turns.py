"""`converse --trace`, and `turns` over what it left behind."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.command_line import holo

pytestmark = pytest.mark.models


def test_a_conversation_can_be_traced_and_its_turns_looked_at(tmp_path: Path) -> None:
    data, trace = tmp_path / "data", tmp_path / "trace.txt"
    held = holo(
        "converse", "--mic", Path("resources/demo/weight.wav"), "--trace", trace, "--json", "--data-dir", data,
        home=tmp_path,
    )  # fmt: skip
    assert held.code == 0, held.err
    story = trace.read_text(encoding="utf-8").splitlines()
    told = [line.lstrip().partition("  ")[2] for line in story]
    order = [told.index(next(t for t in told if t.startswith(what))) for what in (
        "> open utterance 1", "< 1 said:", "> prepare reply 1 to", "> speak reply 1", "< reply 1 is heard", "< reply 1 is over",
    )]  # fmt: skip
    assert order == sorted(order)

    [turn] = holo("turns", "--json", "--data-dir", data, home=tmp_path).objects
    assert turn["heard"] == held.object["spoken"]
    assert turn["timings_ms"]["stt"] > 0
    assert (
        turn["timings_ms"]["end_of_speech_to_first_audio"] == held.object["timings_ms"]["end_of_speech_to_first_audio"]
    )

    table = holo("turns", "--data-dir", data, home=tmp_path).out.splitlines()
    assert len(table) == 2
    assert "first audio" in table[0]
    assert turn["asked"] in table[1]

    metrics = holo("turns", "--metrics", "--data-dir", data, home=tmp_path).out
    assert 'holo_turns_total{outcome="finished"} 1.0' in metrics
    assert 'holo_turn_stage_seconds_count{stage="stt"} 1.0' in metrics
    assert 'le="+Inf"' in metrics
    assert turn["asked"] not in metrics, "figures only"


def test_a_trace_that_cannot_be_written_is_said_in_one_line(tmp_path: Path) -> None:
    done = holo(
        "converse", "--mic", Path("resources/demo/weight.wav"), "--trace", tmp_path / "no" / "trace.txt",
        "--data-dir", tmp_path, home=tmp_path,
    )  # fmt: skip
    assert done.code == 1
    assert "cannot be written" in done.err
    assert "Traceback" not in done.err


def test_a_device_that_has_heard_nobody_shows_an_empty_table(tmp_path: Path) -> None:
    assert len(holo("turns", "--data-dir", tmp_path, home=tmp_path).out.splitlines()) == 1
    assert holo("turns", "--last", "0", "--data-dir", tmp_path, home=tmp_path).code == 2
