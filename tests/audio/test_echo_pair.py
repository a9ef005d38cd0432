"""The rough canceller helps out until the thorough one knows the room."""

from __future__ import annotations

import numpy as np

from holo_app.audio.echo_pair import EchoPair
from holo_app.ports.echo import ECHO_FRAME_SAMPLES


class Leaves:
    """A canceller that leaves a part of everything, and tells which of the two it is by its sign."""

    def __init__(self, share: float) -> None:
        self.share = share
        self.resets = 0

    def played(self, frame: bytes) -> None:
        """It needs no reference."""

    def cleaned(self, frame: bytes) -> bytes:
        return np.rint(np.frombuffer(frame, "<i2") * self.share).astype("<i2").tobytes()

    def reset(self) -> None:
        self.resets += 1


LOUD = np.full(ECHO_FRAME_SAMPLES, 8000, "<i2").tobytes()
SILENT = bytes(2 * ECHO_FRAME_SAMPLES)


def run(pair: EchoPair, frames: int, played: bytes = LOUD, heard: bytes = LOUD) -> list[int]:
    """The last sample of every frame that came out."""
    out = []
    for _ in range(frames):
        pair.played(played)
        out.append(int(np.frombuffer(pair.cleaned(heard), "<i2")[-1]))
    return out


def test_the_quick_one_is_heard_until_the_thorough_one_has_learnt() -> None:
    thorough, quick = Leaves(0.9), Leaves(-0.01)
    pair = EchoPair(thorough, quick)
    assert set(run(pair, 100)) == {-80}
    thorough.share = 0.1
    out = run(pair, 300)
    assert pair.learnt
    assert (out[0], out[-1]) == (-80, 800)


def test_it_steps_back_when_it_knows_the_room_no_longer() -> None:
    thorough, quick = Leaves(0.1), Leaves(-0.01)
    pair = EchoPair(thorough, quick)
    run(pair, 300)
    thorough.share = 0.9
    assert run(pair, 300)[-1] == -80
    assert not pair.learnt


def test_a_quick_one_that_does_worse_is_not_waited_for() -> None:
    pair = EchoPair(Leaves(0.3), Leaves(-0.5))
    run(pair, 400)
    assert pair.learnt


def test_silence_tells_nothing_of_the_room() -> None:
    pair = EchoPair(Leaves(0.1), Leaves(-0.01))
    run(pair, 300, played=SILENT)
    run(pair, 300, heard=SILENT)
    assert not pair.learnt


def test_the_change_is_no_click() -> None:
    pair = EchoPair(Leaves(0.1), Leaves(-0.1))
    steps = []
    for _ in range(300):
        pair.played(LOUD)
        samples = np.frombuffer(pair.cleaned(LOUD), "<i2").astype(int)
        steps.append(int(np.max(np.abs(np.diff(samples)))))
    assert 0 < max(steps) < 20


def test_a_new_device_is_learnt_anew_by_both() -> None:
    thorough, quick = Leaves(0.1), Leaves(-0.01)
    pair = EchoPair(thorough, quick)
    run(pair, 300)
    pair.reset()
    assert (thorough.resets, quick.resets, pair.learnt) == (1, 1, False)
