"""The people that the project brings along. The setting `character.look` chooses one by its name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from holo_app.hologram.looks.dusk import DUSK
from holo_app.hologram.looks.ember import EMBER
from holo_app.hologram.looks.look import Look

LOOKS: Final[Mapping[str, Look]] = {look.name: look for look in (DUSK, EMBER)}

__all__ = ["DUSK", "EMBER", "LOOKS", "Look"]
