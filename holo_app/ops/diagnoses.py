"""Everything that the doctor can find, each with a code that stays the same, how bad it is, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """ok: works. warn: the kiosk talks, but something is worth a look. fail: something that it needs does not work."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """A kind of finding. fix: what to do, for a technician; empty where all is well."""

    code: str
    state: State
    fix: str = ""


def _ok(code: str) -> Diagnosis:
    return Diagnosis(code, State.OK)


def _warn(code: str, fix: str) -> Diagnosis:
    return Diagnosis(code, State.WARN, fix)


def _fail(code: str, fix: str) -> Diagnosis:
    return Diagnosis(code, State.FAIL, fix)


MODEL_OK = _ok("model_ok")
MODEL_BROKEN = _fail("model_broken", "Fetch the models again: bash packaging/bootstrap.sh models")

MICROPHONE_OK = _ok("microphone_ok")
MICROPHONE_MISSING = _fail(
    "microphone_missing", "Plug a microphone in, or name another one with the setting audio.input; then run this again."
)
MICROPHONE_DEAD = _fail(
    "microphone_dead",
    "Unplug the microphone and plug it in again; end other programs that use it; restart the sound server.",
)
MICROPHONE_SILENT = _warn(
    "microphone_silent", "Not even room noise arrives: look for a mute switch, and for the level in the system's mixer."
)
MICROPHONE_LOUD = _warn("microphone_loud", "The sound is clipped: lower the microphone's level in the system's mixer.")

SPEAKER_OK = _ok("speaker_ok")
SPEAKER_MISSING = _fail(
    "speaker_missing", "Plug a loudspeaker in, or name another one with the setting audio.output; then run this again."
)
SPEAKER_DEAD = _fail("speaker_dead", "Unplug the loudspeaker and plug it in again; restart the sound server.")

CAMERA_OK = _ok("camera_ok")
CAMERA_MISSING = _warn("camera_missing", "Nothing to do: the kiosk works without a camera. To use one, plug it in.")
CAMERA_BUSY = _warn(
    "camera_busy", "End the program that uses the camera, and see that this user may read it (group video)."
)
CAMERA_UNSUPPORTED = _warn("camera_unsupported", "Install the camera support: pip install 'holo-app[embedded]'")

DISPLAY_OK = _ok("display_ok")
DISPLAY_MISSING = _fail(
    "display_missing",
    "Run this in the kiosk's own session, where DISPLAY or WAYLAND_DISPLAY is set; plug the display in.",
)
DISPLAY_UNREACHABLE = _fail(
    "display_unreachable", "DISPLAY names a display that does not answer: start the graphical session."
)
GRAPHICS_OK = _ok("graphics_ok")
GRAPHICS_SOFTWARE = _warn(
    "graphics_software",
    "The processor draws the picture, more slowly: install the driver of the graphics card, if there is one.",
)
GRAPHICS_MISSING = _fail(
    "graphics_missing", "OpenGL 3.3 is needed: install the graphics driver, or libegl1 and libgl1-mesa-dri."
)

DATABASE_OK = _ok("database_ok")
AVATAR_OK = _ok("avatar_ok")
AVATAR_REFUSED = _warn(
    "avatar_refused",
    "The built-in character stands in: see holo-app avatar check FILE, or choose another with character.avatar.",
)
AVATAR_POOR = _warn("avatar_poor", "It is shown, but could be better: see holo-app avatar check FILE.")

DATABASE_NEW = _warn("database_new", "Nothing to do: it is made, with the sample shop, at the first start.")
DATABASE_DAMAGED = _fail(
    "database_damaged",
    "Start the kiosk: it sets the damaged file aside and makes a new one. Then import the catalogue again.",
)
DATABASE_UNREADABLE = _fail("database_unreadable", "See that this user may read and write the data folder.")
DATABASE_OLD = _warn("database_old", "Nothing to do: the next start upgrades it, and keeps a backup.")
DATABASE_TOO_NEW = _fail(
    "database_too_new", "This program is older than the database: install the newer version again."
)
CATALOGUE_EMPTY = _warn("catalogue_empty", "Import the shop's products: holo-app products import FILE")

DISK_OK = _ok("disk_ok")
DISK_LOW = _warn("disk_low", "Less than 1 GB is free: make room before it is used up.")
DISK_FULL = _fail("disk_full", "Make room: the database cannot be written for long.")
DISK_READ_ONLY = _fail(
    "disk_read_only", "See that this user may write the data folder, or choose another with --data-dir."
)

CLOCK_OK = _ok("clock_ok")
CLOCK_WRONG = _fail("clock_wrong", "Set the date and time, and switch time synchronisation on.")

VERSIONS_OK = _ok("versions_ok")
PACKAGE_MISSING = _fail("package_missing", "Install the program again: a part of it is missing.")
PACKAGE_OPTIONAL = _warn("package_optional", "Install it with the speech parts: pip install 'holo-app[embedded]'")
QT_UNSUITABLE = _fail(
    "qt_unsuitable", "Install PySide6-Essentials from 6.11.2 on and before 6.12: others fail at work."
)

CHECK_OVERDUE = _fail("check_overdue", "Something did not answer at all: restart the device, then the machine.")
CHECK_CRASHED = _fail("check_crashed", "This is a bug: send the log file.")


def all_diagnoses() -> tuple[Diagnosis, ...]:
    """Every diagnosis, in the order above."""
    return tuple(value for value in globals().values() if isinstance(value, Diagnosis))
