"""`holo-app calibrate`: the calibration screen on the hologram's display, without the rest of the kiosk."""

from __future__ import annotations

import os
from functools import partial

from holo_app.bootstrap.checks.display import screen_problem
from holo_app.bootstrap.displays import display_mode
from holo_app.bootstrap.panels import found_panels
from holo_app.bootstrap.rendering import HOLOGRAM_CACHE
from holo_app.bootstrap.screen_tuning import ScreenTuning
from holo_app.bootstrap.screens import Shown, calibrations, screens_here, shown_on
from holo_app.config import Settings
from holo_app.domain.screen import AUTO, named_screen
from holo_app.errors import DeviceError, InputError
from holo_app.ui.hologram_scene import load_hologram

_MANY_VIEWS = frozenset({"quilt", "lenticular"})


def run_calibration(settings: Settings) -> int:
    """Show the calibration screen on the hologram's display until it is left.

    Raises: DeviceError: no display, or nothing can be drawn on it. InputError: no such screen; as `display_mode`.
    """
    from holo_app.ui.calibration_window import adjust  # noqa: PLC0415 - Qt: only where there is a display

    if problem := screen_problem(os.environ):
        raise DeviceError("display", problem)
    shown = _chosen(settings)
    tuning = ScreenTuning(shown)
    display_mode(shown.settings.display, shown.found)  # what cannot be shown is said before a window opens
    load = partial(
        load_hologram,
        settings.data_dir / HOLOGRAM_CACHE,
        partial(display_mode, shown.settings.display, shown.found),
        look=settings.character.look,
        # dozens of views at full size would take a processor seconds a frame, and nudging needs an answer
        sharp=tuning.mode not in _MANY_VIEWS,
    )
    adjust(lambda: tuning.attach(load()), tuning, shown.screen, language=settings.general.language)
    return 0


def forget(settings: Settings) -> str:
    """Drop what was saved for a screen; says what was done. Raises: InputError: no such screen, or no screen at all."""
    screen = _chosen(settings).screen
    if screen is None:
        raise InputError("no screen is connected, or none can be seen from here")
    dropped = calibrations(settings).forget(screen.key)
    return f"{screen.title}: {'its calibration was dropped' if dropped else 'nothing was saved'}"


def _chosen(settings: Settings) -> Shown:
    screens = screens_here()
    wanted = settings.display.screen
    if wanted not in ("", AUTO) and named_screen(screens, wanted) is None:
        connected = ", ".join(f"{screen.index}: {screen.title}" for screen in screens) or "none"
        raise InputError(f"there is no screen {wanted!r}; connected: {connected}. `holo-app displays` lists them")
    return shown_on(settings, screens, found_panels)
