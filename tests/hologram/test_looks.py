"""What both people can show, measured in small pictures of the rough meshes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from itertools import combinations, product
from pathlib import Path
from typing import get_args

import numpy as np
import pytest
from numpy.typing import NDArray

from holo_app.cli.modes import LookName
from holo_app.config.sections import Character as CharacterSettings
from holo_app.domain.avatar import Expression, FacePose
from holo_app.domain.speech import Viseme
from holo_app.errors import InputError
from holo_app.hologram.camera import HEAD_LIMIT, LEAN_LIMIT, frame
from holo_app.hologram.character import Detail
from holo_app.hologram.character_store import CharacterStore
from holo_app.hologram.contact_sheet import contact_sheet
from holo_app.hologram.expressions import EXPRESSIONS, expressive
from holo_app.hologram.looks import DUSK, EMBER, LOOKS, Look
from holo_app.hologram.modes import Flat, Plan
from holo_app.hologram.quality import Quality
from holo_app.hologram.renderer import RenderSettings
from holo_app.hologram.sculpt.face_form import EYE, MOUTH
from holo_app.hologram.snapshot import Studio, finely_lit

SIZE = 240
Picture = NDArray[np.float64]
Shot = Callable[[FacePose], Picture]


@pytest.fixture(scope="module")
def studios(cache_dir: Path) -> Iterator[Mapping[str, Studio]]:
    settings = RenderSettings(fixed=Quality(1.0, 0, Detail.LOW), scan_lines=0.0)
    made = {name: Studio(None, figures=finely_lit(cache_dir, look), settings=settings) for name, look in LOOKS.items()}
    yield made
    for studio in made.values():
        studio.close()


@pytest.fixture(params=LOOKS)
def shot(request: pytest.FixtureRequest, studios: Mapping[str, Studio]) -> Shot:
    return partial(_shot, studios[request.param])


def _shot(studio: Studio, pose: FacePose) -> Picture:
    return studio.picture(SIZE, SIZE, pose, Flat()).astype(float)


def _box(picture: Picture, x: tuple[float, float], y: tuple[float, float]) -> Picture:
    """The pixels of a box given in the model's units on the plane of the face."""
    matrix = frame(1.0).matrix
    corners = np.array([[x[0], y[0], 6.0, 1.0], [x[1], y[1], 6.0, 1.0]]) @ matrix.T
    across, up = ((corners[:, k] / corners[:, 3] + 1) / 2 * SIZE for k in (0, 1))
    return picture[round(SIZE - up[1]) : round(SIZE - up[0]), round(across[0]) : round(across[1])]


def _mouth(picture: Picture) -> Picture:
    return _box(picture, (-2.7, 2.7), (MOUTH[1] - 2.2, MOUTH[1] + 1.2))


def _eyes(picture: Picture) -> Picture:
    return _box(picture, (-EYE[0] - 1.8, EYE[0] + 1.8), (EYE[1] - 1.2, EYE[1] + 1.2))


def _brows(picture: Picture) -> Picture:
    return _box(picture, (-4.6, 4.6), (2.2, 4.6))


def _shoulders(picture: Picture) -> Picture:
    return _box(picture, (-9.5, 9.5), (-15.0, -10.5))


def _apart(one: Picture, other: Picture) -> float:
    return float(np.abs(one - other).mean())


@pytest.mark.parametrize("look", LOOKS.values(), ids=lambda look: look.name)
@pytest.mark.parametrize("detail", list(Detail))
def test_each_look_keeps_within_the_budget(store: CharacterStore, look: Look, detail: Detail) -> None:
    character = store(detail, look)
    assert len(character.positions) < (14_900 if detail is Detail.NORMAL else 7_100)
    assert np.isfinite(character.positions).all()
    assert set(character.morphs) == set(store(detail, DUSK).morphs)


