from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holo_app.domain.speech import Viseme, VisemeCue
from holo_app.hologram.lips import LipTrack, gesture


def test_a_gesture_begins_before_its_sound_and_ends_after_it() -> None:
    g = gesture(VisemeCue(Viseme.E, 1.0, 1.09))
    assert (g.start_s, g.peak_s, g.end_s) == pytest.approx((0.94, 1.025, 1.135))
    assert g.peak_weight == pytest.approx(0.6)
    assert g.weight(g.peak_s) == pytest.approx(0.6)
    assert g.weight(g.start_s) == g.weight(g.end_s) == 0.0


def test_a_short_sound_has_short_flanks() -> None:
    g = gesture(VisemeCue(Viseme.DD, 1.0, 1.03))
    assert (g.start_s, g.peak_s, g.end_s) == pytest.approx((0.98, 1.015, 1.045))


@pytest.mark.parametrize("viseme", [Viseme.PP, Viseme.FF])
def test_lips_that_must_touch_touch(viseme: Viseme) -> None:
    assert gesture(VisemeCue(viseme, 0.0, 0.08)).peak_weight == pytest.approx(0.9)


@pytest.mark.parametrize("fps", [24, 30, 60])
def test_a_closure_is_seen_between_open_vowels_at_any_frame_rate(fps: int) -> None:
    for offset in range(10):
        track = LipTrack()
        track.schedule(
            [VisemeCue(Viseme.AA, 0.0, 0.2), VisemeCue(Viseme.PP, 0.2, 0.26), VisemeCue(Viseme.AA, 0.26, 0.5)]
        )
        frames = [track.weights((k + offset / 10) / fps) for k in range(fps // 2)]
        shut = [weights for weights in frames if weights.get(Viseme.PP, 0.0) > 0.85]
        assert shut
        assert all(sum(weights.values()) <= 1.0 + 1e-9 for weights in frames)
        assert all(weights.get(Viseme.AA, 0.0) < 0.16 for weights in shut), "lips that touch leave no room for a vowel"


def test_two_closures_at_once_share_the_mouth() -> None:
    track = LipTrack()
    track.schedule([VisemeCue(Viseme.PP, 0.0, 0.2), VisemeCue(Viseme.FF, 0.0, 0.2), VisemeCue(Viseme.AA, 0.0, 0.2)])
    weights = track.weights(0.1)
    assert weights[Viseme.PP] == pytest.approx(weights[Viseme.FF]) == pytest.approx(0.5)
    assert weights.get(Viseme.AA, 0.0) == pytest.approx(0.0)


def test_slow_speech_opens_wider_but_a_held_vowel_relaxes() -> None:
    slow = gesture(VisemeCue(Viseme.AA, 0.0, 0.6))
    assert slow.peak_weight == pytest.approx(1.0)
    assert slow.end_s == pytest.approx(0.26)


def test_silence_closes_the_mouth() -> None:
    track = LipTrack()
    track.schedule([VisemeCue(Viseme.SIL, 0.0, 1.0)])
    assert track.weights(0.5) == {}


def test_neighbours_overlap_in_any_order_of_arrival() -> None:
    track = LipTrack()
    track.schedule([VisemeCue(Viseme.O, 0.1, 0.2), VisemeCue(Viseme.DD, 0.0, 0.1)])
    both = track.weights(0.11)
    assert set(both) == {Viseme.DD, Viseme.O}
    assert sum(both.values()) <= 1.0 + 1e-9


def test_the_same_shape_twice_is_the_stronger_one() -> None:
    track = LipTrack()
    track.schedule([VisemeCue(Viseme.AA, 0.0, 0.1), VisemeCue(Viseme.AA, 0.1, 0.2)])
    alone = gesture(VisemeCue(Viseme.AA, 0.0, 0.1)).weight(0.09)
    assert track.weights(0.09)[Viseme.AA] >= alone


def test_shapes_that_crowd_share_the_mouth() -> None:
    track = LipTrack()
    track.schedule([VisemeCue(Viseme.PP, 0.0, 0.2), VisemeCue(Viseme.AA, 0.0, 0.2), VisemeCue(Viseme.O, 0.0, 0.2)])
    weights = track.weights(0.03)
    assert sum(weights.values()) == pytest.approx(1.0)
    assert weights[Viseme.PP] > weights[Viseme.AA] == pytest.approx(weights[Viseme.O])


def test_what_lies_behind_and_ahead_is_silent() -> None:
    track = LipTrack()
    track.schedule([VisemeCue(Viseme.AA, 1.0, 1.1)])
    assert track.weights(0.5) == {}
    assert track.weights(1.05)
    assert track.weights(2.0) == {}
    assert track.weights(1.05) == {}, "what was passed is forgotten"


def test_a_cut_closes_the_mouth_soon_and_forgets_the_rest() -> None:
    track = LipTrack()
    track.schedule([VisemeCue(Viseme.AA, 0.0, 0.2), VisemeCue(Viseme.O, 0.4, 0.5)])
    before = track.weights(0.1)[Viseme.AA]
    track.cut(0.1)
    assert track.weights(0.1)[Viseme.AA] == pytest.approx(before)
    assert 0 < track.weights(0.15)[Viseme.AA] < before
    assert track.weights(0.19) == {}
    assert track.weights(0.45) == {}


def test_a_cut_leaves_a_shape_that_ends_anyway() -> None:
    track = LipTrack()
    track.schedule([VisemeCue(Viseme.AA, 0.0, 0.1)])
    track.cut(0.12)
    assert track.weights(0.13)[Viseme.AA] == pytest.approx(gesture(VisemeCue(Viseme.AA, 0.0, 0.1)).weight(0.13))


@given(
    st.lists(st.tuples(st.sampled_from(list(Viseme)), st.floats(0, 2), st.floats(0, 0.5)), min_size=1, max_size=30),
    st.floats(0, 3),
)
def test_weights_stay_within_bounds(cues: list[tuple[Viseme, float, float]], at_s: float) -> None:
    track = LipTrack()
    track.schedule(VisemeCue(viseme, start, start + length) for viseme, start, length in cues)
    weights = track.weights(at_s)
    assert all(0.0 <= weight <= 1.0 for weight in weights.values())
    assert sum(weights.values()) <= 1.0 + 1e-6
