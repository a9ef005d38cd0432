"""The names under which other tools keep mouth shapes and faces, and how one set is said in another.

A control is a name of our own for what can be set: `viseme_aa` …, the 52 ARKit names, VRM's presets. Sources: Meta, Oculus
Lipsync viseme reference; VRM Consortium, VRMC_vrm-1.0 expressions.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from holo_app.domain.speech import Viseme
from holo_app.hologram.arkit import ARKIT_NAMES, MOUTHS, Recipe, sided

VRM: Final = (
    "happy", "angry", "sad", "relaxed", "surprised", "aa", "ih", "ou", "ee", "oh", "blink", "blinkLeft", "blinkRight",
    "lookUp", "lookDown", "lookLeft", "lookRight", "neutral",
)  # fmt: skip
VISEMES: Final[Mapping[Viseme, str]] = MappingProxyType({viseme: f"viseme_{viseme.value}" for viseme in Viseme})

_VOWELS: Final = {Viseme.I: ("ih",), Viseme.O: ("oh",), Viseme.U: ("ou",)}


def plain(name: str) -> str:
    """A name without what tools put around it: case, separators, and the mesh's name before a dot."""
    return re.sub(r"[^a-z0-9]", "", re.split(r"[.:|]", name)[-1].lower())


def _spellings() -> dict[str, str]:
    found = {plain(control): control for control in (*ARKIT_NAMES, "mouthOpen", "mouthSmile", "eyesClosed")}
    # ARKit with the side cut short
    found |= {plain(control).replace("left", "l"): control for control in ARKIT_NAMES if control.endswith("Left")}
    found |= {plain(control).replace("right", "r"): control for control in ARKIT_NAMES if control.endswith("Right")}
    for viseme, control in VISEMES.items():
        for sound in (viseme.value.lower(), *_VOWELS.get(viseme, ())):
            found[f"viseme{sound}"] = found[f"v{sound}"] = control
    # the names of VRoid's own morphs
    found |= {f"fclmth{letter}": vowel for letter, vowel in zip("aiueo", ("aa", "ih", "ou", "ee", "oh"), strict=True)}
    return found | {"fcleyeclose": "blink", "fclalljoy": "happy", "fclallsorrow": "sad", "fclallangry": "angry"}


SPELLINGS: Final[Mapping[str, str]] = MappingProxyType(_spellings())
"""plain(name) → control, for morphs that tell by their own name what they are."""

FROM_ARKIT: Final[Mapping[str, Recipe]] = {VISEMES[viseme]: sided(recipe) for viseme, recipe in MOUTHS.items()}

FROM_VOWELS: Final[Mapping[str, Recipe]] = {
    "viseme_sil": {},
    "viseme_PP": {},
    "viseme_FF": {"ih": 0.15},
    "viseme_TH": {"aa": 0.20, "ee": 0.10},
    "viseme_DD": {"ih": 0.30},
    "viseme_kk": {"aa": 0.15, "ih": 0.20},
    "viseme_CH": {"ou": 0.45, "ih": 0.20},
    "viseme_SS": {"ih": 0.40},
    "viseme_nn": {"ih": 0.25},
    "viseme_RR": {"ou": 0.35, "oh": 0.10},
    "viseme_aa": {"aa": 1.0},
    "viseme_E": {"ee": 0.85},
    "viseme_I": {"ih": 0.85},
    "viseme_O": {"oh": 1.0},
    "viseme_U": {"ou": 1.0},
}

OPENING: Final[Mapping[str, float]] = {
    "viseme_sil": 0.0, "viseme_PP": 0.0, "viseme_FF": 0.12, "viseme_TH": 0.25, "viseme_DD": 0.25, "viseme_kk": 0.30,
    "viseme_CH": 0.22, "viseme_SS": 0.12, "viseme_nn": 0.22, "viseme_RR": 0.25, "viseme_aa": 1.0, "viseme_E": 0.60,
    "viseme_I": 0.40, "viseme_O": 0.75, "viseme_U": 0.35,
}  # fmt: skip
"""How far each viseme opens a mouth that can do nothing else: a jaw bone, or one morph."""

# for whoever lacks a control: what says nearly the same, best first
INSTEAD: Final[Mapping[str, tuple[Recipe, ...]]] = {
    **{
        control: (
            recipe,
            FROM_VOWELS[control],
            *({name: share * OPENING[control]} for name, share in (("aa", 0.9), ("jawOpen", 0.7), ("mouthOpen", 1.0))),
        )
        for control, recipe in FROM_ARKIT.items()
    },
    "eyeBlinkLeft": ({"blinkLeft": 1.0}, {"blink": 0.5}, {"eyesClosed": 0.5}),
    "eyeBlinkRight": ({"blinkRight": 1.0}, {"blink": 0.5}, {"eyesClosed": 0.5}),
    "mouthSmileLeft": ({"mouthSmile": 0.5}, {"relaxed": 0.3}, {"happy": 0.3}),
    "mouthSmileRight": ({"mouthSmile": 0.5}, {"relaxed": 0.3}, {"happy": 0.3}),
    "mouthFrownLeft": ({"sad": 0.35},),
    "mouthFrownRight": ({"sad": 0.35},),
    "browInnerUp": ({"surprised": 0.3},),
    "browDownLeft": ({"angry": 0.25},),
    "browDownRight": ({"angry": 0.25},),
    "eyeWideLeft": ({"surprised": 0.25},),
    "eyeWideRight": ({"surprised": 0.25},),
    # the ARKit names that an Oculus avatar can say with its mouth
    "jawOpen": ({"mouthOpen": 1.0}, {"viseme_aa": 0.9}, {"aa": 0.9}),
    "mouthFunnel": ({"viseme_O": 0.8}, {"oh": 0.7}),
    "mouthPucker": ({"viseme_U": 0.9}, {"ou": 0.9}),
    "mouthClose": ({"viseme_PP": 0.6},),
    "mouthPressLeft": ({"viseme_PP": 0.5},),
    "mouthPressRight": ({"viseme_PP": 0.5},),
    "mouthStretchLeft": ({"viseme_E": 0.4}, {"ee": 0.4}),
    "mouthStretchRight": ({"viseme_E": 0.4}, {"ee": 0.4}),
    "mouthRollLower": ({"viseme_FF": 0.6},),
    "tongueOut": ({"viseme_TH": 0.6},),
}
