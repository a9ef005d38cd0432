"""The small policies, by table."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holo_app.dialogue.interruption import InterruptionPolicy, Verdict
from holo_app.dialogue.turn_end import TurnEndPolicy, completeness
from holo_app.dialogue.turn_start import OnsetDetector, OnsetRule
from holo_app.dialogue.turn_words import (
    TurnWords,
    dictated_digits,
    echoes,
    has_stop,
    is_backchannel,
    is_noise,
    is_stop,
    words_of,
)
from tests.dialogue.floor import WORDS


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", 0.3),
        ("...", 0.3),
        ("Yes.", 0.9),
        ("Thank you", 0.9),
        ("I am looking for something for my.", 0.05),
        ("I would like, um", 0.05),
        ("the blue jacket,", 0.2),
        ("my number is 5 5 7", 0.3),
        ("two boots 5 7", 0.55),
        ("How much is it?", 0.95),
        ("What is it good for?", 0.8),
        ("What is it good for", 0.05),
        ("Is it for?", 0.05),
        ("It is a present.", 0.8),
        ("the blue one", 0.55),
    ],
)
def test_completeness(text: str, expected: float) -> None:
    assert completeness(text, WORDS) == expected


def test_a_finished_question_needs_the_shortest_silence_and_a_torn_one_the_longest() -> None:
    policy = TurnEndPolicy()
    assert policy.required_silence_s("How much is it?", 0.95, WORDS) == pytest.approx(policy.shortest_s)
    assert policy.required_silence_s("something for my", 0.99, WORDS) == policy.longest_s
    assert policy.required_silence_s("the blue one", None, WORDS) == pytest.approx(0.71, abs=0.02)


@given(st.text(max_size=40), st.one_of(st.none(), st.floats(0, 1)))
def test_required_silence_is_always_within_its_bounds(text: str, sounds_done: float | None) -> None:
    policy = TurnEndPolicy()
    needed = policy.required_silence_s(text, sounds_done, WORDS)
    assert policy.shortest_s - 1e-9 <= needed <= policy.longest_s + 1e-9


@given(st.floats(0, 1), st.floats(0, 1))
def test_what_sounds_more_finished_never_waits_longer(a: float, b: float) -> None:
    policy = TurnEndPolicy()
    low, high = sorted((a, b))
    assert policy.required_silence_s("the blue one", high, WORDS) <= policy.required_silence_s(
        "the blue one", low, WORDS
    )


def test_onset_survives_a_dropped_frame_and_starts_afresh() -> None:
    detector, rule = OnsetDetector(6), OnsetRule(0.5, 4, 6)
    assert [detector.push(p, rule) for p in (0.9, 0.9, 0.1, 0.9, 0.9)] == [False, False, False, False, True]
    assert detector.push(0.9, rule) is False
    detector.push(0.9, rule)
    detector.push(0.9, rule)
    detector.reset()
    assert detector.push(0.9, rule) is False


@pytest.mark.parametrize(
    ("voiced_s", "partial", "verdict"),
    [
        (0.2, None, Verdict.UNSURE),
        (0.2, "wait a moment", Verdict.STOP),
        (0.2, "hold on", Verdict.STOP),
        (1.1, None, Verdict.UNSURE),
        (1.1, "", Verdict.UNSURE),
        (1.1, "mhm yeah", Verdict.UNSURE),
        (1.1, "they are eighty nine", Verdict.UNSURE),
        (1.1, "do you have", Verdict.STOP),
    ],
)
def test_interruption_while_voiced(voiced_s: float, partial: str | None, verdict: Verdict) -> None:
    said = "They are eighty nine pounds."
    assert InterruptionPolicy().while_voiced(voiced_s, partial, said, WORDS) is verdict


def test_a_stop_word_that_the_character_says_itself_is_no_stop() -> None:
    said = "wait a moment please"
    assert InterruptionPolicy().while_voiced(0.2, "wait a moment", said, WORDS) is Verdict.UNSURE


@pytest.mark.parametrize(
    ("text", "verdict"), [("", Verdict.GO_ON), ("I see.", Verdict.GO_ON), ("in red?", Verdict.STOP)]
)
def test_interruption_when_over(text: str, verdict: Verdict) -> None:
    assert InterruptionPolicy().when_over(text, "", WORDS) is verdict


def test_words() -> None:
    assert words_of("What’s the Aurora-2’s price?") == ["what's", "the", "aurora", "2's", "price"]
    assert is_backchannel("Mhm, um, yeah", WORDS)
    assert is_backchannel("I see", WORDS)
    assert not is_backchannel("yeah but", WORDS)
    assert is_stop("Stop!", WORDS)
    assert is_stop("hold on", WORDS)
    assert not is_stop("", WORDS)
    assert not is_stop("stop the music", WORDS)
    assert has_stop("wait, the blue one", WORDS)
    assert has_stop("hold on, the blue one", WORDS)
    assert not has_stop("", WORDS)
    assert not has_stop("the stop watch", WORDS)


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("I hope.", Verdict.GO_ON),
        ("How much?", Verdict.STOP),
        ("And swipe white.", Verdict.STOP),
        ("Wait.", Verdict.STOP),
        ("No.", Verdict.STOP),
    ],
)
def test_a_short_hum_interrupts_only_with_a_whole_word(text: str, verdict: Verdict) -> None:
    assert InterruptionPolicy().when_over(text, "", WORDS, hummed_s=0.3) is verdict
    assert InterruptionPolicy().when_over(text, "", WORDS, hummed_s=0.6) is Verdict.STOP
    assert InterruptionPolicy().when_over(text, "", WORDS) is Verdict.STOP


def test_what_recognisers_write_for_laughter_is_noise() -> None:
    assert is_noise("Thank you for watching.", WORDS)
    assert is_noise("Pasha, Pasha, Pasha", WORDS)
    assert is_noise("大家啊", WORDS)
    assert not is_noise("Äpfel, ça va?", WORDS)
    assert not is_noise("", WORDS)
    assert not is_noise("very very nice", WORDS)
    assert not is_noise("stop stop stop", WORDS)
    assert not is_noise("No, no, no!", WORDS)
    assert not is_noise("seven 7 7 7", WORDS)
    assert not is_noise("7 7 7", WORDS)
    assert InterruptionPolicy().when_over("Ha ha ha ha.", "", WORDS) is Verdict.GO_ON


def test_echo_needs_three_words_in_order() -> None:
    said = "Sure, we have those in a size ten."
    assert echoes("we have those in", said)
    assert echoes("we have dose in a size ten", said)
    assert not echoes("size ten", said)
    assert not echoes("ten size a in those", said)
    assert not echoes("do you have those in blue", said)


def test_an_utterance_may_be_nothing_but_digits() -> None:
    words = TurnWords(digits=frozenset({"seven"}))
    assert dictated_digits(["0171", "5", "seven"], words) == 6
    assert dictated_digits(["5"], words) == 0
