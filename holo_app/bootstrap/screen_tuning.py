"""One screen's display settings, changed while they are shown: for `holo-app calibrate` and for staff at the kiosk."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import structlog

from holo_app.bootstrap.screens import Shown, calibrations
from holo_app.config import Nudges, Value
from holo_app.errors import HoloError, InputError
from holo_app.hologram.calibrating.adjustments import adjustments_of
from holo_app.hologram.calibrating.cards import Card, cards_of

if TYPE_CHECKING:
    from holo_app.hologram.calibrating.board import Board
    from holo_app.hologram.modes import DisplayMode
    from holo_app.ui.hologram_scene import HologramScene


log = structlog.get_logger(__name__)


class ScreenTuning:
    """The adjusting of one screen in its mode: `holo_app.ui.calibration_model.DisplayTuning`.

    look: looks again which screens there are, and what they are.
    """

    def __init__(self, shown: Shown, look: Callable[[], Shown] | None = None) -> None:
        self._look = look
        self._board: Board | None = None
        self._wanted: tuple[DisplayMode, Card] | None = None
        self._turn_to(shown)

    def _turn_to(self, shown: Shown) -> None:
        self._shown = shown
        self.mode = shown.plain.display.mode.value
        self.screen = shown.screen.title if shown.screen is not None else ""
        self.adjustments = adjustments_of(self.mode)
        self.cards = cards_of(self.mode)

    def attach(self, scene: HologramScene) -> HologramScene:
        """Adjust what this scene shows."""
        self._board = scene.board
        if self._wanted is not None:
            self._board.show(*self._wanted)
        return scene

    def refit(self) -> None:
        """A display was plugged in: show the figure as this one needs it, which may be another than before."""
        if self._look is None:
            return
        try:
            self._turn_to(self._look())
            self.show(self.saved(), Card.FIGURE)
        except HoloError as error:
            log.warning("display_not_refitted", reason=str(error))

    def defaults(self) -> Nudges:
        """Every adjustment as the settings alone have it."""
        return {one.name: getattr(self._shown.plain.display, one.name) for one in self.adjustments}

    def saved(self) -> Nudges:
        """As the calibration that is in use has it."""
        return {one.name: getattr(self._shown.settings.display, one.name) for one in self.adjustments}

    def show(self, values: Mapping[str, Value], card: Card) -> None:
        """Draw so from the next frame on, or as soon as there is a figure."""
        from holo_app.bootstrap.displays import display_mode  # noqa: PLC0415 - numpy: the kiosk's window must not wait for it

        mode = display_mode(self._shown.plain.replaced("display", **values).display, self._shown.found)
        self._wanted = (mode, card)
        if self._board is not None:
            self._board.show(mode, card)

    def save(self, nudges: Mapping[str, Value]) -> None:
        """Keep these for this screen. Raises: InputError: they cannot be written."""
        plain, screen = self._shown.plain, self._shown.screen
        if screen is None:
            raise InputError("there is no screen to keep the calibration for")
        calibrations(plain).save(screen.key, plain.display.mode, dict(nudges))
        self._shown = Shown(plain.replaced("display", **nudges), plain, screen, self._shown.touch, self._shown.found)
