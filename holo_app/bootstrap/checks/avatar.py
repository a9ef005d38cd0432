"""Can the chosen character stand on the stage?"""

from __future__ import annotations

from pathlib import Path

from holo_app.ops.diagnoses import AVATAR_OK, AVATAR_POOR, AVATAR_REFUSED
from holo_app.ops.doctor import Finding


def check_character(avatar: Path | None) -> list[Finding]:
    """One finding per fault of the avatar's file that should be mended; notes are left out."""
    if avatar is None:
        return [Finding(AVATAR_OK, "the built-in character is shown")]
    from holo_app.hologram.avatars.check import check_avatar  # noqa: PLC0415 - numpy, only where there is an avatar
    from holo_app.hologram.avatars.faults import Severity  # noqa: PLC0415 - as above

    report = check_avatar(avatar)
    kinds = {Severity.ERROR: AVATAR_REFUSED, Severity.WARNING: AVATAR_POOR}
    findings = [
        Finding(kinds[fault.severity], f"{report.name}: {fault.text}")
        for fault in report.faults
        if fault.severity in kinds
    ]
    return findings or [Finding(AVATAR_OK, f"{report.name} ({report.kind}) can be used")]
