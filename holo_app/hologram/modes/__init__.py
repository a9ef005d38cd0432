"""Display modes: which views are drawn, and where their pictures go. A new display is a new class with `plan`."""

from holo_app.hologram.modes.disc import Disc
from holo_app.hologram.modes.flat import Flat, Turn
from holo_app.hologram.modes.margins import Margins
from holo_app.hologram.modes.placed import Placed, as_hung
from holo_app.hologram.modes.plan import Corner, DisplayMode, Plan, Polygons, Size, View, Weave
from holo_app.hologram.modes.pyramid import Pyramid
from holo_app.hologram.modes.stereo import Stereo

__all__ = [
    "Corner",
    "Disc",
    "DisplayMode",
    "Flat",
    "Margins",
    "Placed",
    "Plan",
    "Polygons",
    "Pyramid",
    "Size",
    "Stereo",
    "Turn",
    "View",
    "Weave",
    "as_hung",
]
