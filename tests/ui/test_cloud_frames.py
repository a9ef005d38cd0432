"""A cloud avatar's pictures: each when its sound is heard, none of what is not heard; the local figure where there are none."""

from __future__ import annotations

import pytest

from holo_app.dialogue.notices import LoopReady, Notice, PicturesScheduled, SpeechCut
from holo_app.ports.avatar import AvatarFrame
from holo_app.ui.cloud_frames import CloudFrames

STEP_S = 0.04


class World:
    """Frames whose time is told to them."""

    def __init__(self, most_bytes: int = 10_000) -> None:
        self.now_s = 100.0
        self.frames = CloudFrames(lambda: self.now_s, most_bytes=most_bytes)

    def idle(self) -> AvatarFrame:
        frame = AvatarFrame(1, 1, bytes(4), self.now_s)
        self.frames.show(frame)
        return frame

    def speak(self, utterance: int, count: int, *, first: int = 0) -> list[AvatarFrame]:
        """Pictures of an utterance, one every 40 ms; they come as if all at once."""
        made = [
            AvatarFrame(1, 1, bytes(4), self.now_s, utterance, number * STEP_S)
            for number in range(first, first + count)
        ]
        for frame in made:
            self.frames.show(frame)
        return made

    def seen(self, position_s: float = 0.0) -> AvatarFrame | None:
        return self.frames.due(position_s, self.now_s)


def test_without_pictures_the_local_figure_stands_there() -> None:
    world = World()
    assert world.seen() is None
    frame = world.idle()
    assert world.seen() is frame
    world.frames.clear()
    assert world.seen() is None


def test_pictures_that_do_not_come_any_more_are_no_avatar() -> None:
    world = World()
    frame = world.idle()
    world.now_s += 0.45
    assert world.seen() is frame
    world.now_s += 0.1
    assert world.seen() is None


def test_a_picture_waits_until_its_sound_is_heard() -> None:
    world = World()
    pictures = world.speak(1, 10)
    assert world.seen(50.0) is None  # where it begins is not known yet
    world.frames.take(PicturesScheduled(1, 20.0))
    assert world.seen(19.9) is None
    # the nearest one: from half a step before its moment to half a step after it
    for position_s, expected in ((19.981, 0), (20.019, 0), (20.021, 1), (20.29, 7)):
        assert world.seen(position_s) is pictures[expected]
    assert world.seen(20.1) is pictures[7]  # what was seen does not come again


def test_a_still_avatar_waits_as_long_as_a_speaking_one_and_comes_after_it() -> None:
    world = World()
    spoken = world.speak(1, 2)
    world.frames.take(PicturesScheduled(1, 0.0))
    world.now_s += 0.25
    assert world.seen(0.04) is spoken[1]
    later = world.idle()
    assert world.seen(0.5) is spoken[1]
    world.now_s += 0.24
    assert world.seen(0.5) is spoken[1]
    world.now_s += 0.02
    assert world.seen(0.5) is later


def test_what_is_cut_is_not_shown_and_what_follows_is_at_once() -> None:
    world = World()
    told: list[Notice] = []
    publish = world.frames.publishing(told.append)
    pictures = world.speak(1, 10)
    publish(PicturesScheduled(1, 20.0))
    world.now_s += 0.2
    assert world.seen(20.08) is pictures[2]
    publish(SpeechCut(20.1))
    publish(LoopReady())
    world.speak(1, 10, first=10)
    assert world.seen(30.0) is pictures[2]
    still = world.idle()
    assert world.seen(30.0) is still
    assert told == [PicturesScheduled(1, 20.0), SpeechCut(20.1), LoopReady()]


def test_an_interrupted_avatar_closes_its_mouth_without_waiting_for_the_network() -> None:
    world = World()
    idle = []
    for _ in range(40):
        idle.append(world.idle())
        assert world.seen() is idle[-1]
        world.now_s += STEP_S
    pictures = world.speak(1, 5)
    world.frames.take(PicturesScheduled(1, 0.0))
    assert world.seen(0.08) is pictures[2]
    world.frames.take(SpeechCut(0.1))
    resting = world.seen(0.1)
    assert resting in idle
    assert resting is not None
    assert 0.5 < world.now_s - resting.at_s < 1.2
    world.speak(1, 5, first=5)
    assert world.seen(3.0) is resting
    still = world.idle()
    assert world.seen(3.0) is still


def test_an_utterance_that_nobody_was_to_hear_does_not_hold_up_the_others() -> None:
    world = World()
    world.speak(1, 5)
    assert world.seen() is None
    world.frames.cut(1)
    (second,) = world.speak(2, 1)
    world.frames.take(PicturesScheduled(2, 0.0))
    assert world.seen(0.0) is second


def test_pictures_beyond_the_end_of_the_sound_do_not_hold_up_the_others() -> None:
    world = World()
    pictures = world.speak(1, 6)
    world.frames.take(PicturesScheduled(1, 0.0))
    world.frames.cut(1, 0.1)
    still = world.idle()
    assert world.seen(0.1) in {pictures[2], still}
    world.now_s += 0.4
    assert world.seen(0.1) is still


def test_what_waits_too_long_is_dropped() -> None:
    world = World()
    world.speak(1, 3)
    world.now_s += 4.1
    late = world.idle()
    assert world.seen() is late


def test_only_so_many_wait() -> None:
    world = World(most_bytes=12)
    pictures = world.speak(1, 5)
    world.frames.take(PicturesScheduled(1, 0.0))
    assert world.seen(0.08) is pictures[2]
    assert world.seen(0.04) is pictures[2]


def test_of_old_utterances_nothing_is_remembered() -> None:
    world = World()
    for number in range(20):
        world.frames.take(PicturesScheduled(number, float(number)))
        world.frames.cut(number)
    world.speak(0, 1)
    assert world.seen(0.0) is None


@pytest.mark.parametrize("step_s", [1 / 60, 1 / 25])
def test_half_a_step_is_that_of_the_video(step_s: float) -> None:
    world = World()
    frames = [AvatarFrame(1, 1, bytes(4), world.now_s, 1, number * step_s) for number in range(40)]
    for frame in frames:
        world.frames.show(frame)
    world.frames.take(PicturesScheduled(1, 0.0))
    assert world.seen(30.45 * step_s) is frames[30]
    assert world.seen(30.55 * step_s) is frames[31]
