"""Avatars of other tools are read right: what a pose asks for is seen in the picture, framed like our own figure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import moderngl
import numpy as np
import pytest
from numpy.typing import NDArray

from holo_app.domain.avatar import FacePose
from holo_app.domain.speech import Viseme
from holo_app.hologram.avatars.check import check_avatar
from holo_app.hologram.avatars.faults import FaultCode, Severity
from holo_app.hologram.avatars.figure import AvatarMaker
from holo_app.hologram.avatars.framing import rest_points
from holo_app.hologram.avatars.load import Avatar, load_avatar
from holo_app.hologram.camera import frame
from holo_app.hologram.cast import Drawn
from holo_app.hologram.character import Detail
from holo_app.hologram.scene import Lines

AVATARS = ("arkit", "oculus", "skinned", "vrm", "huge")
WIDTH, HEIGHT = 90, 160
NO_LINES = Lines(0.0, 1.0, 0.0)
CAMERA = frame(WIDTH / HEIGHT)


@dataclass
class Stage:
    """One avatar in front of a camera."""

    target: moderngl.Framebuffer
    avatar: Avatar
    figure: Drawn

    def shot(self, pose: FacePose) -> NDArray[np.float64]:
        """(H, W, 3), top row first."""
        self.target.use()
        self.target.clear(0, 0, 0, 1)
        self.figure.pose(pose)
        self.figure.draw(CAMERA, NO_LINES)
        seen = np.frombuffer(self.target.read(components=3, alignment=1), np.uint8)
        return seen.reshape(HEIGHT, WIDTH, 3)[::-1].astype(float)

    def points(self, pose: FacePose) -> NDArray[np.float64]:
        """Where its vertices stand (N, 3), without morphs."""
        shape = self.avatar.shape
        matrices = self.avatar.rig.matrices(pose)
        moved = np.einsum("nkij,nj->nki", matrices[shape.rows][..., :3, :3], shape.positions)
        moved += matrices[shape.rows][..., :3, 3]
        return np.asarray((moved * shape.weights[..., None]).sum(axis=1))


@pytest.fixture(scope="module")
def stages(ctx: moderngl.Context, request: pytest.FixtureRequest) -> Iterator[Callable[[str], Stage]]:
    made: dict[str, Stage] = {}
    target = ctx.simple_framebuffer((WIDTH, HEIGHT), 3)

    def stage(name: str) -> Stage:
        if name not in made:
            avatar = load_avatar(request.getfixturevalue(name))
            made[name] = Stage(target, avatar, AvatarMaker(avatar)(ctx, Detail.LOW))
        return made[name]

    yield stage
    for one in made.values():
        one.figure.release()
    assert ctx.error == "GL_NO_ERROR"


def rows(low: float, high: float) -> slice:
    """The rows of the picture between two heights in units."""
    y = [(CAMERA.matrix @ np.array([0, height, 5.0, 1.0]))[[1, 3]] for height in (low, high)]
    bottom, top = (round((1 - (at / w + 1) / 2) * HEIGHT) for at, w in y)
    return slice(max(top, 0), bottom)


@pytest.mark.parametrize("name", AVATARS)
def test_the_mouth_opens_and_nothing_else_moves(stages: Callable[[str], Stage], name: str) -> None:
    rest, opened = (stages(name).shot(FacePose(visemes={v: 1.0})) for v in (Viseme.SIL, Viseme.AA))
    change = np.abs(opened - rest).max(axis=2)
    mouth = rows(-9.0, 1.0)
    assert change[mouth].max() > 60
    change[mouth] = 0
    assert change.max() < 3


@pytest.mark.parametrize("name", AVATARS)
def test_the_head_turns_and_the_chest_stays(stages: Callable[[str], Stage], name: str) -> None:
    rest, turned = (stages(name).points(FacePose(head=head)) for head in ((0, 0, 0), (25, 0, 0)))
    chest, front = rest[:, 1] < -12.5, (rest[:, 1] > 0.0) & (rest[:, 2] > 3.0)
    assert (turned[front, 0] - rest[front, 0]).mean() < -1.0, "its right is the viewer's left"
    assert np.abs(turned[chest] - rest[chest]).max() < 0.05


@pytest.mark.parametrize("name", AVATARS)
def test_it_is_framed_like_our_own(stages: Callable[[str], Stage], name: str) -> None:
    light = stages(name).shot(FacePose()).max(axis=2)
    lit = np.nonzero((light > 20).any(axis=1))[0]
    points = stages(name).points(FacePose())
    assert 7.0 < points[:, 1].max() < 11.5
    assert 0.1 < lit[0] / HEIGHT < 0.3
    assert lit[-1] / HEIGHT < 0.78, "the captions' place is free"
    skull = points[points[:, 1] > 2.0]
    assert abs(skull[:, 0].mean()) < 0.3
    assert 3.0 < np.abs(skull[:, 0]).max() < 10.8
    columns = light.sum(axis=0)
    assert abs((columns * np.arange(WIDTH)).sum() / columns.sum() - (WIDTH - 1) / 2) < 1.5


@pytest.mark.parametrize("name", ["arkit", "oculus", "vrm"])
def test_each_viseme_is_a_mouth(stages: Callable[[str], Stage], name: str) -> None:
    rig = stages(name).avatar.rig
    weights = {v: rig.weights(FacePose(visemes={v: 1.0})) for v in Viseme}
    closed = {Viseme.SIL, Viseme.PP} if name == "vrm" else {Viseme.SIL}
    if name == "oculus":
        closed = set()
    assert {v for v, set_ in weights.items() if not set_} == closed
    assert all(0 < weight <= 1 for set_ in weights.values() for weight in set_.values())


@pytest.mark.parametrize("name", ["arkit", "oculus", "vrm"])
def test_it_blinks(stages: Callable[[str], Stage], name: str) -> None:
    rest, shut = (stages(name).shot(FacePose(blink=blink)) for blink in (0.0, 1.0))
    change = np.abs(shut - rest).max(axis=2)
    assert change[rows(0.0, 6.0)].max() > 30
    assert change[rows(-18.0, -6.0)].max() < 3


@pytest.mark.parametrize("name", ["oculus", "vrm", "skinned"])
def test_eyes_with_bones_turn_with_the_gaze(stages: Callable[[str], Stage], name: str) -> None:
    rest, aside = (stages(name).points(FacePose(gaze=gaze)) for gaze in ((0, 0), (20, 0)))
    moved = np.linalg.norm(aside - rest, axis=1)
    assert 60 < (moved > 0.05).sum() < 400, "the two eyes"
    eyes = aside[moved > 0.05]
    assert np.abs(eyes[:, 0]).min() > 0.5


def test_eyes_without_bones_turn_by_morphs(stages: Callable[[str], Stage]) -> None:
    rig = stages("arkit").avatar.rig
    names = {target: name for name, binds in rig.controls.own.items() for target in binds}
    right = {names[t]: w for t, w in rig.weights(FacePose(gaze=(16, -8))).items() if w}
    assert right == pytest.approx(
        {"eyeLookOutRight": 0.5, "eyeLookInLeft": 0.5, "eyeLookDownLeft": 0.25, "eyeLookDownRight": 0.25}
    )


@pytest.mark.parametrize(("shoulders", "side"), [((1.0, 0.0), -1), ((0.0, 1.0), 1)])
def test_a_raised_shoulder_is_on_its_own_side(
    stages: Callable[[str], Stage], shoulders: tuple[float, float], side: int
) -> None:
    rest, raised = (stages("oculus").points(p) for p in (FacePose(), FacePose(shoulders=shoulders)))
    there, opposite = (rest[:, 0] * side > 9) & (rest[:, 1] > -16), rest[:, 0] * side < -4
    assert (raised - rest)[there, 1].mean() > 0.3, "its right is the viewer's left"
    assert np.abs(raised - rest)[opposite].max() < 0.01


def test_leaning_and_breathing_move_what_they_should(stages: Callable[[str], Stage]) -> None:
    stage = stages("oculus")
    rest, leaned, breathed = (stage.points(p) for p in (FacePose(), FacePose(lean=(8, 5)), FacePose(breath=1)))
    head = rest[:, 1] > 3
    assert (leaned - rest)[head, 2].mean() > 0.5, "forwards"
    assert (leaned - rest)[head, 0].mean() < -0.3, "to its right"
    assert (breathed - rest)[head, 1] == pytest.approx(0.11, abs=0.02)
    assert 0.0 < (breathed - rest)[~head, 1].max() < 0.8


def test_arms_that_are_held_out_are_lowered(stages: Callable[[str], Stage]) -> None:
    held, hanging = (stages(name).points(FacePose()) for name in ("arkit", "oculus"))
    assert held[np.abs(held[:, 0]) > 13, 1].min() > -14, "without bones there is nothing to lower them by"
    assert hanging[np.abs(hanging[:, 0]) > 13, 1].max() < -18


def test_a_huge_texture_is_scaled_down_and_said(stages: Callable[[str], Stage]) -> None:
    avatar = stages("huge").avatar
    [picture] = avatar.shape.pictures
    assert picture.pixels.shape == (27, 2048, 4)
    [fault] = [fault for fault in avatar.faults if fault.code is FaultCode.PICTURE_SCALED]
    assert fault.severity is Severity.NOTE
    assert "4500×60" in fault.text
    seen = stages("huge").shot(FacePose())
    top, bottom = seen[rows(5, 8)].sum(axis=(0, 1)), seen[rows(-13, -11)].sum(axis=(0, 1))
    assert top[1] > 1.5 * top[0], "v grows downwards: the head has the picture's lower half"
    assert bottom[0] / bottom[1] > 1.5 * top[0] / top[1]


@pytest.mark.parametrize(
    ("name", "mouth", "codes"),
    [
        ("arkit", "52 ARKit morphs", {FaultCode.NO_HEAD}),
        ("oculus", "15 visemes", set()),
        ("skinned", "the jaw's bone", {FaultCode.CENTIMETRES, FaultCode.ROUGH_MOUTH, FaultCode.NO_BLINK}),
        ("vrm", "the vowels of VRM", {FaultCode.IGNORED}),
        (
            "huge",
            "one opening",
            {FaultCode.ROUGH_MOUTH, FaultCode.NO_BLINK, FaultCode.NO_HEAD, FaultCode.NO_EYES, FaultCode.PICTURE_SCALED},
        ),
    ],
)
def test_the_report_says_what_each_can_do(
    request: pytest.FixtureRequest, name: str, mouth: str, codes: set[FaultCode]
) -> None:
    path: Path = request.getfixturevalue(name)
    report = check_avatar(path)
    assert report.accepted
    assert report.mouth == mouth
    assert {fault.code for fault in report.faults} == codes
    assert report.kind == ("VRM 1.0" if name == "vrm" else "glTF 2.0")
    assert report.vertices == 1840
    assert 0 < report.drawn_vertices <= report.vertices
    assert all(fault.fix.endswith(".") for fault in report.faults)


def test_rest_points_follow_the_bones(stages: Callable[[str], Stage]) -> None:
    """The same points by another way of summing."""
    stage = stages("skinned")
    shape = stage.avatar.shape
    body = type("Body", (), {"positions": shape.positions, "rows": shape.rows, "weights": shape.weights})()
    assert rest_points(body, stage.avatar.rig.rest) == pytest.approx(stage.points(FacePose()), abs=1e-3)
