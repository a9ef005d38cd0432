"""`holo-app run`: the window at once, then the engine on its own thread."""

from __future__ import annotations

import json
import signal
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import structlog

from holo_app.bootstrap.characters import chosen_figure
from holo_app.bootstrap.clock import SystemClock
from holo_app.bootstrap.devices import PlaybackClock, open_devices
from holo_app.bootstrap.engine_thread import EngineThread
from holo_app.bootstrap.panels import found_panels
from holo_app.bootstrap.screen_tuning import ScreenTuning
from holo_app.bootstrap.screens import Shown, screens_here, shown_on
from holo_app.bootstrap.shop import TalkingShop, open_shop_to_talk
from holo_app.bootstrap.vendors.online import uses_online_services
from holo_app.config import Display, DisplayMode, Settings
from holo_app.dialogue.notices import TroubleChanged
from holo_app.domain.kiosk import Trouble
from holo_app.knowledge.sample_shop import sample_shop_dir
from holo_app.ui.bridge import UiBridge
from holo_app.ui.cloud_frames import CloudFrames
from holo_app.ui.hologram_scene import HologramScene, load_hologram
from holo_app.ui.run import GuiHooks, run_gui
from holo_app.ui.settings import UiSettings
from holo_app.ui.staff_pin import StaffPin
from holo_app.ui.transmission import CloudAvatar

if TYPE_CHECKING:
    from holo_app.hologram import modes
    from holo_app.ui.kiosk_ui import KioskUi

log = structlog.get_logger(__name__)

PICTURES = "pictures"
HOLOGRAM_CACHE = "hologram"


def run_kiosk(settings: Settings, *, windowed: bool, frames_json: Path | None) -> int:
    """Show the kiosk until staff close it. frames_json: where the frame times are written at the end."""
    shown = hologram_display(settings)
    tuning = ScreenTuning(shown, partial(hologram_display, settings))
    settings = shown.settings
    shop = open_shop_to_talk(settings)
    bridge = UiBridge()
    frames = CloudFrames() if settings.providers.avatar else None
    engine = engine_thread(settings, shop, bridge, frames)
    hooks = GuiHooks(shown=partial(_shown, engine), ended=partial(_ended, engine, frames_json))
    try:
        return run_gui(
            bridge,
            StaffPin(shop.store, SystemClock()),
            hologram(shown, tuning, frames),
            ui_settings(shown, windowed=windowed),
            hooks,
            tuning=tuning,
        )
    finally:
        shop.store.close()


def hologram_display(settings: Settings) -> Shown:
    """The screens of this machine as the settings want them used. Raises: InputError: one screen for two uses."""
    return shown_on(settings, screens_here(), found_panels)


def hologram(
    shown: Shown, tuning: ScreenTuning | None = None, frames: CloudFrames | None = None
) -> Callable[[], HologramScene]:
    """How the figure is loaded, in a thread of the window's choice. tuning: told of it, to adjust it. frames: of avatars."""
    settings = shown.settings
    folder = settings.data_dir / HOLOGRAM_CACHE
    load = partial(
        load_hologram,
        folder,
        partial(_display_mode, shown),
        look=settings.character.look,
        figures=partial(chosen_figure, settings),
        scan_lines=settings.display.scan_lines,
        bloom=settings.display.bloom,
        floating=_products_float(shown),
        cloud=None if frames is None else CloudAvatar(frames, _backdrop(settings)),
    )
    return load if tuning is None else lambda: tuning.attach(load())


def _backdrop(settings: Settings) -> str:
    """What of the first avatar's picture is left out."""
    return settings.akool.backdrop if settings.providers.avatar[0] == "akool" else settings.liveavatar.backdrop


def _display_mode(shown: Shown) -> modes.DisplayMode:
    from holo_app.bootstrap.displays import display_mode  # noqa: PLC0415 - numpy: the window must not wait for it

    return display_mode(shown.settings.display, shown.found)


def ui_settings(shown: Shown, *, windowed: bool) -> UiSettings:
    """The operator's settings, as the window takes them."""
    settings = shown.settings
    return UiSettings(
        language=settings.general.language,
        windowed=windowed,
        picture_dirs=(settings.data_dir / PICTURES, sample_shop_dir()),
        target_fps=float(_frames_per_second(settings.display)),
        screen=shown.screen,
        screen_wanted=settings.display.screen,
        touch_screen=None if windowed else shown.touch,
        products_float=_products_float(shown),
        online=uses_online_services(settings),
    )


def _products_float(shown: Shown) -> bool:
    """Whether cards over the picture are out of the hologram: on another screen, or flat where the figure is not."""
    return shown.touch is not None or shown.settings.display.mode is not DisplayMode.FLAT


def _frames_per_second(display: Display) -> int:
    """A fan turns at its own pace: what is drawn beyond that only tears."""
    return min(display.fps_cap, display.fan_fps) if display.mode is DisplayMode.FAN else display.fps_cap


def engine_thread(
    settings: Settings, shop: TalkingShop, bridge: UiBridge, frames: CloudFrames | None = None
) -> EngineThread:
    """The engine on the machine's own devices, connected to the bridge as soon as it is loaded. frames: of cloud avatars."""

    async def main() -> None:
        # imported here, on the engine's thread: the window must not wait for the speech libraries
        from holo_app.bootstrap.engine import voice_loop  # noqa: PLC0415

        clock = SystemClock()
        devices = open_devices(settings, clock)
        lips = PlaybackClock(devices.speaker, clock)
        publish = bridge.post if frames is None else frames.publishing(bridge.post)
        loading = voice_loop(settings, shop, devices, publish, clock, complete=False, screen=frames)
        async with lips.running(), loading as loop:
            bridge.connect(submit=loop.submit, position_s=lips.position_s)
            await loop.run()

    def crashed(error: Exception) -> None:
        bridge.post(TroubleChanged(Trouble.NO_SPEECH_MODEL, active=True, detail=repr(error)))

    return EngineThread(main, crashed)


def _shown(engine: EngineThread, ui: KioskUi) -> None:
    engine.start()
    # a service manager's stop, or Ctrl-C of a developer: staff with a shell need no PIN. Qt's loop runs Python once a frame,
    # and there the handlers are called
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ui.quit())


def _ended(engine: EngineThread, frames_json: Path | None, ui: KioskUi) -> None:
    if not engine.stop():
        log.error("engine_stuck")
    if frames_json is not None:
        frames_json.write_text(json.dumps(ui.statistics.as_dict()), encoding="utf-8")
