"""Lips that are drawn for the moment at which they are seen."""

from __future__ import annotations

import pytest

from holo_app.ui.lip_lead import LipLead

PANEL_S = 0.010


def steady(shown_after_s: float, stands_s: float, frames: int = 60) -> LipLead:
    lead = LipLead()
    lead.frame(shown_after_s, None)
    for _ in range(frames):
        lead.frame(shown_after_s, stands_s)
    return lead


def test_a_frame_is_seen_when_it_is_drawn_and_until_the_next_one() -> None:
    assert steady(0.020, 0.040).ahead_s == pytest.approx(0.040 + PANEL_S)
    assert steady(0.002, 1 / 60).ahead_s == pytest.approx(0.002 + 1 / 120 + PANEL_S)


def test_moving_sound_is_run_ahead_of() -> None:
    lead = steady(0.020, 0.040)
    assert lead.position_s(1.00) == pytest.approx(1.05)
    assert lead.position_s(1.03) == pytest.approx(1.08)


def test_sound_that_stands_still_is_not() -> None:
    lead = steady(0.020, 0.040)
    lead.position_s(1.0)
    assert lead.position_s(1.0) == 1.0
    assert lead.position_s(1.01) == pytest.approx(1.06)


def test_one_slow_frame_does_not_throw_the_lips_off() -> None:
    lead = steady(0.020, 0.040)
    lead.frame(2.0, 2.0)
    assert lead.ahead_s < 0.12
    for _ in range(30):
        lead.frame(0.020, 0.040)
    assert lead.ahead_s == pytest.approx(0.050, abs=0.001)
