from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holo_app.dialogue import commands as cmd
from holo_app.dialogue.pauses import SpeakerPauses
from holo_app.dialogue.turn_end import TurnEndPolicy
from tests.dialogue.floor import WORDS, Floor

UNSURE = "How much is the blue jacket"


@given(st.lists(st.floats(0, 60)))
def test_a_speaker_is_never_waited_for_less_than_others_nor_for_ever(silences: list[float]) -> None:
    pauses = SpeakerPauses()
    for silence in silences:
        pauses.went_on_after(silence)
    assert 1.0 <= pauses.stretch <= 1.4


def test_gaps_between_words_and_other_turns_are_no_pauses() -> None:
    pauses = SpeakerPauses()
    for silence in (0.1, 0.19, 2.1, 30.0):
        pauses.went_on_after(silence)
    assert pauses == SpeakerPauses()
    pauses.went_on_after(1.0)
    assert pauses.typical_s == pytest.approx(0.58)
    pauses.forget()
    assert pauses == SpeakerPauses()


def test_what_is_surely_finished_is_answered_at_once_to_everybody() -> None:
    policy = TurnEndPolicy()
    done = policy.required_silence_s("How much is it?", 0.95, WORDS, stretch=1.4)
    assert done == policy.required_silence_s("How much is it?", 0.95, WORDS)
    assert policy.required_silence_s("um", None, WORDS, stretch=1.4) == pytest.approx(1.4 * policy.longest_s)
    assert policy.required_silence_s(UNSURE, 0.3, WORDS, 1.4) > policy.required_silence_s(UNSURE, 0.3, WORDS)


def _answered_after(floor: Floor) -> float:
    """Seconds from the end of an unclear question to its answer."""
    floor.texts, floor.sounds_done = [UNSURE], 0.3
    floor.voice(1.0)
    floor.clear()
    floor.quiet(2.5)
    floor.audible()
    floor.reply_over()
    return floor.when(cmd.CommitReply)


def test_a_slow_speaker_is_waited_for_until_they_leave() -> None:
    floor = Floor()
    quick = _answered_after(floor)
    for _ in range(4):
        floor.voice(1.0)
        floor.quiet(0.55)
    slow = _answered_after(floor)
    assert slow > quick + 0.1
    floor.wait(90)
    assert floor.commands(cmd.EndVisit)
    assert _answered_after(floor) == pytest.approx(quick, abs=0.04)


def test_a_turn_that_was_ended_too_early_teaches_too() -> None:
    floor = Floor(sounds_done=0.3)
    floor.texts = [UNSURE]
    quick = _answered_after(floor)
    for _ in range(4):
        floor.voice(1.0)
        floor.quiet(1.15)  # prepared, committed, not yet heard
    floor.quiet(2.5)
    floor.audible()
    floor.reply_over()
    assert _answered_after(floor) > quick
