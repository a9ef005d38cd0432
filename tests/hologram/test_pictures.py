"""What the renderer draws, measured in pixels: properties that hold on any driver, and one loose golden picture."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pytest
from numpy.typing import NDArray

from holo_app.domain.avatar import FacePose
from holo_app.domain.speech import Viseme
from holo_app.hologram.camera import frame
from holo_app.hologram.modes import Flat, Plan, Pyramid
from holo_app.hologram.sculpt.face_form import EYE, EYE_SIZE, MOUTH
from holo_app.hologram.snapshot import Studio

Picture = NDArray[np.uint8]
SIZE = 360


def _shot(studio: Studio, pose: FacePose) -> Picture:
    return studio.picture(SIZE, SIZE, pose, Flat())


def _part(picture: Picture, left: float, right: float, bottom: float, top: float) -> NDArray[np.float64]:
    """The pixels of a box given in the model's units on the plane of the face, as floats."""
    matrix = frame(1.0).matrix
    corners = np.array([[left, bottom, 6.0, 1.0], [right, top, 6.0, 1.0]]) @ matrix.T
    x, y = ((corners[:, k] / corners[:, 3] + 1) / 2 * SIZE for k in (0, 1))
    rows = slice(round(SIZE - y[1]), round(SIZE - y[0]))
    return picture[rows, round(x[0]) : round(x[1])].astype(float)


def _mouth(picture: Picture) -> NDArray[np.float64]:
    return _part(picture, -2.6, 2.6, MOUTH[1] - 2.4, MOUTH[1] + 0.9)


def _dark(pixels: NDArray[np.float64]) -> int:
    return int((pixels.max(axis=2) < 70).sum())


def _iris(picture: Picture) -> int:
    """Pixels of the eyes' own colour: clearly more green than red."""
    eyes = _part(picture, -EYE[0] - EYE_SIZE, EYE[0] + EYE_SIZE, EYE[1] - EYE_SIZE, EYE[1] + EYE_SIZE)
    return int((eyes[..., 1] - eyes[..., 0] > 40).sum())


def _iris_column(picture: Picture) -> float:
    """Where the viewer's right eye looks: the mean column of its iris, in pixels within its box."""
    eye = _part(picture, EYE[0] - 2, EYE[0] + 2, EYE[1] - 1.6, EYE[1] + 1.6)
    return float(np.nonzero(eye[..., 1] - eye[..., 0] > 40)[1].mean())


def test_the_background_is_pure_black(studio: Studio) -> None:
    picture = _shot(studio, FacePose(head=(10, 5, 5)))
    for corner in (picture[:40, :60], picture[:40, -60:], picture[-20:], picture[:, :20], picture[:, -20:]):
        assert corner.max() == 0
    assert 0.2 < (picture.max(axis=2) > 12).mean() < 0.6


def test_the_mouth_opens_from_pp_over_e_to_aa(studio: Studio) -> None:
    opening = [_dark(_mouth(_shot(studio, FacePose(visemes={v: 1.0})))) for v in (Viseme.PP, Viseme.E, Viseme.AA)]
    assert opening[0] < 12
    assert opening[0] + 20 < opening[1] < opening[2] * 0.9


def test_each_viseme_has_its_own_mouth(studio: Studio) -> None:
    mouths = {v: _mouth(_shot(studio, FacePose(visemes={v: 1.0}))) for v in Viseme}
    rest = mouths[Viseme.SIL]
    assert np.abs(rest - _mouth(_shot(studio, FacePose()))).max() == 0
    for viseme, mouth in mouths.items():
        others = [np.abs(mouth - other).mean() for name, other in mouths.items() if name is not viseme]
        assert min(others) > 0.4, viseme


def test_round_vowels_are_narrow_and_spread_ones_wide(studio: Studio) -> None:
    def width(viseme: Viseme) -> int:
        dark = _mouth(_shot(studio, FacePose(visemes={viseme: 1.0}))).max(axis=2) < 70
        return int(dark.any(axis=0).sum())

    assert width(Viseme.U) < width(Viseme.O) < width(Viseme.E)


def test_lids_cover_the_eyes_in_a_blink(studio: Studio) -> None:
    opened, half, shut = (_iris(_shot(studio, FacePose(blink=b))) for b in (0.0, 0.5, 1.0))
    assert opened > 200
    assert shut < opened * 0.05
    assert shut < half < opened


def test_the_upper_lid_covers_the_top_of_the_iris_at_rest(studio: Studio) -> None:
    picture = _shot(studio, FacePose())
    eye = _part(picture, EYE[0] - 2, EYE[0] + 2, EYE[1] - 1.6, EYE[1] + 1.6)
    iris = eye[..., 1] - eye[..., 0] > 40
    height = np.ptp(np.nonzero(iris.any(axis=1))[0])
    width = np.ptp(np.nonzero(iris.any(axis=0))[0])
    assert height < width * 0.95


def test_eyes_turn_with_the_gaze_as_the_character_sees_it(studio: Studio) -> None:
    ahead, right, left = (_iris_column(_shot(studio, FacePose(gaze=(yaw, 0)))) for yaw in (0, 20, -20))
    assert right < ahead - 1.0, "the character's right is the viewer's left"
    assert left > ahead + 1.0


