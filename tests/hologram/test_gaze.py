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
