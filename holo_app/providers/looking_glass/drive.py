"""The drive that a panel is on USB: `LKG_calibration/visual.json` on it.

Source: what the vendor's own SDKs read, and the label `LKG-…` under which desktops mount it.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

import structlog

log = structlog.get_logger(__name__)

CALIBRATION: Final = Path("LKG_calibration", "visual.json")
_LARGEST_BYTES: Final = 1_000_000
_FIRST_DRIVE, _LAST_DRIVE = "D", "Z"


def mount_points() -> list[Path]:
    """Where this system mounts a drive: every folder that may be one."""
    if sys.platform == "win32":
        return [Path(f"{chr(letter)}:/") for letter in range(ord(_FIRST_DRIVE), ord(_LAST_DRIVE) + 1)]
    if sys.platform == "darwin":
        return _folders([Path("/Volumes")])
    # by the user's name on most desktops, straight below elsewhere
    roots = _folders([Path("/media"), Path("/run/media"), Path("/mnt")])
    return [*roots, *_folders(roots)]


def drive_calibrations(mounts: Iterable[Path] | None = None) -> list[tuple[Path, Mapping[str, Any]]]:
    """(file, its content) of each panel whose drive is mounted; files that cannot be read are logged and left out."""
    found: list[tuple[Path, Mapping[str, Any]]] = []
    for mount in mount_points() if mounts is None else mounts:
        file = mount / CALIBRATION
        try:
            if not file.is_file() or file.stat().st_size > _LARGEST_BYTES:
                continue
            content = json.loads(file.read_text("utf-8"))
        except PermissionError:
            continue  # another user's drive
        except (OSError, ValueError) as error:
            log.warning("panel_drive_unreadable", file=str(file), reason=str(error))
            continue
        if isinstance(content, dict):
            found.append((file, content))
    return found


def _folders(roots: Iterable[Path]) -> list[Path]:
    folders: list[Path] = []
    for root in roots:
        try:
            folders += sorted(path for path in root.iterdir() if path.is_dir())
        except OSError:
            continue
    return folders
