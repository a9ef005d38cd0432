"""Which screens there are, what each of them is, and the settings that follow for the hologram's."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import structlog

from holo_app.bootstrap.checks.display import screen_problem
from holo_app.config import CALIBRATIONS_FILE_NAME, Calibrations, DisplayMode, Settings, calibrated
from holo_app.domain.screen import AUTO, Screen, named_screen
from holo_app.errors import InputError
from holo_app.hologram.screens.connected import DRM, connected_edids, edid_of
from holo_app.hologram.screens.edid import Edid
from holo_app.hologram.screens.known import PLAIN, Panel, Recognised, recognise

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Shown:
    """Where and how the hologram is shown.

    settings: with the mode in the place of `auto`, and the screen's own calibration laid over them; plain: without the latter.
    screen, touch: None where none is connected, or none was chosen. found: the calibration that a lenticular panel brought.
    """

    settings: Settings
    plain: Settings
    screen: Screen | None = None
    touch: Screen | None = None
    found: Mapping[str, object] | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """One line of `holo-app displays`."""

    screen: Screen
    recognised: Recognised
    role: str


def calibrations(settings: Settings) -> Calibrations:
    """The file of what was nudged, in the data folder."""
    return Calibrations(settings.data_dir / CALIBRATIONS_FILE_NAME)


def screens_here(environment: Mapping[str, str] | None = None, drm: Path = DRM) -> list[Screen]:
    """The connected screens: as Qt knows them, with what their EDIDs add; without a desktop, what the kernel sees."""
    edids = connected_edids(drm)
    if sys.platform in ("win32", "darwin") or not screen_problem(os.environ if environment is None else environment):
        from holo_app.ui.qt_setup import create_app  # noqa: PLC0415 - Qt: only where there is a screen
        from holo_app.ui.screens import screens_of  # noqa: PLC0415 - as above

        return [
            _completed(screen, edid_of(screen.connector, edids, screen.size)) for screen in screens_of(create_app())
        ]
    bare = (Screen(index, connector) for index, connector in enumerate(edids))
    return [_completed(screen, edids[screen.connector]) for screen in bare]


def _completed(screen: Screen, edid: Edid | None) -> Screen:
    """Qt gives a maker's full name where it knows one, and nothing on some systems: an EDID says the same anywhere."""
    if edid is None:
        return screen
    across, down = edid.centimetres
    return replace(
        screen,
        maker=edid.maker,
        model=edid.name or screen.model,
        serial=edid.serial or screen.serial,
        size=screen.size if min(screen.size) else edid.pixels,
        millimetres=screen.millimetres if min(screen.millimetres) else (10.0 * across, 10.0 * down),
    )


def shown_on(settings: Settings, screens: Sequence[Screen], panels: Callable[[], Sequence[Panel]]) -> Shown:
    """Choose the screens, recognise the hologram's, and lay its calibration over the settings.

    A screen that is named and not connected is no error: it may be plugged in later, and the main one stands in.

    panels: looks for calibrations of lenticular panels; asked only where the settings leave it open.
    Raises: InputError: both settings name the same screen.
    """
    display = settings.display
    touch = _named(screens, display.touch_screen, "display.touch_screen")
    others = [screen for screen in screens if screen != touch]
    open_mode = display.mode is DisplayMode.AUTO
    lenticular = display.mode is DisplayMode.LENTICULAR and display.calibration is None
    found = list(panels()) if open_mode or lenticular else []
    screen = _named(screens, display.screen, "display.screen") or _likeliest(others, found)
    if touch is not None and screen == touch:
        raise InputError(f"display.touch_screen and display.screen are the same screen: {touch.title}")
    told = recognise(screen, found) if screen is not None else Recognised(PLAIN, "there is no screen")
    if open_mode:
        settings = settings.replaced("display", mode=told.mode)
        if told.mode != PLAIN and screen is not None:
            log.info("display_recognised", screen=screen.title, display_mode=told.mode, why=told.why)
    plain = settings
    if screen is not None:
        settings = calibrated(settings, calibrations(settings).of(screen.key, settings.display.mode))
    return Shown(settings, plain, screen, touch, told.panel.content if told.panel is not None else _only(found))


def listed(settings: Settings, screens: Sequence[Screen], panels: Sequence[Panel]) -> list[Listed]:
    """Every screen with what was recognised and what it is used for."""
    try:
        shown = shown_on(settings, screens, lambda: panels)
    except InputError as error:
        log.warning("screen_choice_impossible", reason=str(error))
        shown = Shown(settings, settings)
    roles = {shown.screen: "hologram", shown.touch: "touch"}
    return [Listed(screen, recognise(screen, panels), roles.get(screen, "")) for screen in screens]


def _named(screens: Sequence[Screen], wanted: str, setting: str) -> Screen | None:
    if not wanted or wanted == AUTO:
        return None
    found = named_screen(screens, wanted)
    if found is None:
        log.warning(
            "screen_not_connected", setting=setting, wanted=wanted, connected=[screen.title for screen in screens]
        )
    return found


def _likeliest(screens: Sequence[Screen], panels: Sequence[Panel]) -> Screen | None:
    """A recognised display, else the main screen."""
    special = [screen for screen in screens if recognise(screen, panels).mode != PLAIN]
    return next(iter([*special, *screens]), None)


def _only(panels: Sequence[Panel]) -> Mapping[str, object] | None:
    """The calibration where there is but one: a panel that hangs turned has other pixels than its calibration says."""
    return panels[0].content if len(panels) == 1 else None
