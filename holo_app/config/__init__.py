"""Typed settings in layers: defaults < TOML file < environment < command line.

Read by `bootstrap`, `cli` and `ops` only; parts get what they need passed into their constructors.
"""

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
    "CONFIG_FILE_NAME",
    "Audio",
    "Character",
    "Dialogue",
    "Display",
    "DisplayMode",
    "General",
    "Logging",
    "Privacy",
    "SettingEntry",
    "Settings",
    "Voice",
    "default_data_dir",
    "load_settings",
    "setting_entries",
]
