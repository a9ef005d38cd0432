from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holo_app.domain.avatar import Expression, FacePose
from holo_app.domain.speech import Viseme
from holo_app.hologram.arkit import ARKIT_NAMES, FACES, MOUTHS, UNMOVED, arkit_weights
from holo_app.hologram.expressions import expressive

_WEIGHTS = ("blink", "smile", "frown", "brow_up", "brow_down", "eyes_wide", "squint")
_POSES = st.builds(
    FacePose,
    visemes=st.dictionaries(st.sampled_from(list(Viseme)), st.floats(0, 1), max_size=5),
    **{name: st.floats(0, 1) for name in _WEIGHTS},
    gaze=st.tuples(st.floats(-90, 90), st.floats(-90, 90)),
)


def test_there_are_52_different_names() -> None:
    assert len(ARKIT_NAMES) == len(set(ARKIT_NAMES)) == 52
    assert tuple(arkit_weights(FacePose())) == ARKIT_NAMES
    assert set(arkit_weights(FacePose()).values()) == {0.0}


@settings(max_examples=60)
@given(_POSES)
def test_every_weight_of_every_pose_is_in_its_range(pose: FacePose) -> None:
    weights = arkit_weights(pose)
    assert tuple(weights) == ARKIT_NAMES
    assert all(0.0 <= weight <= 1.0 for weight in weights.values())


def test_every_shape_that_a_pose_can_have_is_moved_by_something() -> None:
    poses = [FacePose(visemes={viseme: 1.0}) for viseme in Viseme]
    poses += [FacePose(blink=1.0), FacePose(smile=1.0), FacePose(frown=1.0), FacePose(brow_up=1.0)]
    poses += [FacePose(brow_down=1.0), FacePose(eyes_wide=1.0), FacePose(squint=1.0)]
    poses += [FacePose(gaze=gaze) for gaze in ((20.0, 0.0), (-20.0, 0.0), (0.0, 15.0), (0.0, -15.0))]
    moved = {name for pose in poses for name, weight in arkit_weights(pose).items() if weight > 0.03}
    assert moved == set(ARKIT_NAMES) - UNMOVED


def test_every_mouth_and_every_face_has_its_recipe() -> None:
    assert set(MOUTHS) == set(Viseme)
    assert set(FACES) == set(_WEIGHTS) - {"brow_up"}, "brows have a rule of their own"
    known = {name.removesuffix("Left").removesuffix("Right") for name in ARKIT_NAMES}
    assert all(name in known for recipe in (*MOUTHS.values(), *FACES.values()) for name in recipe)


def test_mouths_look_as_they_sound() -> None:
    def of(viseme: Viseme) -> dict[str, float]:
        return arkit_weights(FacePose(visemes={viseme: 1.0}))

    opening = {viseme: of(viseme)["jawOpen"] for viseme in Viseme}
    assert opening[Viseme.PP] == opening[Viseme.SIL] == 0.0
    assert max(opening, key=lambda viseme: opening[viseme]) is Viseme.AA
    assert opening[Viseme.O] > opening[Viseme.U]
    assert max(Viseme, key=lambda viseme: of(viseme)["mouthPucker"]) is Viseme.U
    assert of(Viseme.TH)["tongueOut"] > 0.3
    assert of(Viseme.FF)["mouthRollLower"] > 0.5


@pytest.mark.parametrize(
    ("gaze", "looking"),
    [
        ((20.0, 0.0), {"eyeLookOutRight", "eyeLookInLeft"}),
        ((-20.0, 0.0), {"eyeLookInRight", "eyeLookOutLeft"}),
        ((0.0, 10.0), {"eyeLookUpLeft", "eyeLookUpRight"}),
        ((0.0, -10.0), {"eyeLookDownLeft", "eyeLookDownRight"}),
    ],
)
def test_eyes_look_to_the_characters_own_sides(gaze: tuple[float, float], looking: set[str]) -> None:
    weights = arkit_weights(FacePose(gaze=gaze))
    assert {name for name, weight in weights.items() if weight} == looking
    assert all(0.3 < weights[name] < 0.7 for name in looking)


def test_worried_brows_rise_only_within() -> None:
    raised, worried = (arkit_weights(FacePose(brow_up=1.0, brow_down=down)) for down in (0.0, 1.0))
    assert raised["browOuterUpLeft"] > 0.7
    assert worried["browOuterUpLeft"] == 0.0
    assert worried["browInnerUp"] == raised["browInnerUp"] > 0.7


@pytest.mark.parametrize("expression", list(Expression))
def test_each_expression_is_told_by_its_strongest_shape(expression: Expression) -> None:
    face = {
        name: weight for name, weight in arkit_weights(expressive(expression)).items() if not name.startswith("eyeLook")
    }
    telling = {
        Expression.NEUTRAL: {"mouthSmile"},
        Expression.HAPPY: {"mouthSmile", "eyeSquint", "cheekSquint"},
        Expression.CURIOUS: {"browInnerUp", "browOuterUp", "eyeWide"},
        Expression.SORRY: {"mouthFrown", "browInnerUp"},
        Expression.THINKING: {"browDown", "eyeSquint"},
        Expression.LISTENING: {"mouthSmile", "browInnerUp"},
    }[expression]
    strongest = max(face, key=lambda name: face[name])
    assert strongest.removesuffix("Left").removesuffix("Right") in telling
