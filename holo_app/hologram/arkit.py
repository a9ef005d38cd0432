"""A pose in the 52 blend shapes that other tools know a face by.

Source of the names: Apple, ARFaceAnchor.BlendShapeLocation; of the mouths: Meta, Oculus Lipsync viseme reference. Left and
right are the character's own. What a pose says of head, shoulders, lean and breath has no shape here: it is for bones.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, TypeAlias

from holo_app.domain.avatar import FacePose
from holo_app.domain.speech import Viseme

Recipe: TypeAlias = Mapping[str, float]
"""Shape → how much of it one whole unit of something is; a name without a side stands for both sides."""

ARKIT_NAMES: Final = (
    "browDownLeft", "browDownRight", "browInnerUp", "browOuterUpLeft", "browOuterUpRight", "cheekPuff",
    "cheekSquintLeft", "cheekSquintRight", "eyeBlinkLeft", "eyeBlinkRight", "eyeLookDownLeft", "eyeLookDownRight",
    "eyeLookInLeft", "eyeLookInRight", "eyeLookOutLeft", "eyeLookOutRight", "eyeLookUpLeft", "eyeLookUpRight",
    "eyeSquintLeft", "eyeSquintRight", "eyeWideLeft", "eyeWideRight", "jawForward", "jawLeft", "jawOpen", "jawRight",
    "mouthClose", "mouthDimpleLeft", "mouthDimpleRight", "mouthFrownLeft", "mouthFrownRight", "mouthFunnel",
    "mouthLeft", "mouthLowerDownLeft", "mouthLowerDownRight", "mouthPressLeft", "mouthPressRight", "mouthPucker",
    "mouthRight", "mouthRollLower", "mouthRollUpper", "mouthShrugLower", "mouthShrugUpper", "mouthSmileLeft",
    "mouthSmileRight", "mouthStretchLeft", "mouthStretchRight", "mouthUpperUpLeft", "mouthUpperUpRight",
    "noseSneerLeft", "noseSneerRight", "tongueOut",
)  # fmt: skip
UNMOVED: Final = frozenset({"jawLeft", "jawRight", "mouthLeft", "mouthRight"})
"""Crooked mouths: no pose has one."""

MOUTHS: Final[Mapping[Viseme, Recipe]] = {
    Viseme.SIL: {},
    Viseme.PP: {"mouthPress": 0.55, "mouthRollLower": 0.40, "mouthRollUpper": 0.35, "cheekPuff": 0.08},
    Viseme.FF: {"jawOpen": 0.05, "mouthRollLower": 0.65, "mouthUpperUp": 0.30, "mouthShrugUpper": 0.15},
    Viseme.TH: {"jawOpen": 0.18, "tongueOut": 0.40, "mouthLowerDown": 0.15, "mouthUpperUp": 0.10},
    Viseme.DD: {"jawOpen": 0.16, "mouthLowerDown": 0.28, "mouthUpperUp": 0.15},
    Viseme.KK: {"jawOpen": 0.22, "mouthLowerDown": 0.20, "mouthStretch": 0.12},
    Viseme.CH: {"jawOpen": 0.14, "jawForward": 0.20, "mouthFunnel": 0.60, "mouthShrugUpper": 0.15},
    Viseme.SS: {
        "jawOpen": 0.05,
        "mouthStretch": 0.35,
        "mouthLowerDown": 0.22,
        "mouthUpperUp": 0.18,
        "mouthDimple": 0.10,
    },
    Viseme.NN: {"jawOpen": 0.16, "mouthLowerDown": 0.18, "mouthClose": 0.04},
    Viseme.RR: {"jawOpen": 0.15, "mouthFunnel": 0.40, "mouthPucker": 0.20},
    Viseme.AA: {"jawOpen": 0.62, "mouthLowerDown": 0.22, "mouthUpperUp": 0.14},
    Viseme.E: {"jawOpen": 0.34, "mouthStretch": 0.32, "mouthSmile": 0.14, "mouthLowerDown": 0.15},
    Viseme.I: {"jawOpen": 0.18, "mouthStretch": 0.34, "mouthSmile": 0.24},
    Viseme.O: {"jawOpen": 0.40, "mouthFunnel": 0.70, "mouthPucker": 0.15},
    Viseme.U: {"jawOpen": 0.16, "mouthFunnel": 0.32, "mouthPucker": 0.75},
}
FACES: Final[Mapping[str, Recipe]] = {
    "blink": {"eyeBlink": 1.0},
    "smile": {"mouthSmile": 0.90, "mouthDimple": 0.20, "cheekSquint": 0.30},
    "frown": {"mouthFrown": 0.90, "mouthShrugLower": 0.35, "mouthPress": 0.10},
    "brow_down": {"browDown": 0.90, "noseSneer": 0.15},
    "eyes_wide": {"eyeWide": 1.0},
    "squint": {"eyeSquint": 0.90, "cheekSquint": 0.55},
}
_INNER_BROW: Final = 0.9
_OUTER_BROW: Final = 0.8
_SIDED: Final = frozenset(name.removesuffix("Left") for name in ARKIT_NAMES if name.endswith("Left"))
_LOOK_FULL: Final = (35.0, 25.0)  # degrees to the side and up or down at which an eye has gone as far as it can


def arkit_weights(pose: FacePose) -> dict[str, float]:
    """All 52 weights of a pose, 0..1, by ARKit's names."""
    weights = {**dict.fromkeys(ARKIT_NAMES, 0.0), **face_weights(pose), **dict(_looks(pose.gaze))}
    for viseme, amount in pose.visemes.items():
        for name, share in sided(MOUTHS[viseme]).items():
            weights[name] += amount * share
    return {name: min(max(weight, 0.0), 1.0) for name, weight in weights.items()}


def face_weights(pose: FacePose) -> dict[str, float]:
    """What a pose says of the face beside mouth shapes and gaze."""
    # raised and knit at once, brows stand like a roof: only their inner ends go up
    brows = {
        "browInnerUp": _INNER_BROW * pose.brow_up,
        "browOuterUp": _OUTER_BROW * pose.brow_up * (1.0 - pose.brow_down),
    }
    weights = sided(brows)
    for field, recipe in FACES.items():
        amount = getattr(pose, field)
        for name, share in sided(recipe).items():
            weights[name] = weights.get(name, 0.0) + amount * share
    return weights


def sided(recipe: Recipe) -> dict[str, float]:
    """A recipe by ARKit's own names: a name without a side becomes both."""
    return {name + side: share for name, share in recipe.items() for side in _sides(name)}


def _sides(name: str) -> tuple[str, ...]:
    return ("Left", "Right") if name in _SIDED else ("",)


def _looks(gaze: tuple[float, float]) -> Iterator[tuple[str, float]]:
    right, up = gaze[0] / _LOOK_FULL[0], gaze[1] / _LOOK_FULL[1]
    yield "eyeLookOutRight", right
    yield "eyeLookInLeft", right
    yield "eyeLookInRight", -right
    yield "eyeLookOutLeft", -right
    for side in ("Left", "Right"):
        yield f"eyeLookUp{side}", up
        yield f"eyeLookDown{side}", -up
