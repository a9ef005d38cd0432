from __future__ import annotations

import time
from dataclasses import astuple
from itertools import pairwise

import pytest

from holo_app.domain.acting import FaceCue, Gesture, GestureCue
from holo_app.domain.avatar import Expression, FacePose, Mood
from holo_app.domain.speech import Viseme, VisemeCue
from holo_app.hologram.animation import FaceAnimator
from holo_app.hologram.camera import HEAD_LIMIT
from holo_app.hologram.expressions import EXPRESSIONS
from holo_app.hologram.feelings import RESTING

FRAME_S = 1 / 30
WORD = [VisemeCue(Viseme.PP, 0.5, 0.58), VisemeCue(Viseme.AA, 0.58, 0.75), VisemeCue(Viseme.DD, 0.75, 0.82)]
WEIGHTS = ("blink", "smile", "frown", "brow_up", "brow_down", "eyes_wide", "squint", "breath")


def _run(animator: FaceAnimator, seconds: float, mood: Mood, *, start_s: float = 0.0) -> list[FacePose]:
    frames = int(seconds / FRAME_S)
    return [animator.pose(start_s + k * FRAME_S, None, mood) for k in range(frames)]


def _speak(animator: FaceAnimator, seconds: float, *, start_s: float = 0.0) -> list[FacePose]:
    """Sound and clock run together."""
    times = [start_s + k * FRAME_S for k in range(int(seconds / FRAME_S))]
    return [animator.pose(t, t, Mood.SPEAKING) for t in times]


def test_the_same_seed_gives_the_same_face() -> None:
    one, two, other = (_run(FaceAnimator(seed), 40, Mood.IDLE) for seed in (4, 4, 5))
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


def test_a_cut_stops_mouth_gestures_and_expression() -> None:
    animator = FaceAnimator(1)
    animator.schedule(WORD)
    animator.act(FaceCue(Expression.HAPPY, 0.0, 4.0, (GestureCue(Gesture.NOD, 2.0),)))
    _speak(animator, 1.0)
    assert animator.pose(1.0, 0.7, Mood.SPEAKING).smile > 0.5
    animator.cut(0.6)
    assert animator.pose(1.1, 0.7, Mood.LISTENING).visemes == {}
    after = [animator.pose(1.2 + k * FRAME_S, 2.5, Mood.TROUBLE) for k in range(60)]
    assert after[-1].smile < 0.1
    assert "nod" not in animator.moving


@pytest.mark.parametrize("mood", list(Mood))
def test_every_value_stays_in_its_range(mood: Mood) -> None:
    animator = FaceAnimator(9)
    animator.schedule(VisemeCue(Viseme.AA, k * 0.2, k * 0.2 + 0.15) for k in range(300))
    for k, gesture in enumerate(list(Gesture) * 4):
        face = list(Expression)[k % 6]
        animator.act(FaceCue(face, 3.0 * k, 3.0 * k + 2.5, (GestureCue(gesture, 3.0 * k + 0.5),)))
    animator.look_at((80.0, -70.0))
    for k in range(1800):
        pose = animator.pose(k * FRAME_S, k * FRAME_S, mood)
        assert all(0.0 <= getattr(pose, name) <= 1.0 for name in WEIGHTS)
        assert all(0.0 <= value <= 1.0 for value in (*pose.shoulders, *pose.visemes.values()))
        assert all(abs(angle) <= limit for angle, limit in zip(pose.head, HEAD_LIMIT, strict=True))
        assert all(abs(angle) <= 35 for angle in pose.gaze)
        assert all(abs(angle) <= 12 for angle in pose.lean)


def test_moods_look_different_and_fade_into_each_other() -> None:
    animator = FaceAnimator(3)
    settled = _run(animator, 3, Mood.LISTENING)[-1]
    assert settled.smile == pytest.approx(RESTING[Mood.LISTENING].smile, abs=0.01)
    change = _run(animator, 3, Mood.TROUBLE, start_s=3.0)
    assert change[0].smile > 0.3
    assert all(a.smile >= b.smile for a, b in pairwise(change))
    assert change[-1].smile == pytest.approx(0.0, abs=0.01)
    assert change[-1].brow_down == pytest.approx(RESTING[Mood.TROUBLE].brow_down, abs=0.01)


