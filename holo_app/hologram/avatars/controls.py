"""Which morphs a control sets in one avatar: by their names, by VRM's expressions, or by what comes near."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from holo_app.domain.avatar import FacePose
from holo_app.hologram.arkit import ARKIT_NAMES, Recipe, face_weights
from holo_app.hologram.avatars.body import Body, Target
from holo_app.hologram.avatars.names import INSTEAD, OPENING, SPELLINGS, VISEMES, plain
from holo_app.hologram.avatars.schema import Vrm

Binds = Mapping[Target, float]
_SHAPES = 2
"""So many morphs of ARKit besides the jaw make lips that can be read."""


@dataclass(frozen=True, slots=True)
class Controls:
    """What can be set. own: the controls that the avatar has itself. made: all that can be set, also by a recipe."""

    own: Mapping[str, Binds]
    made: Mapping[str, Binds]

    @property
    def visemes(self) -> tuple[str, ...]:
        """The visemes that move something."""
        return tuple(control for control in VISEMES.values() if self.made.get(control))

    @property
    def mouth(self) -> str:
        """What moves the mouth, for people: empty if nothing does."""
        own = set(self.own)
        visemes = len(own.intersection(VISEMES.values()))
        if visemes >= len(VISEMES) // 2:
            return f"{visemes} visemes"
        if (
            "jawOpen" in own
            and len([name for name in own.intersection(ARKIT_NAMES) if name.startswith("mouth")]) >= _SHAPES
        ):
            return f"{len(own.intersection(ARKIT_NAMES))} ARKit morphs"
        if own.intersection(("aa", "oh", "ou")):
            return "the vowels of VRM"
        return "one opening" if self.visemes else ""

    @property
    def rough(self) -> bool:
        """Whether the mouth only opens and shuts."""
        return self.mouth == "one opening"


def read_controls(body: Body, vrm: Vrm | None) -> Controls:
    """The controls of an avatar. An expression of VRM goes before a morph's own name."""
    own: dict[str, dict[Target, float]] = {}
    for name, targets in body.named.items():
        control = SPELLINGS.get(plain(name))
        if control is not None:
            own.setdefault(control, {}).update((target, 1.0) for target in targets if target in body.morphs)
    if vrm is not None:
        for name, expression in (*vrm.expressions.preset.items(), *vrm.expressions.custom.items()):
            control = name if name in vrm.expressions.preset else SPELLINGS.get(plain(name), "")
            binds = {
                (bind.node, bind.index): bind.weight
                for bind in expression.morph_target_binds
                if (bind.node, bind.index) in body.morphs
            }
            if control and binds:
                own[control] = binds
    own = {control: binds for control, binds in own.items() if binds}
    made = {control: dict(binds) for control, binds in own.items()}
    for control, recipes in INSTEAD.items():
        if control not in own:
            made[control] = _first_possible(recipes, own)
    return Controls(own, {control: binds for control, binds in made.items() if binds or control in own})


def _first_possible(recipes: Iterable[Recipe], own: Mapping[str, Binds]) -> dict[Target, float]:
    """The first recipe whose main part the avatar has; small parts may be missing."""
    for recipe in recipes:
        main = max(recipe, key=lambda name: recipe[name], default="")
        if main in own:
            return combined({name: weight for name, weight in recipe.items() if name in own}, own)
    return {}


def combined(weights: Mapping[str, float], controls: Mapping[str, Binds]) -> dict[Target, float]:
    """Morph weights of several controls at once, summed; controls that are not there do nothing."""
    total: dict[Target, float] = {}
    for control, weight in weights.items():
        for target, share in controls.get(control, {}).items() if weight else ():
            total[target] = total.get(target, 0.0) + weight * share
    return total


def face_controls(pose: FacePose) -> dict[str, float]:
    """A pose as weights of controls, the eyes' direction and the head aside."""
    weights = {VISEMES[viseme]: weight for viseme, weight in pose.visemes.items()} | face_weights(pose)
    return {control: weight for control, weight in weights.items() if weight > 0.0}


def opening(pose: FacePose) -> float:
    """How far the pose opens the mouth, 0..1, for a jaw that is a bone."""
    return min(sum(OPENING[VISEMES[viseme]] * weight for viseme, weight in pose.visemes.items()), 1.0)
