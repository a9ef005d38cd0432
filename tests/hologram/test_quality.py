from __future__ import annotations

from itertools import pairwise

import pytest
import structlog

from holo_app.hologram.quality import HARDWARE_START, LADDER, MANY_VIEWS, SOFTWARE_START, QualityController


def _cost_ms(level: int, machine_ms: float) -> float:
    """What a level costs on a machine where the highest costs `machine_ms`."""
    return machine_ms * (0.2 + 0.8 * (level / (len(LADDER) - 1)) ** 2)


def _run(controller: QualityController, machine_ms: float, frames: int) -> list[int]:
    levels = []
    for _ in range(frames):
        level = LADDER.index(controller.quality)
        controller.feed(_cost_ms(level, machine_ms))
        levels.append(level)
    return levels


def test_the_ladder_only_gets_dearer() -> None:
    prices = [(q.scale, q.samples, q.detail) for q in LADDER]
    assert prices == sorted(prices)
    assert 0 <= SOFTWARE_START < HARDWARE_START == len(LADDER) - 1


def test_the_ladder_of_many_views_only_gets_dearer() -> None:
    prices = [(-q.sharing, q.scale, q.samples, q.detail) for q in MANY_VIEWS]
    assert prices == sorted(prices)
    assert MANY_VIEWS[-1] == LADDER[-1]


def test_a_slow_machine_draws_fewer_views_and_says_so() -> None:
    controller = QualityController(22.0, ladder=MANY_VIEWS, start=4)
    with structlog.testing.capture_logs() as logs:
        for _ in range(200):
            controller.feed(100.0)
    assert controller.quality == MANY_VIEWS[0]
    assert [entry["views_sharing"] for entry in logs] == [2, 2, 3, 3]


def test_a_fast_machine_stays_at_the_top() -> None:
    assert set(_run(QualityController(22.0), 8.0, 500)) == {len(LADDER) - 1}


def test_a_slow_machine_comes_down_within_its_budget_and_stays() -> None:
    levels = _run(QualityController(22.0), 60.0, 4000)
    settled = levels[400:]
    assert _cost_ms(max(settled), 60.0) <= 22.0 or settled.count(max(settled)) < len(settled) * 0.05
    assert max(abs(a - b) for a, b in pairwise(levels)) <= 1


def test_the_lowest_level_is_kept_however_slow_the_machine() -> None:
    assert _run(QualityController(22.0), 900.0, 300)[-1] == 0


def test_it_climbs_back_when_the_voice_is_done() -> None:
    controller = QualityController(22.0, start=SOFTWARE_START)
    busy = _run(controller, 200.0, 200)
    free = _run(controller, 12.0, 1500)
    assert busy[-1] == 0
    assert free[-1] == len(LADDER) - 1


def test_a_step_up_that_fails_is_tried_ever_more_rarely() -> None:
    controller = QualityController(22.0, start=3)
    levels = []
    for _ in range(6000):
        level = LADDER.index(controller.quality)
        controller.feed(40.0 if level > 3 else 10.0)
        levels.append(level)
    climbs = [k for k, (a, b) in enumerate(pairwise(levels)) if b > a]
    pauses = [b - a for a, b in pairwise(climbs)]
    assert len(pauses) >= 3
    assert all(b > a * 1.5 for a, b in pairwise(pauses))


def test_a_single_hiccup_changes_nothing() -> None:
    controller = QualityController(22.0)
    for k in range(200):
        controller.feed(300.0 if k % 20 == 19 else 9.0)
    assert controller.quality == LADDER[-1]


def test_in_between_it_rests() -> None:
    controller = QualityController(22.0, start=3)
    for _ in range(1000):
        controller.feed(18.0)
    assert controller.quality == LADDER[3]


def test_it_says_what_it_chose() -> None:
    controller = QualityController(22.0)
    with structlog.testing.capture_logs() as logs:
        for _ in range(15):
            controller.feed(50.0)
    (entry,) = logs
    assert entry["event"] == "render_quality_changed"
    assert entry["frame_ms"] == pytest.approx(50.0)
    assert (entry["scale"], entry["detail"]) == (LADDER[-2].scale, "normal")
