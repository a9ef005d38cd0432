from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holo_app.domain.speech import WordCue
from holo_app.providers.lip_shapes.timed import Timed
from holo_app.providers.lip_shapes.words import WordTrack, shared


def timed(*words: str, step_s: float = 0.5) -> list[Timed]:
    return [Timed(word, place * step_s, (place + 1) * step_s) for place, word in enumerate(words)]


def times(cues: tuple[WordCue, ...]) -> list[tuple[str, float, float]]:
    return [(cue.text, round(cue.start_s, 3), round(cue.end_s, 3)) for cue in cues]


def test_words_that_are_said_as_written_keep_their_times() -> None:
    track = WordTrack("Yes, it is.", timed=True)
    track.heard(timed("yes", "it", "is"))

    assert times(track.until(1.2)) == [("Yes,", 0.0, 0.5), ("it", 0.5, 1.0)]
    assert times(track.rest(1.5)) == [("is.", 1.0, 1.5)]


def test_a_number_has_the_time_of_all_its_words() -> None:
    track = WordTrack("It costs £149.00, or more.", timed=True)
    track.heard(timed("it", "costs", "a", "hundred", "forty", "nine", "pounds", "or", "more"))

    assert times(track.rest(4.5)) == [
        ("It", 0.0, 0.5),
        ("costs", 0.5, 1.0),
        ("£149.00,", 1.0, 3.5),
        ("or", 3.5, 4.0),
        ("more.", 4.0, 4.5),
    ]


def test_a_number_waits_until_what_follows_it_is_said() -> None:
    track = WordTrack("It costs £149.00, or more.", timed=True)
    track.heard(timed("it", "costs", "a", "hundred"))
    first = track.until(2.0)
    track.heard([Timed("nine", 2.0, 2.4), Timed("or", 2.4, 2.6)])
    second = track.until(2.6)

    assert [cue.text for cue in first] == ["It", "costs"]
    assert times(second) == [("£149.00,", 1.0, 2.4), ("or", 2.4, 2.6)]


def test_a_mark_of_its_own_takes_no_time() -> None:
    track = WordTrack("big — small", timed=True)
    track.heard(timed("big", "small"))

    assert times(track.rest(1.0)) == [("big", 0.0, 0.5), ("—", 0.5, 0.5), ("small", 0.5, 1.0)]


def test_characters_make_words_at_blanks() -> None:
    track = WordTrack("Hi there", timed=True)
    track.heard_characters(timed("H", "i", " ", "t", step_s=0.1))
    first = track.until(0.4)
    track.heard_characters([Timed(letter, 0.4 + place * 0.1, 0.5 + place * 0.1) for place, letter in enumerate("here")])

    assert times(first) == [("Hi", 0.0, 0.2)]
    assert times(track.rest(0.8)) == [("there", 0.3, 0.8)]


def test_words_beyond_what_was_said_share_the_rest() -> None:
    track = WordTrack("one two three", timed=True)
    track.heard(timed("one"))

    assert times(track.rest(1.5, [(0.0, 1.4)]))[-1] == ("three", 0.86, 1.4)


def test_words_end_with_the_sound_even_where_the_engine_says_otherwise() -> None:
    track = WordTrack("one two", timed=True)
    track.heard(timed("one", "two"))

    assert times(track.rest(0.7)) == [("one", 0.0, 0.5), ("two", 0.5, 0.7)]


def test_without_times_a_pause_is_where_a_phrase_ends() -> None:
    track = WordTrack("Good morning to you, how are you?")
    runs = [(0.0, 1.1), (1.5, 2.2)]
    first = track.until(2.0, [(0.0, 1.1), (1.5, 2.0)])
    rest = track.rest(2.2, runs)
    ends = {cue.text: cue.end_s for cue in (*first, *rest)}

    assert ends["you,"] == pytest.approx(1.1)
    assert ends["you?"] == pytest.approx(2.2, abs=0.05)
    assert "how" in {cue.text for cue in first}


def test_a_length_is_shared_by_letters() -> None:
    assert shared(["a", "bbb"], 1.0, 4.0) == [(1.0, 2.0), (2.0, 4.0)]


seconds = st.floats(0, 5)


@given(
    st.lists(st.sampled_from(["Yes,", "it", "is", "—", "149", "the", "watch.", "Mon-Fri"]), max_size=12),
    st.lists(
        st.builds(Timed, st.sampled_from(["yes", "it", "one", "the", "watch", "mon", "fri", "-"]), seconds, seconds)
    ),
    st.lists(st.tuples(seconds, seconds), max_size=4),
    st.booleans(),
)
def test_each_word_is_given_once_in_order_within_the_sound(
    words: list[str], heard: list[Timed], spans: list[tuple[float, float]], says_times: bool
) -> None:
    edges = sorted(edge for span in spans for edge in span)
    runs = list(zip(edges[::2], edges[1::2], strict=True))
    track = WordTrack(" ".join(words), timed=says_times)
    half = len(heard) // 2
    given_out: list[WordCue] = []
    for part, until_s in ((heard[:half], 2.0), (heard[half:], 4.0)):
        track.heard(part)
        given_out += track.until(until_s, [run for run in runs if run[1] <= until_s])
        assert all(cue.end_s <= until_s for cue in given_out)
    given_out += track.rest(5.0, runs)

    assert [cue.text for cue in given_out] == words
    assert all(0 <= cue.start_s <= cue.end_s <= 5.0 for cue in given_out)
    assert all(before.end_s <= after.start_s for before, after in pairwise(given_out))
