"""Lenticular panels whose calibration can be found without anybody's help."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import structlog

from holo_app.errors import InputError
from holo_app.hologram.lightfield.calibration import calibration_of
from holo_app.hologram.screens.known import Panel

log = structlog.get_logger(__name__)


def found_panels(mounts: Iterable[Path] | None = None, bridge_url: str | None = None) -> list[Panel]:
    """Those of the drives that are mounted, then those of a running Bridge. mounts, bridge_url: other than this machine's."""
    from holo_app.providers.looking_glass.bridge import BRIDGE_URL, bridge_panels  # noqa: PLC0415 - httpx: only when asked
    from holo_app.providers.looking_glass.drive import drive_calibrations  # noqa: PLC0415 - as above

    panels = [_panel(content, f"the drive at {file.parent.parent}") for file, content in drive_calibrations(mounts)]
    for panel in bridge_panels(bridge_url or BRIDGE_URL):
        panels.append(_panel({"serial": panel.name, **panel.calibration}, "Looking Glass Bridge"))
    return [panel for panel in panels if panel is not None]


def _panel(content: Mapping[str, Any], source: str) -> Panel | None:
    try:
        calibration = calibration_of(content)
    except InputError as error:
        log.warning("panel_calibration_unusable", source=source, reason=str(error))
        return None
    return Panel(calibration.serial, (calibration.width, calibration.height), source, content)