def test_the_two_are_different_people(store: CharacterStore) -> None:
    one, other = (store(Detail.LOW, look) for look in (DUSK, EMBER))
    assert one.positions.shape != other.positions.shape
    assert DUSK.palette != EMBER.palette
    assert np.abs(one.positions.max(axis=0) - other.positions.max(axis=0)).max() > 0.2


def test_names_are_the_same_in_the_settings_and_on_the_command_line() -> None:
    names = get_args(CharacterSettings.model_fields["look"].annotation)
    assert tuple(LOOKS) == names == tuple(LookName)


def test_every_expression_has_its_values() -> None:
    assert set(EXPRESSIONS) == set(Expression)
    for looks in EXPRESSIONS.values():
        assert all(abs(angle) <= limit for angle, limit in zip(looks.head, HEAD_LIMIT, strict=True))
        assert all(abs(angle) <= limit for angle, limit in zip(looks.lean, LEAN_LIMIT, strict=True))


def test_expressions_differ_with_and_without_words(shot: Shot) -> None:
    for viseme in (Viseme.SIL, Viseme.AA):
        seen = {mood: shot(expressive(mood, viseme)) for mood in Expression}
        for one, other in combinations(Expression, 2):
            assert _apart(seen[one], seen[other]) > 1.0, (one, other, viseme)


@pytest.mark.parametrize(
    ("pose", "moved", "still"),
    [
        (FacePose(smile=1.0), _mouth, _brows),
        (FacePose(frown=1.0), _mouth, _brows),
        (FacePose(brow_up=1.0), _brows, _mouth),
        (FacePose(brow_down=1.0), _brows, _mouth),
        (FacePose(eyes_wide=1.0), _eyes, _mouth),
        (FacePose(squint=1.0), _eyes, _brows),
        (FacePose(shoulders=(1.0, 1.0)), _shoulders, _eyes),
        (FacePose(blink=1.0), _eyes, _mouth),
    ],
    ids=["smile", "frown", "brow_up", "brow_down", "eyes_wide", "squint", "shoulders", "blink"],
)
def test_a_muscle_moves_its_own_part_of_the_face(
    shot: Shot, pose: FacePose, moved: Callable[[Picture], Picture], still: Callable[[Picture], Picture]
) -> None:
    rest, posed = shot(FacePose()), shot(pose)
    assert _apart(moved(rest), moved(posed)) > 1.5
    assert _apart(still(rest), still(posed)) < 0.25 * _apart(moved(rest), moved(posed))


def test_lids_go_up_in_surprise_and_together_in_a_squint(shot: Shot) -> None:
    """Seen by how much of the eyes is bright or coloured and not skin: the iris and the white differ from the shut eye."""
    shut = _eyes(shot(FacePose(blink=1.0)))
    openness = [
        (np.abs(_eyes(shot(pose)) - shut).max(axis=2) > 60).sum()
        for pose in (FacePose(squint=1.0), FacePose(), FacePose(eyes_wide=1.0))
    ]
    assert openness[0] * 1.15 < openness[1] * 1.07 < openness[2]


