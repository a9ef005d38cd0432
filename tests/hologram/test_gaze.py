from __future__ import annotations

from itertools import pairwise
from random import Random

import pytest

from holo_app.domain.avatar import Mood
from holo_app.hologram.gaze import HABITS, Blinker, Gaze

FRAME_S = 1 / 60


def _whims(seed: int) -> Random:
    return Random(seed)  # noqa: S311 - a face's whims, not a secret


def _frames(seconds: float) -> list[float]:
    return [k * FRAME_S for k in range(int(seconds / FRAME_S))]


def test_lids_close_fully_every_one_to_eight_seconds() -> None:
    blinker = Blinker(_whims(7))
    closed = [(t, blinker.blink(t)) for t in _frames(120)]
    assert max(value for _, value in closed) == pytest.approx(1.0)
    starts = [b[0] for a, b in pairwise(closed) if a[1] == 0.0 < b[1]]
    pauses = [b - a for a, b in pairwise(starts)]
    assert 120 / 8.5 <= len(starts) <= 120
    assert all(pause <= 8.0 + 0.4 for pause in pauses)
    assert any(pause < 0.6 for pause in pauses), "now and then twice in a row"


def test_lids_open_slower_than_they_close() -> None:
    blinker = Blinker(_whims(1))
    values = [blinker.blink(t) for t in _frames(12)]
    first = next(k for k, value in enumerate(values) if value > 0)
    shut = next(k for k, value in enumerate(values) if value == 1.0)
    opened = next(k for k in range(shut, len(values)) if values[k] == 0.0)
    assert shut - first < opened - shut


def test_a_blink_can_be_asked_for_but_not_interrupted() -> None:
    blinker = Blinker(_whims(3))
    blinker.soon(0.0)  # nothing planned yet: the first blink plans itself
    assert blinker.blink(0.0) == 0.0
    blinker.soon(0.1)
    assert blinker.blink(0.135) == pytest.approx(0.5)
    blinker.soon(0.2)
    assert blinker.blink(0.2) == 1.0


@pytest.mark.parametrize("mood", list(Mood))
def test_each_mood_keeps_its_share_of_eye_contact(mood: Mood) -> None:
    gaze = Gaze(_whims(11))
    looks = [gaze.look(t, mood)[0] for t in _frames(400)]
    contact = sum(abs(yaw) < 4 and abs(pitch) < 3 for yaw, pitch in looks) / len(looks)
    least = {Mood.LISTENING: 0.85, Mood.SPEAKING: 0.5, Mood.TROUBLE: 0.5, Mood.IDLE: 0.25, Mood.THINKING: 0.0}
    assert contact >= least[mood]
    if mood is Mood.THINKING:
        assert contact < 0.35
        assert sum(pitch > 5 for _, pitch in looks) / len(looks) > 0.5, "thinkers look up"


def test_eyes_jump_quickly_and_then_hold() -> None:
    gaze = Gaze(_whims(5))
    looks = [gaze.look(t, Mood.IDLE)[0] for t in _frames(60)]
    moving = sum(a != b for a, b in pairwise(looks)) / len(looks)
    assert 0.01 < moving < 0.2


def test_a_new_mood_moves_the_eyes_at_once_and_long_ways_ask_for_a_blink() -> None:
    gaze = Gaze(_whims(2))
    far = 0
    for k in range(200):
        _, blink = gaze.look(k * 0.2, Mood.LISTENING if k % 2 else Mood.THINKING)
        far += blink
    assert 10 < far < 190
    assert set(HABITS) == set(Mood)


def _angles(gaze: Gaze, mood: Mood, start_s: float, seconds: float) -> list[tuple[float, float]]:
    return [gaze.look(start_s + t, mood)[0] for t in _frames(seconds)]


