from __future__ import annotations

from dataclasses import astuple
from itertools import pairwise

import pytest

from holo_app.domain.avatar import FacePose, Mood
from holo_app.domain.speech import Viseme, VisemeCue
from holo_app.hologram.animation import EXPRESSIONS, FaceAnimator

FRAME_S = 1 / 30
WORD = [VisemeCue(Viseme.PP, 0.5, 0.58), VisemeCue(Viseme.AA, 0.58, 0.75), VisemeCue(Viseme.DD, 0.75, 0.82)]


def _run(animator: FaceAnimator, seconds: float, mood: Mood, *, start_s: float = 0.0) -> list[FacePose]:
    frames = int(seconds / FRAME_S)
    return [animator.pose(start_s + k * FRAME_S, None, mood) for k in range(frames)]


def test_the_same_seed_gives_the_same_face() -> None:
    one, two, other = (_run(FaceAnimator(seed), 10, Mood.IDLE) for seed in (4, 4, 5))
    assert one == two
    assert one != other


def test_lips_follow_the_audio_and_not_the_clock() -> None:
    animator = FaceAnimator(1)
    animator.schedule(WORD)
    assert animator.pose(100.0, 0.0, Mood.SPEAKING).visemes == {}
    assert animator.pose(200.0, 0.66, Mood.SPEAKING).visemes[Viseme.AA] > 0.3
    held = animator.pose(201.0, 0.66, Mood.SPEAKING).visemes
    assert held == animator.pose(202.0, 0.66, Mood.SPEAKING).visemes, "audio that waits holds the mouth"


def test_before_any_audio_the_mouth_rests() -> None:
    animator = FaceAnimator(1)
    animator.schedule(WORD)
    assert animator.pose(0.6, None, Mood.SPEAKING).visemes == {}


def test_a_cut_stops_the_mouth() -> None:
    animator = FaceAnimator(1)
    animator.schedule(WORD)
    animator.cut(0.6)
    assert animator.pose(1.0, 0.7, Mood.LISTENING).visemes == {}


@pytest.mark.parametrize("mood", list(Mood))
def test_every_value_stays_in_its_range(mood: Mood) -> None:
    animator = FaceAnimator(9)
    animator.schedule(VisemeCue(Viseme.AA, k * 0.2, k * 0.2 + 0.15) for k in range(300))
    for k in range(1800):
        pose = animator.pose(k * FRAME_S, k * FRAME_S, mood)
        for value in (pose.blink, pose.smile, pose.brow_up, pose.brow_down, pose.breath):
            assert 0.0 <= value <= 1.0
        assert all(abs(angle) <= 15 for angle in pose.head)
        assert all(abs(angle) <= 35 for angle in pose.gaze)


def test_moods_look_different_and_fade_into_each_other() -> None:
    animator = FaceAnimator(3)
    settled = _run(animator, 3, Mood.LISTENING)[-1]
    assert settled.smile == pytest.approx(EXPRESSIONS[Mood.LISTENING].smile, abs=0.01)
    change = _run(animator, 3, Mood.TROUBLE, start_s=3.0)
    assert change[0].smile > 0.3
    assert all(a.smile >= b.smile for a, b in pairwise(change))
    assert change[-1].smile == pytest.approx(0.0, abs=0.01)
    assert change[-1].brow_down == pytest.approx(0.35, abs=0.01)


def test_idle_is_never_quite_still_and_never_jumps() -> None:
    poses = _run(FaceAnimator(8), 30, Mood.IDLE)
    steps = [max(abs(x - y) for x, y in zip(a.head, b.head, strict=True)) for a, b in pairwise(poses)]
    assert 0.0 < max(steps) < 1.0
    assert sum(step > 0 for step in steps) == len(steps)
    assert min(pose.breath for pose in poses) < 0.05
    assert max(pose.breath for pose in poses) > 0.95


def test_open_vowels_nod_the_head_and_lift_the_brows() -> None:
    still, talking = FaceAnimator(6), FaceAnimator(6)
    talking.schedule([VisemeCue(Viseme.AA, k * 0.2, k * 0.2 + 0.2) for k in range(10)])
    for k in range(30):
        quiet = still.pose(k * FRAME_S, None, Mood.SPEAKING)
        loud = talking.pose(k * FRAME_S, k * FRAME_S, Mood.SPEAKING)
    assert loud.brow_up > quiet.brow_up + 0.05
    assert loud.head[1] < quiet.head[1] - 0.5
    assert loud.smile < quiet.smile


def test_a_clock_that_steps_back_or_sleeps_does_no_harm() -> None:
    animator = FaceAnimator(2)
    before = animator.pose(10.0, None, Mood.IDLE)
    back = animator.pose(9.0, None, Mood.IDLE)
    assert astuple(back) == astuple(before)
    woken = animator.pose(5000.0, None, Mood.TROUBLE)
    assert woken.brow_up == pytest.approx(EXPRESSIONS[Mood.TROUBLE].brow_up)


def test_the_head_turns_a_little_after_the_eyes_and_the_eyes_give_way() -> None:
    poses = _run(FaceAnimator(12), 60, Mood.THINKING)
    yaw = sum(pose.head[0] for pose in poses) / len(poses)
    assert yaw < -4.0
    assert any(pose.blink > 0.5 for pose in poses)
