"""Whatever is nudged stays allowed, comes back where it began, and is something that the settings know."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holo_app.config import Display, DisplayMode
from holo_app.hologram.calibrating.adjustments import Adjustment, Unit, adjustments_of
from holo_app.hologram.calibrating.cards import Card, cards_of

MODES = [mode.value for mode in DisplayMode if mode is not DisplayMode.AUTO]
ALL = [(mode, adjustment) for mode in MODES for adjustment in adjustments_of(mode)]
any_adjustment = st.sampled_from(ALL)


@pytest.mark.parametrize(("mode", "adjustment"), ALL, ids=lambda part: getattr(part, "name", part))
def test_both_ends_are_allowed_by_the_settings_and_no_setting_allows_more(mode: str, adjustment: Adjustment) -> None:
    for end in adjustment.choices or (adjustment.least, adjustment.most):
        assert getattr(Display.model_validate({"mode": mode, adjustment.name: end}), adjustment.name) == end
    if not adjustment.choices:
        for beyond in (adjustment.least - adjustment.step, adjustment.most + adjustment.step):
            with pytest.raises(ValueError, match=adjustment.name):
                Display.model_validate({"mode": mode, adjustment.name: beyond})


@given(any_adjustment, st.lists(st.integers(-30, 30), max_size=12))
@settings(max_examples=80)
def test_no_nudge_leaves_the_limits(chosen: tuple[str, Adjustment], nudges: list[int]) -> None:
    mode, adjustment = chosen
    value = getattr(Display(), adjustment.name)
    for steps in nudges:
        value = adjustment.moved(value, steps)
        Display.model_validate({"mode": mode, adjustment.name: value})


@given(any_adjustment, st.integers(1, 500))
@settings(max_examples=60)
def test_nudges_there_and_back_end_where_they_began(chosen: tuple[str, Adjustment], times: int) -> None:
    adjustment = chosen[1]
    begin = adjustment.moved(
        adjustment.choices[0] if adjustment.choices else 0.5 * (adjustment.least + adjustment.most), 0
    )
    value = begin
    room = times if adjustment.choices else min(times, int((adjustment.most - float(begin)) / adjustment.step))
    for _ in range(room):
        value = adjustment.moved(value, 1)
    for _ in range(room):
        value = adjustment.moved(value, -1)
    assert value == begin


def test_choices_go_around_and_numbers_stop() -> None:
    turn = next(one for one in adjustments_of("flat") if one.name == "turn")
    assert [turn.moved(270, 1), turn.moved(0, -1), turn.moved(17, 1)] == [0, 270, 90]
    scale = next(one for one in adjustments_of("flat") if one.name == "scale")
    assert [scale.moved(1.995, 10), scale.moved(0.21, -10)] == [2.0, 0.2]


@pytest.mark.parametrize(
    ("unit", "step", "value", "shown"),
    [
        (Unit.SHARE, 0.0025, 0.03, "3.00"),
        (Unit.SHARE, 0.005, -0.125, "-12.5"),
        (Unit.SHARE, 0.00005, 0.0001, "0.010"),
        (Unit.SHARE, 0.01, 1.2, "120"),
        (Unit.DEGREES, 1.0, 40.0, "40"),
        (Unit.DEPTH, 0.25, -0.0, "0.00"),
    ],
)
def test_numbers_show_as_many_places_as_a_step_has(unit: Unit, step: float, value: float, shown: str) -> None:
    assert Adjustment("any", unit, step, -10, 10).shown(value) == shown


def test_switches_and_names_show_as_what_they_are() -> None:
    switch = Adjustment("mirrored", Unit.CHOICE, choices=(False, True))
    assert [switch.shown(True), switch.shown(False), switch.step_shown] == ["on", "off", ""]
    assert Adjustment("base", Unit.CHOICE, choices=("in", "out")).shown("in") == "in"


@pytest.mark.parametrize("mode", MODES)
def test_every_mode_has_test_pictures_and_the_figure(mode: str) -> None:
    cards = cards_of(mode)
    assert len(set(cards)) == len(cards) >= 4
    assert cards[-1] is Card.FIGURE
