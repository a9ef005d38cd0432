"""What was nudged on the calibration screen: settings of [display] for one screen and one mode, in a file beside the settings.

Laid over the settings when the kiosk starts. The file is JSON, written whole or not at all; one that cannot be read is set
aside, never overwritten.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, TypeAlias

import structlog
from pydantic import ValidationError

from holo_app.config.sections import Display, DisplayMode, Settings
from holo_app.config.whole_files import write_whole
from holo_app.errors import InputError

log = structlog.get_logger(__name__)

CALIBRATIONS_FILE_NAME: Final = "displays.json"
_VERSION: Final = 1
_NEVER: Final = frozenset({"mode", "screen", "touch_screen", "fullscreen", "fps_cap", "calibration"})
_ALLOWED: Final = frozenset(Display.model_fields) - _NEVER

Value: TypeAlias = float | int | bool | str
Nudges: TypeAlias = Mapping[str, Value]
"""Settings of [display] by name."""

_Table: TypeAlias = dict[str, dict[str, dict[str, Value]]]


class Calibrations:
    """The calibrations of all screens that this machine has seen. Reads the small file at each call."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def of(self, screen_key: str, mode: DisplayMode) -> Nudges:
        """What was saved for a screen in a mode; empty where nothing was."""
        return self._read().get(screen_key, {}).get(mode.value, {})

    def save(self, screen_key: str, mode: DisplayMode, nudges: Nudges) -> None:
        """Keep these instead of what was kept before. Raises: InputError: values not allowed, or the file cannot be written."""
        _check(screen_key, mode.value, dict(nudges))
        table = self._read()
        table.setdefault(screen_key, {})[mode.value] = dict(nudges)
        self._write(table, self.path)
        log.info("calibration_saved", display_mode=mode.value, values=len(nudges))

    def forget(self, screen_key: str) -> bool:
        """Drop all that was kept for a screen; whether there was anything. Raises: InputError: the file cannot be written."""
        table = self._read()
        if screen_key not in table:
            return False
        del table[screen_key]
        self._write(table, self.path)
        return True

    def export(self, to: Path) -> int:
        """Write all of it to another file; returns how many screens. Raises: InputError: it cannot be written."""
        table = self._read()
        self._write(table, to)
        return len(table)

    def take(self, file: Path) -> int:
        """Take over what another machine exported, instead of what is known of the same screens. Returns how many screens.

        Raises: InputError: it cannot be read, or a value in it is not allowed; nothing was taken then.
        """
        try:
            given = _parsed(file.read_text("utf-8"))
        except (OSError, ValueError) as error:
            raise InputError(f"the calibrations {file} cannot be read: {error}; export them again") from None
        problems = [
            problem for key, modes in given.items() for mode in modes for problem in _faults(key, mode, modes[mode])
        ]
        if problems:
            raise InputError(f"the calibrations {file} cannot be used", problems)
        self._write({**self._read(), **given}, self.path)
        return len(given)

    def _read(self) -> _Table:
        try:
            return _parsed(self.path.read_text("utf-8"))
        except FileNotFoundError:
            return {}
        except OSError as error:
            log.warning("calibrations_unreadable", file=str(self.path), reason=str(error))
            return {}
        except ValueError as error:
            aside = self._set_aside()
            log.warning("calibrations_set_aside", kept_as=aside, reason=str(error))
            return {}

    def _set_aside(self) -> str:
        """The damaged file's new name; empty where it cannot be moved."""
        number = 1
        while (aside := self.path.with_name(f"{self.path.stem}.damaged-{number}{self.path.suffix}")).exists():
            number += 1
        try:
            self.path.replace(aside)
        except OSError:
            return ""
        return aside.name

    def _write(self, table: _Table, path: Path) -> None:
        text = json.dumps({"version": _VERSION, "displays": table}, indent=2, ensure_ascii=False, sort_keys=True)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(path, text + "\n")
        except OSError as error:
            raise InputError(f"the calibrations cannot be written to {path}: {error.strerror}") from None


def calibrated(settings: Settings, nudges: Nudges) -> Settings:
    """The settings with these values laid over [display]. Values that are not allowed any more are left out, and logged."""
    usable = {
        name: value for name, value in nudges.items() if not _faults("", settings.display.mode.value, {name: value})
    }
    if len(usable) < len(nudges):
        log.warning("calibration_values_ignored", names=sorted(set(nudges) - set(usable)))
    return settings.replaced("display", **usable) if usable else settings


def _parsed(text: str) -> _Table:
    """Raises: ValueError: no JSON, or of another shape."""
    content = json.loads(text)
    if (
        not isinstance(content, dict)
        or content.get("version") != _VERSION
        or not isinstance(content.get("displays"), dict)
    ):
        raise ValueError(f"it is no file of calibrations of version {_VERSION}")
    for key, modes in content["displays"].items():
        if not isinstance(modes, dict) or not all(isinstance(values, dict) for values in modes.values()):
            raise ValueError(f"what it says of {key!r} is no table of modes")
    table: _Table = content["displays"]
    return table


def _check(key: str, mode: str, values: dict[str, Any]) -> None:
    problems = list(_faults(key, mode, values))
    if problems:
        raise InputError("the calibration cannot be saved", problems)


def _faults(key: str, mode: str, values: dict[str, Any]) -> list[str]:
    """What is wrong with the values of one screen and mode, in words."""
    unknown = sorted(set(values) - _ALLOWED)
    problems = [f"{key}: {name} is not a value that is calibrated" for name in unknown]
    if mode not in set(DisplayMode):
        return [*problems, f"{key}: there is no display mode {mode!r}"]
    try:
        Display.model_validate({"mode": mode, **{name: value for name, value in values.items() if name in _ALLOWED}})
    except ValidationError as error:
        problems += [
            f"{key}: {details['loc'][0]} = {details['input']!r}: {details['msg']}" for details in error.errors()
        ]
    return problems
