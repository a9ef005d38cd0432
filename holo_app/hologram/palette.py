"""The character's colours: what each material looks like, and the light it stands in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import TypeAlias

Colour: TypeAlias = tuple[float, float, float]


class Material(IntEnum):
    """What a vertex is made of; the numbers are stored in the character's cache."""

    SKIN = 0
    BLUSH = 1
    LIP = 2
    MOUTH = 3
    TEETH = 4
    TONGUE = 5
    HAIR = 6
    HAIR_GLOW = 7
    BROW = 8
    CLOTH = 9
    CLOTH_GLOW = 10
    EAR = 11


_DUSK: Mapping[Material, Colour] = {
    Material.SKIN: (0.96, 0.80, 0.80),
    Material.BLUSH: (1.00, 0.56, 0.62),
    Material.LIP: (0.92, 0.52, 0.56),
    Material.MOUTH: (0.20, 0.03, 0.12),
    Material.TEETH: (0.96, 0.97, 1.00),
    Material.TONGUE: (0.88, 0.36, 0.46),
    Material.HAIR: (0.30, 0.24, 0.78),
    Material.HAIR_GLOW: (0.32, 0.62, 1.00),
    Material.BROW: (0.20, 0.14, 0.46),
    Material.CLOTH: (0.10, 0.42, 0.62),
    Material.CLOTH_GLOW: (0.35, 0.98, 1.00),
    Material.EAR: (0.95, 0.66, 0.70),
}


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours as sRGB 0..1.

    materials: the surface in full light. key: the lamp's colour. shadow: what the unlit side is multiplied with.
    rim: the hologram's own light along each outline. iris, iris_glow: the eye's ring and its bright lower half.
    lids: the eyes' cut: how high the upper lid stands, and the outer corner over the inner one, in eye sizes.
    """

    materials: Mapping[Material, Colour] = field(default_factory=lambda: dict(_DUSK))
    key: Colour = (1.02, 1.00, 0.98)
    shadow: Colour = (0.26, 0.34, 0.78)
    rim: Colour = (0.25, 0.85, 1.00)
    rim_far: Colour = (0.62, 0.30, 1.00)
    iris: Colour = (0.05, 0.42, 0.62)
    iris_glow: Colour = (0.30, 0.95, 0.95)
    sclera: Colour = (0.93, 0.95, 1.00)
    lash: Colour = (0.12, 0.07, 0.26)
    crease: Colour = (0.48, 0.22, 0.42)
    lids: tuple[float, float] = (0.49, 0.05)
