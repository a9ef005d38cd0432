"""Lenticular panels whose calibration can be found without anybody's help."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import structlog

from holo_app.hologram.screens.known import Panel
from holo_app.providers.looking_glass.bridge import BRIDGE_URL, bridge_panels
from holo_app.providers.looking_glass.drive import drive_calibrations

log = structlog.get_logger(__name__)


def found_panels(mounts: Iterable[Path] | None = None, bridge_url: str = BRIDGE_URL) -> list[Panel]:
    """Those of the drives that are mounted, then those of a running Bridge. mounts, bridge_url: other than this machine's.

    Read when the kiosk starts, so that nothing heavy is loaded: whether a calibration is whole is seen when it is used.
    """
    panels = [_panel(content, f"the drive at {file.parent.parent}") for file, content in drive_calibrations(mounts)]
    panels += [
        _panel({"serial": panel.name, **panel.calibration}, "Looking Glass Bridge")
        for panel in bridge_panels(bridge_url)
    ]
    return [panel for panel in panels if panel is not None]


def _panel(content: Mapping[str, Any], source: str) -> Panel | None:
    pixels = tuple(_edge(content.get(name)) for name in ("screenW", "screenH"))
    if min(pixels) <= 0:
        log.warning("panel_calibration_unusable", source=source, reason="it does not say how many pixels the panel has")
        return None
    return Panel(str(content.get("serial", "")), (pixels[0], pixels[1]), source, content)


def _edge(value: object) -> int:
    number = value.get("value") if isinstance(value, Mapping) else value
    return round(number) if isinstance(number, int | float) and 0 < number < 100_000 else 0  # noqa: PLR2004 - no screen has