def test_the_head_turns_and_the_shoulders_stay(studio: Studio) -> None:
    ahead, turned = (_shot(studio, FacePose(head=head)).astype(float) for head in ((0, 0, 0), (18, 0, 0)))
    assert np.abs(ahead - turned)[: SIZE // 2].mean() > 4
    assert np.abs(ahead - turned)[SIZE * 2 // 3 :].mean() < 0.5


def test_smile_brows_and_breath_show(studio: Studio) -> None:
    rest = _shot(studio, FacePose()).astype(float)
    for pose in (FacePose(smile=1), FacePose(brow_up=1), FacePose(brow_down=1), FacePose(breath=1)):
        assert np.abs(_shot(studio, pose) - rest).mean() > 0.05, pose
    up, down = (_part(_shot(studio, p), 1, 4.5, 1.9, 5) for p in (FacePose(brow_up=1), FacePose(brow_down=1)))

    def brow_row(part: NDArray[np.float64]) -> float:
        return float(np.nonzero(part.sum(axis=2) < 260)[0].mean())

    assert brow_row(up) < brow_row(down) - 2


# place in the model's units -> sRGB; from a picture that was looked at and liked
LIKED = {
    "forehead": ((-0.60, 3.40), (242, 218, 215)),
    "cheek": ((-3.60, -2.40), (240, 166, 173)),
    "chin": ((0.00, -6.00), (171, 147, 179)),
    "iris": ((2.72, -0.50), (71, 180, 196)),
    "pupil": ((2.77, 0.20), (10, 6, 19)),
    "fringe": ((-2.00, 6.50), (110, 130, 248)),
    "crown": ((0.00, 10.00), (89, 137, 244)),
    "collar": ((0.00, -10.90), (27, 86, 148)),
    "chest": ((-5.00, -14.50), (12, 35, 46)),
    "shadow side": ((5.00, -3.00), (125, 149, 219)),
}


@pytest.mark.parametrize("place", LIKED)
def test_the_face_is_close_to_the_one_that_was_liked(studio: Studio, place: str) -> None:
    """28 of 255 of room: drivers differ by a few, a retouch by some more; lost eyes or hair by a hundred."""
    (x, y), colour = LIKED[place]
    seen = _part(_shot(studio, FacePose(visemes={Viseme.SIL: 0.9}, smile=0.25)), x - 0.25, x + 0.25, y - 0.25, y + 0.25)
    assert seen.mean(axis=(0, 1)) == pytest.approx(colour, abs=28)


@pytest.mark.parametrize("sides", [3, 4])
def test_a_pyramid_shows_the_same_figure_once_per_side(studio: Studio, sides: int) -> None:
    mode = Pyramid(sides=3 if sides == 3 else 4)
    picture = studio.picture(SIZE, SIZE, FacePose(), mode).astype(float).max(axis=2)
    y, x = np.mgrid[:SIZE, :SIZE] - (SIZE - 1) / 2
    angle = np.degrees(np.arctan2(-y, x))
    light = [
        picture[np.abs((angle + 90 - side * 360 / sides + 180) % 360 - 180) < 180 / sides].sum()
        for side in range(sides)
    ]
    assert min(light) > 0.9 * max(light) > 0


def test_four_sides_are_quarter_turns_of_each_other(studio: Studio) -> None:
    picture = studio.picture(SIZE, SIZE, FacePose(visemes={Viseme.AA: 1.0}), Pyramid()).astype(float)
    for quarters in (1, 2, 3):
        assert np.abs(np.rot90(picture, quarters) - picture).mean() < 2.0
    assert picture[SIZE // 2 - 8 : SIZE // 2 + 8, SIZE // 2 - 8 : SIZE // 2 + 8].max() == 0, "the middle is free"


def test_a_mirrored_pyramid_is_the_mirror_image(studio: Studio) -> None:
    pose = FacePose(gaze=(20, 0))
    plain, mirrored = (
        studio.picture(SIZE, SIZE, pose, Pyramid(mirror=mirror)).astype(float) for mirror in (False, True)
    )
    assert np.abs(plain[:, ::-1] - mirrored).mean() < 1.5
    assert np.abs(plain - mirrored).mean() > 3.0


@pytest.mark.parametrize(("width", "height"), [(270, 480), (480, 270)])
def test_upright_and_lying_screens_leave_their_lower_third_to_captions(studio: Studio, width: int, height: int) -> None:
    light = studio.picture(width, height, FacePose(), Flat()).max(axis=2).astype(float)
    assert light[height * 5 // 6 :].max() < 30
    assert light[: height * 2 // 3].sum() > 0.8 * light.sum()
    raised = studio.picture(width, height, FacePose(), Flat(vertical_offset=0.1)).max(axis=2).astype(float)
    assert _centre_row(raised) < _centre_row(light) - height * 0.05


def _centre_row(light: NDArray[np.float64]) -> float:
    return float((light.sum(axis=1) * np.arange(len(light))).sum() / light.sum())


@pytest.mark.parametrize("head", [(0.0, 0.0, 12.0), (0.0, 0.0, -90.0), (40.0, 25.0, 12.0), (-40.0, -25.0, -12.0)])
def test_no_turn_of_the_head_takes_it_out_of_the_drawn_part(studio: Studio, head: tuple[float, float, float]) -> None:
    """Against a mode that places every pixel: nothing may be missing."""

    @dataclass(frozen=True)
    class Whole:
        def plan(self, size: tuple[int, int]) -> Plan:
            whole = ((-1.0, -1.0, 0.0, 0.0), (1.0, -1.0, 1.0, 0.0), (1.0, 1.0, 1.0, 1.0), (-1.0, 1.0, 0.0, 1.0))
            return replace(Flat().plan(size), polygons=(whole,))

    pose = FacePose(head=head, breath=1.0, visemes={Viseme.AA: 1.0})
    for width, height in ((270, 480), (480, 270)):
        drawn, whole = (studio.picture(width, height, pose, mode).astype(int) for mode in (Flat(), Whole()))
        assert np.abs(drawn - whole).max() <= 2
