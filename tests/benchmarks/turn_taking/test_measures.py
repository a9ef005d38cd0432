from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from tests.benchmarks.turn_taking.clips import clip_of
from tests.benchmarks.turn_taking.measures import (
    AfterPause,
    Continuation,
    after_pause,
    continuation,
    ducked_s,
    response_s,
    second_response_s,
    silenced_s,
)
from tests.benchmarks.turn_taking.stubs import Answers, heard_between
from tests.benchmarks.turn_taking.table import table, told
from tests.benchmarks.turn_taking.timeline import TICK_S, Exchange, Role, Said, Scenario, Tick, from_json, to_json
from tests.benchmarks.turn_taking.voice import (
    LONG_ANSWER,
    LONG_WORDS,
    RATE_HZ,
    SHORT_ANSWER,
    SHORT_WORDS,
    audible,
    hum,
    recognised,
    word_s,
)

QUESTION = Said(Role.QUESTION, "How much does it cost?", 10.0, 12.0)
LONG_S = sum(word_s(word) for word in LONG_WORDS)


def spoken(words: list[str], at: float) -> list[Tick]:
    """The words at full loudness from `at` on."""
    named = [word for word in words for _ in range(round(word_s(word) / TICK_S))]
    return [Tick(at + index * TICK_S, word, 0.0) for index, word in enumerate(named)]


def cut(ticks: list[Tick], at: float) -> list[Tick]:
    return [tick for tick in ticks if tick.at < at - 1e-6]


def quieter(ticks: list[Tick], start: float, end: float, gain_db: float = -20.0) -> list[Tick]:
    return [Tick(t.at, t.word, gain_db if start - 1e-6 <= t.at < end - 1e-6 else t.gain_db) for t in ticks]


def exchange(scenario: Scenario, said: list[Said], ticks: list[Tick]) -> Exchange:
    return Exchange(scenario, tuple(said), tuple(ticks))


def interrupted(ticks: list[Tick]) -> Exchange:
    barge_in = Said(Role.BARGE_IN, "Wait, the blue one.", 14.0, 16.0)
    return exchange(Scenario.INTERRUPTION, [QUESTION, barge_in], [*ticks, *spoken(SHORT_WORDS, 16.7)])


def test_an_answer_is_timed_from_the_end_of_the_question() -> None:
    told_of = exchange(Scenario.BACKCHANNEL, [QUESTION], spoken(LONG_WORDS, 12.6))
    assert response_s(told_of) == pytest.approx(0.6)


def test_an_answer_that_begins_too_early_has_a_negative_time() -> None:
    assert response_s(exchange(Scenario.BACKCHANNEL, [QUESTION], spoken(LONG_WORDS, 11.9))) == pytest.approx(-0.1)


def test_no_answer_has_no_time() -> None:
    assert response_s(exchange(Scenario.BACKCHANNEL, [QUESTION], [])) is None


def test_an_answer_that_is_ducked_and_then_stopped() -> None:
    answer = quieter(cut(spoken(LONG_WORDS, 12.6), 14.5), 14.15, 14.5)
    assert ducked_s(interrupted(answer)) == pytest.approx(0.15)
    assert silenced_s(interrupted(answer)) == pytest.approx(0.5)


def test_an_answer_that_stops_without_ducking_is_down_when_it_is_silent() -> None:
    answer = cut(spoken(LONG_WORDS, 12.6), 14.3)
    assert ducked_s(interrupted(answer)) == silenced_s(interrupted(answer)) == pytest.approx(0.3)


def test_an_answer_at_half_loudness_is_not_ducked() -> None:
    answer = quieter(cut(spoken(LONG_WORDS, 12.6), 14.5), 14.1, 14.5, gain_db=-6.0)
    assert ducked_s(interrupted(answer)) == pytest.approx(0.5)


def test_an_answer_that_comes_back_is_silenced_only_at_its_end() -> None:
    answer = quieter(spoken(LONG_WORDS, 12.6), 14.1, 14.8)
    assert ducked_s(interrupted(answer)) == pytest.approx(0.1)
    assert silenced_s(interrupted(answer)) == pytest.approx(12.6 + LONG_S - 14.0)


def test_the_answer_to_an_interruption_is_not_the_interrupted_one() -> None:
    assert second_response_s(interrupted(cut(spoken(LONG_WORDS, 12.6), 16.3))) == pytest.approx(0.7)


def paused(ticks: list[Tick]) -> Exchange:
    halves = [Said(Role.FIRST_HALF, "for my", 10.0, 11.0), Said(Role.SECOND_HALF, "daughter.", 11.7, 13.0)]
    return exchange(Scenario.PAUSE_700_MS, halves, ticks)


def test_a_pause_that_is_waited_for() -> None:
    found = after_pause(paused(spoken(SHORT_WORDS, 13.6)))
    assert found is not None
    assert not found.talked_over
    assert found.response_s == pytest.approx(0.6)


