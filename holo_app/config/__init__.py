"""Typed settings in layers: defaults < TOML file < environment < command line.

Read by `bootstrap`, `cli` and `ops` only; parts get what they need passed into their constructors.
"""

from holo_app.config.calibrations import CALIBRATIONS_FILE_NAME, Calibrations, Nudges, Value, calibrated
from holo_app.config.entries import SettingEntry, setting_entries
from holo_app.config.layers import CONFIG_FILE_NAME, load_settings
from holo_app.config.sections import (
    Audio,
    Character,
    Dialogue,
    Display,
    DisplayMode,
    General,
    Logging,
    Privacy,
    Settings,
    Voice,
    default_data_dir,
)

__all__ = [
    "CALIBRATIONS_FILE_NAME",
    "CONFIG_FILE_NAME",
    "Audio",
    "Calibrations",
    "Character",
    "Dialogue",
    "Display",
    "DisplayMode",
    "General",
    "Logging",
    "Nudges",
    "Privacy",
    "SettingEntry",
    "Settings",
    "Value",
    "Voice",
    "calibrated",
    "default_data_dir",
    "load_settings",
    "setting_entries",
]
