"""The EDIDs of the displays that Linux sees, by connector."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import structlog

from holo_app.hologram.screens.edid import Edid, EdidError, parse_edid

log = structlog.get_logger(__name__)

DRM: Final = Path("/sys/class/drm")
_FOLDER: Final = re.compile(r"card\d+-(?P<connector>.+)")


def connected_edids(drm: Path = DRM) -> dict[str, Edid]:
    """EDID by connector, such as `DP-1`, of what is plugged in. Empty where no such folder is: other systems, containers."""
    found: dict[str, Edid] = {}
    for file in sorted(drm.glob("card*-*/edid")):
        match = _FOLDER.fullmatch(file.parent.name)
        if match is None:
            continue
        try:
            content = file.read_bytes()
            if content:  # nothing is plugged in otherwise
                found[match["connector"]] = parse_edid(content)
        except (OSError, EdidError) as error:
            log.warning("edid_unreadable", connector=match["connector"], reason=str(error))
    return found


def edid_of(connector: str, edids: dict[str, Edid], pixels: tuple[int, int]) -> Edid | None:
    """The EDID of a screen, by the name that the window system gives its connector, or by its pixels where that is clear.

    X11's drivers count and spell connectors otherwise than the kernel: `DP1`, `DisplayPort-0`, `HDMI-1` for `HDMI-A-1`.
    """
    wanted = _plain(connector)
    same = [edid for name, edid in edids.items() if _plain(name) == wanted]
    if len(same) == 1:
        return same[0]
    fitting = [edid for edid in edids.values() if pixels in (edid.pixels, edid.pixels[::-1])]
    return fitting[0] if len(fitting) == 1 else None


def _plain(connector: str) -> str:
    plain = connector.casefold().replace("displayport", "dp").replace("hdmi-a", "hdmi")
    return re.sub(r"[^a-z0-9]", "", plain)
