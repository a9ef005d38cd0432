"""Which display mode a screen wants: a table of known models, and the calibration that a panel brings."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from holo_app.domain.screen import Screen
from holo_app.resources import resource

PLAIN = "flat"
LENTICULAR = "lenticular"


@dataclass(frozen=True, slots=True)
class KnownDisplay:
    """One entry of `displays.toml`: what must fit (None: anything does), and what follows."""

    mode: str
    why: str
    maker: str | None = None
    model: str | None = None
    serial: str | None = None
    pixels: tuple[int, int] | None = None

    def fits(self, screen: Screen) -> bool:
        """Whether all that is named fits."""
        return (
            (self.maker is None or screen.maker == self.maker)
            and (self.model is None or screen.model.casefold().startswith(self.model.casefold()))
            and (self.serial is None or screen.serial.casefold().startswith(self.serial.casefold()))
            and (self.pixels is None or screen.size in (self.pixels, self.pixels[::-1]))
        )


@dataclass(frozen=True, slots=True)
class Panel:
    """A lenticular panel whose calibration was found. source: where, in words. content: its `visual.json`, parsed."""

    serial: str
    pixels: tuple[int, int]
    source: str
    content: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Recognised:
    """mode: of the display settings. why: in words, for staff. panel: where its calibration was found."""

    mode: str
    why: str
    panel: Panel | None = None


def recognise(screen: Screen, panels: Iterable[Panel] = (), known: Iterable[KnownDisplay] | None = None) -> Recognised:
    """The mode of a screen. A found calibration counts first: it is for this panel only, and says so by pixels and serial."""
    panel = _panel_of(screen, list(panels))
    if panel is not None:
        return Recognised(
            LENTICULAR, f"the calibration of panel {panel.serial or 'without a number'} ({panel.source})", panel
        )
    for display in known_displays() if known is None else known:
        if display.fits(screen):
            return Recognised(display.mode, display.why)
    return Recognised(PLAIN, "nothing says that it is more than an ordinary screen")


def _panel_of(screen: Screen, panels: list[Panel]) -> Panel | None:
    fitting = [panel for panel in panels if screen.size == panel.pixels]
    same = [panel for panel in fitting if screen.serial and screen.serial.casefold() == panel.serial.casefold()]
    return next(iter(same or fitting), None)


@cache
def known_displays() -> tuple[KnownDisplay, ...]:
    """The bundled table."""
    return read_known(resource("displays.toml"))


def read_known(path: Path) -> tuple[KnownDisplay, ...]:
    """A table of known displays. Raises: OSError, tomllib.TOMLDecodeError, TypeError: the file is damaged (a bug)."""
    entries = tomllib.loads(path.read_text("utf-8")).get("display", [])
    return tuple(
        KnownDisplay(**{**entry, "pixels": tuple(entry["pixels"])} if "pixels" in entry else entry) for entry in entries
    )
