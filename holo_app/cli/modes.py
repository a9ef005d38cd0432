"""The display modes and the looks as the command line names them, without loading the settings for that."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from holo_app.config import Settings


class Mode(StrEnum):
    """How the character is drawn; the same names as `config.DisplayMode` (a test holds them together)."""

    AUTO = "auto"
    FLAT = "flat"
    PYRAMID = "pyramid"
    STEREO = "stereo"
    FAN = "fan"
    HOLOLUMINESCENT = "hololuminescent"
    QUILT = "quilt"
    LENTICULAR = "lenticular"


class LookName(StrEnum):
    """What the character looks like; the same names as the setting `character.look` (a test holds them together)."""

    DUSK = "dusk"
    EMBER = "ember"


def in_mode(settings: Settings, mode: Mode | None) -> Settings:
    """The settings with another display mode, where one was asked for."""
    return settings if mode is None else settings.replaced("display", mode=mode.value)


def in_look(settings: Settings, look: LookName | None) -> Settings:
    """The settings with another look, where one was asked for."""
    return settings if look is None else settings.replaced("character", look=look.value)