@pytest.mark.parametrize("at", [11.5, 12.0])
def test_an_answer_in_the_pause_or_in_the_second_half_talks_over(at: float) -> None:
    assert after_pause(paused(spoken(SHORT_WORDS, at))) == AfterPause(talked_over=True, response_s=None)


def acknowledged(ticks: list[Tick]) -> Continuation:
    said = [QUESTION, Said(Role.BACKCHANNEL, "Mhm.", 14.0, 14.3)]
    found = continuation(exchange(Scenario.BACKCHANNEL, said, ticks))
    assert found is not None
    return replace(found, hole_s=round(found.hole_s, 3))


def test_an_answer_that_goes_on_under_a_backchannel_loses_nothing() -> None:
    found = acknowledged(quieter(spoken(LONG_WORDS, 12.6), 14.1, 14.6))
    assert found == Continuation(True, 0, 0, 0.0, -20.0)


def test_an_answer_that_a_backchannel_ends_has_lost_its_rest() -> None:
    found = acknowledged(spoken(LONG_WORDS[:10], 12.6))
    assert not found.went_on
    assert found.lost == len(LONG_WORDS) - 10


def test_lost_and_repeated_words_and_the_hole_before_them() -> None:
    first = spoken(LONG_WORDS[:10], 12.6)
    resumed_at = first[-1].at + TICK_S + 2.0
    repeated = acknowledged([*first, *spoken(LONG_WORDS[8:], resumed_at)])
    skipped = acknowledged([*first, *spoken(LONG_WORDS[13:], resumed_at)])
    assert repeated == Continuation(True, 0, 2, 2.0, 0.0)
    assert skipped == Continuation(True, 3, 0, 2.0, 0.0)


def test_each_word_is_recognised_by_its_sound_also_when_it_is_ducked() -> None:
    for word in [*LONG_WORDS, *SHORT_WORDS]:
        samples = np.frombuffer(hum(word), "<i2")
        ticks = [samples[:240], (samples[240:480] * 0.1).astype(np.int16)]
        (loud, loud_db), (ducked, ducked_db) = recognised(ticks)
        assert (loud, ducked) == (word, word)
        assert loud_db == pytest.approx(0.0, abs=1.0)
        assert ducked_db == pytest.approx(-20.0, abs=1.0)
        assert all(audible(tick) for tick in ticks)


def test_every_word_of_the_answers_is_another() -> None:
    words = [*LONG_WORDS, *SHORT_WORDS]
    assert len(set(words)) == len(words)


def test_recognition_knows_what_was_said_up_to_a_moment() -> None:
    said = [Said(Role.QUESTION, "one two", 1.0, 2.0), Said(Role.QUESTION, "three", 5.0, 6.0)]
    assert heard_between(said, 0.0, 1.4) == ""
    assert heard_between(said, 0.0, 1.6) == "one"
    assert heard_between(said, 0.0, 9.0) == "one two three"
    assert heard_between(said, 1.5, 9.0) == "two three"


def test_questions_get_the_long_answer_also_after_other_words() -> None:
    answers = Answers(["How much does it cost?"])
    assert answers.to("well, how much does it cost") == LONG_ANSWER
    assert answers.to("How much does") == answers.to("Wait, stop.") == SHORT_ANSWER


def test_a_clip_begins_and_ends_where_it_can_be_heard() -> None:
    samples = np.zeros(1000, np.int16)
    samples[100:201] = 5000
    clip = clip_of("beep", samples)
    assert (clip.first, clip.last) == (100, 200)


def test_an_exchange_survives_the_way_between_processes() -> None:
    there = interrupted(spoken(LONG_WORDS[:3], 12.6))
    back = from_json(json.loads(json.dumps(to_json(there))))
    assert back.said == there.said
    assert [tick.word for tick in back.ticks] == [tick.word for tick in there.ticks]


def test_the_table_tells_medians_counts_and_what_never_came() -> None:
    answered = interrupted(cut(spoken(LONG_WORDS, 12.6), 14.5))
    unanswered = exchange(Scenario.INTERRUPTION, [QUESTION], [])
    lines = table({"ours": [answered, unanswered, paused(spoken(SHORT_WORDS, 11.5))], "none": []}).splitlines()
    cells = {row[0].strip(): [cell.strip() for cell in row[1:]] for row in (line[2:-2].split(" | ") for line in lines)}
    assert cells["end of question → first audio, ms"] == ["600 (600), n=1, 1 never", "–"]
    assert cells["interruption: onset → silence, ms"] == ["500 (500), n=1", "–"]
    assert cells["700 ms pause: talk-overs"] == ["1/1", "–"]


def test_one_exchange_is_told_in_one_line() -> None:
    line = told(interrupted(cut(spoken(LONG_WORDS, 12.6), 14.5)))
    assert line == "interruption: response 600, ducked 500, silenced 500, second response 700"


def test_the_sound_is_exactly_as_long_as_its_words() -> None:
    assert len(hum("sure")) == 2 * round(RATE_HZ * word_s("sure"))
