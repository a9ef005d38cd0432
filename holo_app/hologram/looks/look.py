"""One person: everything that the sculptor and the light need to know about it."""

from __future__ import annotations

from dataclasses import dataclass

from holo_app.hologram.palette import Palette
from holo_app.hologram.sculpt.body import Garment
from holo_app.hologram.sculpt.face_form import FaceForm
from holo_app.hologram.sculpt.features import BrowForm
from holo_app.hologram.sculpt.hair import HairForm


@dataclass(frozen=True, slots=True)
class Look:
    """name: of the setting, and of the files in the cache; lower case letters."""

    name: str
    face: FaceForm
    brow: BrowForm
    hair: HairForm
    garment: Garment
    palette: Palette
