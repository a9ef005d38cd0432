"""A screen of the machine, and how one is picked by name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

AUTO = "auto"


@dataclass(frozen=True, slots=True)
class Screen:
    """What is known of one screen. Texts are empty where nothing told them.

    index: its place in the system's list, from 0. connector: such as `DP-1`. maker: three letters of its EDID, or a name.
    size: its own pixels, as it hangs. at: the upper left corner on the desktop. millimetres: of the visible picture, 0 unknown.
    """

    index: int
    connector: str
    maker: str = ""
    model: str = ""
    serial: str = ""
    size: tuple[int, int] = (0, 0)
    at: tuple[int, int] = (0, 0)
    millimetres: tuple[float, float] = (0.0, 0.0)

    @property
    def key(self) -> str:
        """The name that its calibration is kept under: the same wherever it is plugged in, if its serial number is told."""
        if self.serial:
            return ":".join(part for part in (self.maker, self.model, self.serial) if part)
        return ":".join(part for part in (self.maker, self.model, self.connector) if part)

    @property
    def title(self) -> str:
        """For people: the model, and where it is plugged in."""
        name = " ".join(part for part in (self.maker, self.model) if part)
        return f"{name} ({self.connector})" if name else self.connector


def named_screen(screens: Sequence[Screen], wanted: str) -> Screen | None:
    """The screen of that index, connector, serial number, key or (a part of the) model; None: there is no such one."""
    wanted = wanted.strip().casefold()
    if wanted.isdecimal():
        index = int(wanted)
        return next((screen for screen in screens if screen.index == index), None)
    if not wanted:
        return None
    exact = [s for s in screens if wanted in (s.connector.casefold(), s.serial.casefold(), s.key.casefold())]
    loose = [s for s in screens if wanted in s.title.casefold()]
    return next(iter(exact or loose), None)
