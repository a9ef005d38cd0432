from __future__ import annotations

from collections import Counter
from itertools import pairwise
from random import Random

import pytest

from holo_app.domain.acting import Gesture
from holo_app.domain.avatar import Mood
from holo_app.hologram.animation import FaceAnimator
from holo_app.hologram.idle_acts import IDLE_ACTS, NOT_AGAIN_WITHIN_S, IdleActs
from holo_app.hologram.movements import BEAT, GESTURES, Movement, Performance, Rank
from holo_app.hologram.timeline import Timeline

FRAME_S = 1 / 60


def _whims(seed: int) -> Random:
    return Random(seed)  # noqa: S311 - a face's whims, not a secret


def _hour(seed: int, seconds: float = 3600.0) -> list[tuple[float, str]]:
    acts, done = IdleActs(_whims(seed)), []
    for k in range(int(seconds * 4)):
        act = acts.due(k / 4, Mood.IDLE)
        if act is not None:
            acts.began(act, k / 4)
            done.append((k / 4, act.name))
    return done


def test_in_an_hour_of_waiting_nothing_is_repeated_within_a_minute() -> None:
    done = _hour(1)
    last: dict[str, float] = {}
    for at, name in done:
        assert at - last.get(name, -1e9) >= NOT_AGAIN_WITHIN_S
        last[name] = at
    assert all(later - earlier <= 10 for (earlier, _), (later, _) in pairwise(done)), "and it never freezes"
    assert set(last) == {act.name for act in IDLE_ACTS}
    assert max(Counter(name for _, name in done).values()) < 0.12 * len(done)


def test_the_same_seed_waits_in_the_same_way_and_another_in_its_own() -> None:
    assert _hour(1, 600) == _hour(1, 600)
    assert [name for _, name in _hour(1, 600)] != [name for _, name in _hour(2, 600)]


@pytest.mark.parametrize("seed", [3, 4])
def test_a_whole_face_keeps_to_that_too(seed: int) -> None:
    animator, began, was = FaceAnimator(seed), dict[str, float](), frozenset[str]()
    for k in range(12 * 600):
        animator.pose(k / 12, None, Mood.IDLE)
        for name in frozenset(animator.moving) - was:
            assert k / 12 - began.get(name, -1e9) >= NOT_AGAIN_WITHIN_S
            began[name] = k / 12
        was = frozenset(animator.moving)
    assert len(began) >= 15


def test_who_is_listened_to_is_not_looked_away_from() -> None:
    acts = IdleActs(_whims(5))
    done = [act for k in range(4 * 600) if (act := acts.due(k / 4, Mood.LISTENING)) is not None]
    assert done
    assert all(act.anytime and not act.visits for act in done)


def test_when_everything_was_done_lately_nothing_is() -> None:
    acts = IdleActs(_whims(5))
    acts.due(0.0, Mood.IDLE)
    for act in IDLE_ACTS:
        acts.began(act, 0.0)
    assert [acts.due(k / 4, Mood.IDLE) for k in range(4 * 50)] == [None] * 200


def test_what_is_hindered_is_tried_again_soon() -> None:
    acts = IdleActs(_whims(5))
    first = next(k / 4 for k in range(100) if acts.due(k / 4, Mood.IDLE))
    acts.hindered(first)
    again = next(k / 4 for k in range(1000) if k / 4 > first and acts.due(k / 4, Mood.IDLE))
    assert again - first <= 1.25


@pytest.mark.parametrize("movement", [*GESTURES.values(), BEAT, *IDLE_ACTS], ids=lambda movement: movement.name)
def test_every_movement_begins_and_ends_at_rest_and_is_smooth(movement: Movement) -> None:
    performance = Performance(_whims(2))
    performance.play(movement, 1.0)
    frames = [performance.values(1.0 + k * FRAME_S) for k in range(int(movement.seconds * 1.2 / FRAME_S))]
    assert frames[-1] == {}
    names = set().union(*frames)
    assert names
    for name in names:
        values = [frame.get(name, 0.0) for frame in frames]
        size = max(abs(value) for value in values)
        assert abs(values[0]) < 1e-6
        assert size > 0.05
        largest = max(abs(a - b) for a, b in pairwise(values))
        assert largest < 0.35 * size, "at 60 frames a second"
        first = next(k for k, value in enumerate(values) if value)
        assert abs(values[first]) < 0.08 * size, "it sets out gently"


@pytest.mark.parametrize("gesture", list(Gesture))
def test_every_gesture_has_its_movement(gesture: Gesture) -> None:
    assert GESTURES[gesture].rank is Rank.GESTURE
    values = Performance(_whims(2)), GESTURES[gesture]
    values[0].play(values[1], 0.0)
    peak = values[0].values(0.36 * GESTURES[gesture].seconds)
    moved = {
        Gesture.NOD: "pitch",
        Gesture.SHAKE: "yaw",
        Gesture.TILT: "roll",
        Gesture.SHRUG: "right",
        Gesture.BOW: "forward",
    }
    assert abs(peak[moved[gesture]]) > 0.3


def test_what_matters_more_takes_over_and_what_matters_less_waits() -> None:
    performance = Performance(_whims(2))
    tilt, nod = next(act for act in IDLE_ACTS if act.name == "head_tilt"), GESTURES[Gesture.NOD]
    shift = next(act for act in IDLE_ACTS if act.name == "weight_shift")
    assert performance.play(tilt, 0.0) is not None
    assert performance.play(shift, 0.0) is not None, "another part of the body"
    assert performance.play(BEAT, 0.5) is not None
    assert [movement.name for movement in performance.under_way] == ["weight_shift", "beat"]
    assert abs(performance.values(0.5)["roll"]) > 0, "it lets go, it does not snap"
    assert performance.play(nod, 0.6) is not None
    assert performance.play(BEAT, 0.7) is None
    assert performance.play(GESTURES[Gesture.SHAKE], 0.7) is None
    assert "roll" not in performance.values(0.8)


def test_idle_acts_are_let_go_when_somebody_comes() -> None:
    performance = Performance(_whims(2))
    acts = {act.name: act for act in IDLE_ACTS}
    performance.play(acts["chin_up"], 0.0)
    performance.play(acts["lean_in"], 0.0)
    performance.release(Rank.IDLE, 1.0)
    assert [movement.name for movement in performance.under_way] == ["lean_in"]
    assert "pitch" not in performance.values(1.3)
    assert performance.values(1.3)["forward"] > 1.0


def test_the_other_side_is_the_mirror_image() -> None:
    shrug = GESTURES[Gesture.SHRUG]
    sides: dict[bool, dict[str, float]] = {}
    for seed in range(20):
        performance = Performance(_whims(seed))
        mirrored = performance.play(shrug, 0.0)
        assert mirrored is not None
        sides[mirrored] = performance.values(0.4)
    assert sides[True]["roll"] * sides[False]["roll"] < 0
    assert sides[False]["right"] > sides[False]["left"]
    assert sides[True]["left"] > sides[True]["right"]


def test_a_timeline_gives_each_thing_once_and_forgets_what_came_too_late() -> None:
    line = Timeline[str]()
    for at, name in ((2.0, "b"), (1.0, "a"), (9.0, "z"), (4.0, "c")):
        line.add(at, name)
    assert line.due(2.1) == ["b"], "a was due for more than half a second"
    assert line.due(2.2) == []
    line.cut(4.5)
    assert line.due(10.0, not_later_than_s=7.0) == ["c"]
    assert len(line) == 0