def test_eyes_follow_a_visitor_smoothly_and_come_back_when_nobody_is_seen() -> None:
    gaze = Gaze(_whims(6))
    _angles(gaze, Mood.LISTENING, 0.0, 2)
    followed = []
    for k in range(240):
        gaze.look_at((k / 240 * 20.0 + (0.8 if k % 2 else -0.8), 3.0))
        gaze.look(2.0 + k * FRAME_S, Mood.LISTENING)
        followed.append(gaze.visitor[0])
    steps = [b - a for a, b in pairwise(followed)]
    assert max(steps) < 0.35, "a jitter of 1.6 degrees is not seen"
    assert followed[-1] == pytest.approx(20.0, abs=2.0)
    looks = _angles(gaze, Mood.LISTENING, 6.0, 20)
    assert sum(abs(yaw - 20) < 5 for yaw, _ in looks) / len(looks) > 0.75
    gaze.look_at(None)
    _angles(gaze, Mood.LISTENING, 26.0, 3)
    assert gaze.visitor == (0.0, 0.0)


def test_a_visitor_who_is_seen_is_looked_at_even_in_idleness() -> None:
    alone, seen = Gaze(_whims(11)), Gaze(_whims(11))
    seen.look_at((10.0, 0.0))
    for gaze in (alone, seen):
        gaze.look(0.0, Mood.IDLE)
    shares = []
    for gaze, yaw in ((alone, 0.0), (seen, 10.0)):
        looks = _angles(gaze, Mood.IDLE, 2.0, 300)
        shares.append(sum(abs(x - yaw) < 4 and abs(y) < 3 for x, y in looks) / len(looks))
    assert shares[1] > 0.55 > shares[0]


def test_what_lies_beyond_the_eyes_reach_is_looked_at_as_far_as_they_go() -> None:
    gaze = Gaze(_whims(6))
    gaze.look_at((120.0, -90.0))
    gaze.look(0.0, Mood.LISTENING)
    assert gaze.visitor == (35.0, -24.0)


def test_a_held_gaze_trembles_a_little() -> None:
    looks = _angles(Gaze(_whims(5)), Mood.LISTENING, 0.0, 60)
    small = [abs(b[0] - a[0]) for a, b in pairwise(looks) if 0 < abs(b[0] - a[0]) < 1.0]
    assert 40 < len(small) < 400


def test_a_glance_survives_a_change_of_mood_and_comes_back_to_the_visitor() -> None:
    gaze = Gaze(_whims(5))
    gaze.look(0.0, Mood.THINKING)
    gaze.glance((-20.0, -10.0))
    looks = [gaze.look(k * FRAME_S, Mood.THINKING if k < 12 else Mood.SPEAKING)[0] for k in range(90)]
    at = [k for k, (yaw, _) in enumerate(looks) if yaw < -17]
    assert at[0] * FRAME_S < 0.15
    assert 0.7 < (at[-1] - at[0]) * FRAME_S < 0.85
    assert abs(looks[at[-1] + 12][0]) < 5
    gaze.glance((20.0, 0.0))
    assert gaze.look(1.6, Mood.SPEAKING)[0][0] < 15, "not again at once"


def test_wandering_eyes_go_from_thing_to_thing_until_the_mood_changes() -> None:
    gaze = Gaze(_whims(5))
    gaze.look(0.0, Mood.IDLE)
    gaze.wander([(25.0, 0.0, 0.5), (-25.0, 5.0, 0.5), (25.0, 0.0, 9.0)])
    looks = [gaze.look(k * FRAME_S, Mood.IDLE)[0][0] for k in range(1, 90)]
    assert max(looks[:30]) > 24
    assert min(looks[30:60]) < -24
    later = [gaze.look(1.5 + k * FRAME_S, Mood.LISTENING)[0][0] for k in range(60)]
    assert max(later[15:]) < 15
    gaze.glance((0.0, -15.0))
    gaze.look(2.6, Mood.IDLE)
    gaze.wander([(25.0, 0.0, 0.5)])
    assert gaze.look(2.9, Mood.IDLE)[0][1] < -12, "a glance is not cut short"