@pytest.mark.parametrize("face", [face for face in Expression if face is not Expression.NEUTRAL])
def test_an_expression_comes_with_its_clause_and_goes_after_it(face: Expression) -> None:
    animator = FaceAnimator(5)
    animator.act(FaceCue(face, 2.0, 5.0))
    before, during = _speak(animator, 1.8)[-1], _speak(animator, 3.2, start_s=1.8)[-1]
    after = _speak(animator, 3.0, start_s=5.0)[-1]
    looks, resting = EXPRESSIONS[face], RESTING[Mood.SPEAKING]
    for name in ("smile", "frown", "eyes_wide", "squint"):
        wanted = getattr(looks, name)
        assert getattr(before, name) == pytest.approx(getattr(resting, name), abs=0.02)
        assert getattr(during, name) == pytest.approx(wanted, abs=0.16 * wanted + 0.02)
        assert getattr(after, name) == pytest.approx(getattr(resting, name), abs=0.02)


def test_expressions_fade_without_a_jump() -> None:
    animator = FaceAnimator(5)
    for k, face in enumerate(Expression):
        animator.act(FaceCue(face, 1.5 * k, 1.5 * k + 1.5))
    poses = _speak(animator, 12)
    for name in ("smile", "frown", "brow_up", "brow_down", "eyes_wide", "squint"):
        assert max(abs(getattr(a, name) - getattr(b, name)) for a, b in pairwise(poses)) < 0.12, name


def test_a_better_end_moves_the_end_and_repeats_nothing() -> None:
    animator = FaceAnimator(5)
    nod = (GestureCue(Gesture.NOD, 0.4),)
    animator.act(FaceCue(Expression.HAPPY, 0.0, 6.0, nod))
    nods = 0
    for k in range(120):
        if k == 40:
            animator.act(FaceCue(Expression.HAPPY, 0.0, 1.6, nod))
        was = animator.moving
        pose = animator.pose(k * FRAME_S, k * FRAME_S, Mood.SPEAKING)
        nods += "nod" in animator.moving and "nod" not in was
    assert nods == 1
    assert pose.smile < 0.35


def test_a_short_hello_smiles_long_enough_to_be_seen() -> None:
    animator = FaceAnimator(5)
    animator.act(FaceCue(Expression.HAPPY, 1.0, 1.5))
    animator.act(FaceCue(Expression.CURIOUS, 1.5, 4.0))
    poses = _speak(animator, 4.0)
    assert max(pose.smile for pose in poses) > 0.7
    assert poses[-1].eyes_wide > 0.45
    assert poses[-1].smile < 0.3


def test_better_times_move_the_gestures_that_are_still_to_come() -> None:
    animator = FaceAnimator(5)
    animator.act(FaceCue(Expression.CURIOUS, 0.0, 6.0, (GestureCue(Gesture.NOD, 0.2), GestureCue(Gesture.TILT, 4.0))))
    for k in range(20):
        animator.pose(k * FRAME_S, k * FRAME_S, Mood.SPEAKING)
    animator.act(FaceCue(Expression.CURIOUS, 0.0, 3.0, (GestureCue(Gesture.NOD, 0.1), GestureCue(Gesture.TILT, 2.0))))
    seen: dict[str, list[float]] = {}
    for k in range(20, 150):
        animator.pose(k * FRAME_S, k * FRAME_S, Mood.SPEAKING)
        for name in animator.moving:
            seen.setdefault(name, []).append(k * FRAME_S)
    assert 1.8 <= seen["tilt"][0] <= 2.0
    assert seen["nod"][-1] < 1.6, "once"


def test_a_gesture_that_would_come_too_late_does_not_come() -> None:
    animator = FaceAnimator(5)
    animator.pose(0.0, 3.0, Mood.SPEAKING)
    animator.act(FaceCue(Expression.HAPPY, 2.0, 6.0, (GestureCue(Gesture.NOD, 2.2),)))
    animator.pose(0.1, 3.1, Mood.SPEAKING)
    assert "nod" not in animator.moving


