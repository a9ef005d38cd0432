"""Which pose and which view each picture of a film shows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import pytest

from holo_app.domain.avatar import FacePose
from holo_app.domain.speech import Viseme, VisemeCue
from holo_app.hologram.film.shots import Film
from holo_app.hologram.film.spoken import LEAD_IN_S, LEAD_OUT_S, SpokenLine, spoken_film
from holo_app.hologram.film.turntable import Turned, turntable_film
from holo_app.hologram.lightfield.mode import QuiltMode
from holo_app.hologram.lightfield.quilt import Quilt
from holo_app.hologram.modes import DisplayMode, Flat, Plan, Pyramid, Size, Stereo
from holo_app.hologram.modes.plan import whole
from holo_app.hologram.snapshot import Studio

LINE = SpokenLine((VisemeCue(Viseme.AA, 0.5, 0.7), VisemeCue(Viseme.SIL, 0.7, 1.0)), 1.0)


def open_at(film: Film) -> list[float]:
    """The instants at which the mouth is open by half or more."""
    return [film.instant_s(k) for k, shot in enumerate(film.shots()) if shot.pose.visemes.get(Viseme.AA, 0.0) > 0.5]


@pytest.mark.parametrize("fps", [25, 30, 60])
def test_a_line_is_said_when_its_sound_is_heard(fps: int) -> None:
    film = spoken_film(LINE, fps, seed=1)
    opened = open_at(film)
    assert film.sound_at_s == LEAD_IN_S
    assert film.seconds == pytest.approx(LEAD_IN_S + 1.0 + LEAD_OUT_S, abs=1 / fps)
    assert len(list(film.shots())) == film.frames
    # the peak lies 25 ms into the sound, the fall after its end
    assert LEAD_IN_S + 0.5 - 0.06 <= opened[0] <= LEAD_IN_S + 0.5 + 0.025
    assert LEAD_IN_S + 0.6 <= opened[-1] <= LEAD_IN_S + 0.76


def test_the_mouth_is_shut_before_and_after_the_line() -> None:
    film = spoken_film(LINE, 30, seed=1)
    shots = list(film.shots())
    assert all(sum(shot.pose.visemes.values()) == 0 for shot in (*shots[:20], *shots[-20:]))


def test_a_seed_is_a_film() -> None:
    first, again, other = (list(spoken_film(LINE, 10, seed).shots()) for seed in (1, 1, 2))
    assert first == again
    assert first != other


def test_the_sound_of_each_picture_begins_where_that_of_the_one_before_ends() -> None:
    film = spoken_film(LINE, 30, seed=1)
    samples = [film.sample_of(k, 22_050) for k in range(film.frames + 1)]
    assert samples[0] == 0
    assert samples[-1] == round(film.seconds * 22_050)
    assert {b - a for a, b in pairwise(samples)} == {735}


def test_a_turntable_ends_where_it_begins() -> None:
    film = turntable_film(4.0, 30, seed=3)
    shots = list(film.shots())
    around = np.array([shot.around for shot in shots])
    assert film.frames == len(shots) == 120
    assert film.sound_at_s is None
    steps = np.diff(np.append(around, around[0])) % 360.0
    assert steps == pytest.approx(360.0 / 120), "once around, and no jump where it repeats"
    assert np.abs(around).max() <= 180.0
    assert abs(shots[0].pose.breath - shots[-1].pose.breath) < 0.05
    assert abs(shots[0].pose.blink - shots[-1].pose.blink) < 0.5
    assert max(shot.pose.blink for shot in shots) > 0.9


def test_the_scan_lines_come_back_too() -> None:
    lines = [shot.lines_s * 0.6 for shot in turntable_film(4.0, 30, seed=3).shots()]
    step = lines[1] - lines[0]
    assert (lines[-1] + step) % 1.0 == pytest.approx(0.0, abs=1e-9)


def test_eyes_stay_with_the_viewer() -> None:
    gazes = {np.sign(shot.around or 0.0): shot.pose.gaze[0] for shot in turntable_film(2.0, 30, seed=3).shots()}
    assert gazes[1.0] > 0 > gazes[-1.0], "the viewer is to the right of a figure that turned to its left"


@pytest.mark.parametrize(
    "mode", [Flat(), Pyramid(), Stereo(), QuiltMode(Quilt(3, 1, 0.75))], ids=lambda m: type(m).__name__
)
def test_a_turn_moves_each_view_and_nothing_else(mode: DisplayMode) -> None:
    size = (90, 160)
    plain, turned = mode.plan(size), Turned(mode, 90.0).plan(size)
    assert (turned.picture, turned.polygons) == (plain.picture, plain.roomy or plain.polygons)
    assert [view.area for view in turned.views] == [view.area for view in plain.views]
    # what was at the figure's left before is in front of the viewer after a quarter to the right, and so on
    left, nose = np.array([7.5, 1.0, -1.5, 1.0]), np.array([0.0, 1.0, 6.0, 1.0])
    for before, after in zip(plain.views, turned.views, strict=True):
        seen = before.camera.matrix @ left
        x, y, *rest = after.camera.matrix @ nose
        assert (x, *rest) == pytest.approx((seen[0], *seen[2:]), abs=1e-4)
        assert y == pytest.approx(seen[1] - 0.07 * seen[3], abs=1e-4), "a little lower: hair at the side is nearer"
        x, y, z = after.camera.position
        bx, by, bz = before.camera.position
        assert np.hypot(x, z + 1.5) == pytest.approx(np.hypot(bx, bz + 1.5))
        assert y == pytest.approx(by)


@pytest.mark.parametrize("around", [60.0, -100.0, 180.0])
def test_a_turned_figure_stays_within_the_drawn_part(studio: Studio, around: float) -> None:
    """Against a mode that places every pixel: nothing may be missing."""

    @dataclass(frozen=True)
    class Whole:
        def plan(self, size: Size) -> Plan:
            return replace(Flat().plan(size), polygons=(whole(),))

    pose = FacePose(breath=1.0)
    drawn, complete = (studio.picture(180, 320, pose, Turned(mode, around)).astype(int) for mode in (Flat(), Whole()))
    assert np.abs(drawn - complete).max() <= 8, "but for the last glimmer of the body, where it dissolves"
    straight = studio.picture(180, 320, pose, Flat()).astype(int)
    assert np.abs(drawn - straight).mean() > 3, "it has turned"