def test_a_shoulder_is_raised_on_its_own_side(shot: Shot) -> None:
    rest = shot(FacePose())
    for shoulders, mine in (((1.0, 0.0), slice(None, SIZE // 2)), ((0.0, 1.0), slice(SIZE // 2, None))):
        change = np.abs(shot(FacePose(shoulders=shoulders)) - rest).sum(axis=2)
        assert change[:, mine].sum() > 20 * (change.sum() - change[:, mine].sum()), "the character's right is our left"


def test_a_lean_moves_the_head_more_than_the_chest(shot: Shot) -> None:
    def middle(picture: Picture, rows: slice) -> float:
        light = picture[rows].sum(axis=(0, 2))
        return float((light * np.arange(SIZE)).sum() / light.sum())

    head, chest = slice(0, SIZE // 2), slice(SIZE * 2 // 3, SIZE * 3 // 4)
    upright, right = shot(FacePose()), shot(FacePose(lean=(0.0, 3.0)))
    assert middle(right, head) < middle(upright, head) - 4, "the character's right is our left"
    assert abs(middle(right, chest) - middle(upright, chest)) < 4
    near = shot(FacePose(lean=(5.0, 0.0)))
    assert (near[:120].max(axis=2) > 20).sum() > 1.02 * (upright[:120].max(axis=2) > 20).sum(), "nearer is larger"


def test_all_mouth_shapes_can_be_told_apart(shot: Shot) -> None:
    mouths = {viseme: _mouth(shot(FacePose(visemes={viseme: 1.0}))) for viseme in Viseme}
    distance = {pair: _apart(mouths[pair[0]], mouths[pair[1]]) for pair in combinations(Viseme, 2)}
    closest = min(distance, key=lambda pair: distance[pair])
    assert distance[closest] > 1.0, closest


def test_a_broad_smile_parts_the_lips_unless_a_word_closes_them(shot: Shot) -> None:
    def dark(pose: FacePose) -> int:
        return int((_mouth(shot(pose)).max(axis=2) < 70).sum())

    assert dark(FacePose(smile=0.5)) < 5
    assert dark(FacePose(smile=1.0)) > 20
    assert dark(FacePose(smile=1.0, visemes={Viseme.PP: 1.0})) < 5


@pytest.mark.parametrize("name", LOOKS)
def test_seen_from_the_side_it_turns_and_stays_in_the_middle(studios: Mapping[str, Studio], name: str) -> None:
    left, front, right = (
        studios[name].picture(SIZE, SIZE, FacePose(), Flat(around=angle)).astype(float) for angle in (-40, 0, 40)
    )
    for side in (left, right):
        columns = np.nonzero(side.max(axis=(0, 2)) > 20)[0]
        assert abs(columns.mean() - SIZE / 2) < 12
        assert _apart(side, front) > 5

    def skin_middle(picture: Picture) -> float:
        face = picture[SIZE // 4 : SIZE // 2]
        return float(np.nonzero(face[..., 0] > 200)[1].mean())

    assert skin_middle(right) < skin_middle(left) - 10, "who walks to the right sees the face look to the left"


@dataclass(frozen=True)
class Whole:
    """Flat, with every pixel placed."""

    around: float = 0.0

    def plan(self, size: tuple[int, int]) -> Plan:
        whole = ((-1.0, -1.0, 0.0, 0.0), (1.0, -1.0, 1.0, 0.0), (1.0, 1.0, 1.0, 1.0), (-1.0, 1.0, 0.0, 1.0))
        return replace(Flat(around=self.around).plan(size), polygons=(whole,))


@pytest.mark.parametrize("name", LOOKS)
def test_nothing_leaves_what_is_placed(studios: Mapping[str, Studio], name: str) -> None:
    yaw, pitch, roll = HEAD_LIMIT
    forward, aside = LEAN_LIMIT
    for a, b, around in product((-1, 1), (-1, 1), (0.0, 40.0)):
        pose = FacePose(
            head=(a * yaw, b * pitch, a * roll), lean=(forward, -b * aside), shoulders=(1.0, 1.0), breath=1.0
        )
        drawn, whole = (
            studios[name].picture(240, 135, pose, mode).astype(int) for mode in (Flat(around=around), Whole(around))
        )
        assert np.abs(drawn - whole).max() <= 2, (a, b, around)


def test_a_sheet_holds_angles_and_expressions(cache_dir: Path) -> None:
    sheet = contact_sheet(cache_dir, EMBER, (203, 290))
    assert sheet.shape == (287, 200, 3)
    cells = sheet.reshape(7, 41, 5, 40, 3).swapaxes(1, 2).reshape(35, 41, 40, 3).astype(float)
    assert all((cell.max(axis=2) > 40).mean() > 0.25 for cell in cells)
    # the third angle is the neutral silent face itself
    assert sorted((i, j) for i, j in combinations(range(35), 2) if _apart(cells[i], cells[j]) == 0) == [(2, 5)]
    with pytest.raises(InputError, match="at least 200x280"):
        contact_sheet(cache_dir, EMBER, (199, 400))