def test_when_the_sound_stops_the_face_goes_back_to_the_mood() -> None:
    animator = FaceAnimator(5)
    animator.act(FaceCue(Expression.HAPPY, 0.0, 1.01))
    _speak(animator, 1.0)
    # the last sample that is heard may lie before the end that was planned
    waiting = [animator.pose(1.0 + k * FRAME_S, 1.0, Mood.IDLE) for k in range(90)]
    assert waiting[0].smile > 0.7
    assert waiting[-1].squint < 0.1


def test_idle_is_never_quite_still_and_never_jumps() -> None:
    poses = _run(FaceAnimator(8), 90, Mood.IDLE)
    steps = [max(abs(x - y) for x, y in zip(a.head, b.head, strict=True)) for a, b in pairwise(poses)]
    assert 0.0 < max(steps) < 1.5, "45 degrees a second, half of what a head can do"
    assert sum(step > 0 for step in steps) == len(steps)
    assert min(pose.breath for pose in poses) < 0.05
    assert max(pose.breath for pose in poses) > 0.95


def test_stressed_vowels_bring_little_beats_of_head_and_brows() -> None:
    animator = FaceAnimator(6)
    lengths = [0.06, 0.07, 0.16, 0.06] * 12
    starts = [sum(lengths[:k]) + 0.05 * k for k in range(len(lengths))]
    animator.schedule(VisemeCue(Viseme.AA, s, s + n) for s, n in zip(starts, lengths, strict=True))
    beats, was = 0, False
    for k in range(int((starts[-1] + 1.0) / FRAME_S)):
        animator.pose(k * FRAME_S, k * FRAME_S, Mood.SPEAKING)
        beats += "beat" in animator.moving and not was
        was = "beat" in animator.moving
    assert 3 <= beats <= 12


def test_a_gesture_happens_where_its_word_is_and_one_at_a_time() -> None:
    animator = FaceAnimator(7)
    cues = (GestureCue(Gesture.NOD, 1.0), GestureCue(Gesture.SHAKE, 1.1), GestureCue(Gesture.SHRUG, 4.0))
    animator.act(FaceCue(Expression.NEUTRAL, 0.5, 6.0, cues))
    seen: dict[str, float] = {}
    for k in range(200):
        animator.pose(k * FRAME_S, k * FRAME_S, Mood.SPEAKING)
        for name in animator.moving:
            seen.setdefault(name, k * FRAME_S)
    assert 0.8 <= seen["nod"] <= 1.0
    assert "shake" not in seen, "the head was nodding"
    assert 3.8 <= seen["shrug"] <= 4.0


def test_lids_like_to_close_where_a_clause_ends() -> None:
    ends, blinks, hits = 0, 0, 0
    for seed in range(6):
        animator, was = FaceAnimator(seed), 0.0
        cues = [
            (VisemeCue(Viseme.E, 2.0 * k, 2.0 * k + 1.7), VisemeCue(Viseme.SIL, 2.0 * k + 1.7, 2.0 * k + 2))
            for k in range(20)
        ]
        animator.schedule(cue for pair in cues for cue in pair)
        for pose, k in ((pose, k) for k, pose in enumerate(_speak(animator, 40.0))):
            if pose.blink > 0.0 == was:
                blinks += 1
                hits += 1.65 <= k * FRAME_S % 2.0 <= 1.9
            was = pose.blink
        ends += 20
    assert hits > 0.3 * ends
    assert hits > 3 * blinks * 0.25 / 2.0, "three times as many as by chance"


def test_eyes_go_down_with_a_bow_and_come_back_to_the_visitor() -> None:
    animator = FaceAnimator(7)
    animator.look_at((8.0, 0.0))
    animator.act(FaceCue(Expression.HAPPY, 0.5, 3.0, (GestureCue(Gesture.BOW, 0.6),)))
    poses = _speak(animator, 2.6)
    lowest = min(range(len(poses)), key=lambda k: poses[k].head[1])
    assert poses[lowest].head[1] < -7
    assert poses[lowest].gaze[1] < 4, "not from under the brows"
    assert poses[lowest].lean[0] > 3
    after = poses[int(1.9 / FRAME_S)]
    assert abs(after.gaze[1] + after.head[1]) < 4
    assert after.gaze[0] + after.head[0] == pytest.approx(8.0, abs=3.0)


def test_lungs_fill_before_the_first_word() -> None:
    animator, still = FaceAnimator(10), FaceAnimator(10)
    for k in range(60):
        animator.pose(k * FRAME_S, 0.0, Mood.THINKING)
        still.pose(k * FRAME_S, 0.0, Mood.THINKING)
    animator.schedule(VisemeCue(Viseme.AA, 0.3 + 0.1 * k, 0.4 + 0.1 * k) for k in range(40))
    # half a second on the clock, in which the sound is on its way to the speaker
    ready = [animator.pose(2.0 + k * FRAME_S, 0.0, Mood.THINKING).breath for k in range(12)][-1]
    rest = [still.pose(2.0 + k * FRAME_S, 0.0, Mood.THINKING).breath for k in range(12)][-1]
    assert ready > max(rest, 0.9)


def test_a_clock_that_steps_back_or_sleeps_does_no_harm() -> None:
    animator = FaceAnimator(2)
    before = animator.pose(10.0, None, Mood.IDLE)
    back = animator.pose(9.0, None, Mood.IDLE)
    assert astuple(back) == astuple(before)
    woken = animator.pose(5000.0, None, Mood.TROUBLE)
    assert woken.brow_up == pytest.approx(RESTING[Mood.TROUBLE].brow_up)


def test_the_head_turns_a_little_after_the_eyes_and_the_eyes_give_way() -> None:
    poses = _run(FaceAnimator(12), 60, Mood.THINKING)
    yaw = sum(pose.head[0] for pose in poses) / len(poses)
    assert yaw < -4.0
    assert any(pose.blink > 0.5 for pose in poses)


def test_head_and_eyes_together_face_the_visitor() -> None:
    animator = FaceAnimator(12)
    animator.look_at((20.0, -6.0))
    poses = _run(animator, 20, Mood.LISTENING)[60:]
    yaw = sum(pose.head[0] + pose.gaze[0] for pose in poses) / len(poses)
    pitch = sum(pose.head[1] + pose.gaze[1] for pose in poses) / len(poses)
    assert yaw == pytest.approx(20.0, abs=3.0)
    assert pitch == pytest.approx(-6.0, abs=2.5)
    assert sum(pose.head[0] for pose in poses) / len(poses) > 8.0


def test_a_glance_at_a_card_is_quick_short_and_not_repeated_at_once() -> None:
    animator = FaceAnimator(12)
    _run(animator, 3, Mood.SPEAKING)
    animator.glance(-20.0, -14.0)
    directions = []
    for k in range(150):
        if k == 40:
            animator.glance(-20.0, -14.0)
        pose = animator.pose(3.0 + k * FRAME_S, None, Mood.SPEAKING if k < 10 else Mood.LISTENING)
        directions.append(pose.gaze[0] + pose.head[0])
    at_card = [k for k, yaw in enumerate(directions) if yaw < -14]
    assert at_card[0] * FRAME_S < 0.3
    assert 0.6 <= (at_card[-1] - at_card[0]) * FRAME_S <= 1.0
    assert at_card == list(range(at_card[0], at_card[-1] + 1))


def test_a_pose_costs_next_to_nothing() -> None:
    animator = FaceAnimator(3)
    animator.schedule(VisemeCue(list(Viseme)[k % 15], k * 0.08, k * 0.08 + 0.08) for k in range(700))
    for k in range(20):
        animator.act(FaceCue(Expression.HAPPY, 2.5 * k, 2.5 * k + 2, (GestureCue(Gesture.NOD, 2.5 * k),)))
    began = time.process_time()
    for k in range(1500):
        animator.pose(k * FRAME_S, k * FRAME_S, Mood.SPEAKING)
    assert (time.process_time() - began) / 1500 < 0.3e-3
