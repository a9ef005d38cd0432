"""The calibration screen as QML sees it."""

# ruff: noqa: N802 - names that QML sees are in its own style
from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import structlog
from PySide6.QtCore import Property, QObject, Signal, Slot
from PySide6.QtQml import QmlElement

from holo_app.errors import HoloError
from holo_app.hologram.calibrating.adjustments import COARSE, Adjustment, Unit, Value
from holo_app.hologram.calibrating.cards import Card
from holo_app.ui import calibration_flow as flow
from holo_app.ui.calibration_flow import Tuning
from holo_app.ui.phrases import Phrases

QML_IMPORT_NAME = "Holo"
QML_IMPORT_MAJOR_VERSION = 1

FORGOTTEN_AFTER_S = 300.0
"""Staff who went away leave the kiosk to the next customer."""

log = structlog.get_logger(__name__)


class DisplayTuning(Protocol):
    """What is adjusted: one screen in one mode. mode, screen: for the title. defaults, saved: values by name."""

    mode: str
    screen: str
    adjustments: tuple[Adjustment, ...]
    cards: tuple[Card, ...]

    def defaults(self) -> Mapping[str, Value]: ...

    def saved(self) -> Mapping[str, Value]: ...

    def show(self, values: Mapping[str, Value], card: Card) -> None:
        """Draw so from the next frame on."""

    def save(self, nudges: Mapping[str, Value]) -> None:
        """Keep these for this screen. Raises: HoloError: they cannot be kept."""

    def refit(self) -> None:
        """A display was plugged in, which may be another than before: show what it needs."""


@QmlElement
class HoloCalibration(QObject):
    """Closed at first. While it is open the stage shows its test picture; closing brings the figure back, as it was saved."""

    changed = Signal()
    closed = Signal()

    def __init__(self, phrases: Phrases, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._phrases = phrases
        self._service: DisplayTuning | None = None
        self._tuning: Tuning | None = None
        self._message = ""
        self._hidden = False
        self._now_s = 0.0
        self._touched_s = 0.0

    def begin(self, service: DisplayTuning, phrases: Phrases) -> None:
        """Open for a screen."""
        self._service, self._phrases = service, phrases
        self._message, self._hidden = "", False
        self._enter(flow.began(service.adjustments, service.cards, service.defaults(), service.saved()))

    def tick(self, now_s: float) -> None:
        """Once a frame: a forgotten screen closes. now_s: monotonic."""
        if self._now_s == 0.0 or self._tuning is None:
            self._touched_s = now_s
        self._now_s = now_s
        if now_s - self._touched_s > FORGOTTEN_AFTER_S:
            self.leave()

    @property
    def tuning(self) -> Tuning | None:
        """Where it stands; None while closed."""
        return self._tuning

    @Slot(int)
    def nudge(self, steps: int) -> None:
        """Move the held value by so many steps."""
        if self._tuning:
            self._enter(flow.nudged(self._tuning, steps))

    @Slot(int)
    def hold(self, index: int) -> None:
        """Hold another value."""
        if self._tuning:
            self._enter(flow.holding(self._tuning, index))

    @Slot(int)
    def showCard(self, index: int) -> None:
        """Another test picture."""
        if self._tuning:
            self._enter(flow.showing(self._tuning, index))

    @Slot()
    def reset(self) -> None:
        """The held value as the settings say."""
        if self._tuning:
            self._enter(flow.reset_one(self._tuning))

    @Slot()
    def resetAll(self) -> None:
        """Every value as the settings say."""
        if self._tuning:
            self._enter(flow.reset_all(self._tuning))

    @Slot()
    def save(self) -> None:
        """Keep the values for this screen."""
        if not (self._tuning and self._service):
            return
        try:
            self._service.save(self._tuning.nudges)
        except HoloError as error:
            log.warning("calibration_not_saved", reason=str(error))
            self._say("not_saved")
            return
        self._tuning = flow.kept(self._tuning)
        self._say("saved")

    @Slot()
    def leave(self) -> None:
        """Close; what was not saved is gone."""
        if not (self._tuning and self._service):
            return
        self._service.show(flow.given_up(self._tuning).values, Card.FIGURE)
        self._tuning = self._service = None
        self.changed.emit()
        self.closed.emit()

    @Slot()
    def hide(self) -> None:
        """Put the controls away, or bring them back: they lie over the picture."""
        self._hidden = not self._hidden
        self.changed.emit()

    def _enter(self, tuning: Tuning) -> None:
        self._tuning, self._message, self._touched_s = tuning, "", self._now_s
        if self._service:
            self._service.show(tuning.values, tuning.card)
        self.changed.emit()

    def _say(self, key: str) -> None:
        self._message = self._word(key)
        self.changed.emit()

    def _word(self, key: str) -> str:
        return self._phrases.text("calibration", key)

    def _shown(self, adjustment: Adjustment, value: Value) -> str:
        """A value in words and its unit."""
        figures = adjustment.shown(value)
        if adjustment.unit is Unit.CHOICE:
            return self._word(f"choice_{figures.replace('-', '_')}")
        return self._phrases.text("calibration", f"unit_{adjustment.unit.value}", value=figures)

    @Property(bool, notify=changed)
    def open(self) -> bool:
        return self._tuning is not None

    @Property(bool, notify=changed)
    def hidden(self) -> bool:
        return self._hidden

    @Property(str, notify=changed)
    def title(self) -> str:
        """The screen and its mode."""
        service = self._service
        return f"{self._word('mode_' + service.mode)} · {service.screen}" if service else ""

    @Property(list, notify=changed)
    def rows(self) -> list[dict[str, object]]:
        """Every value: its name, and how it stands."""
        tuning = self._tuning
        if tuning is None:
            return []
        return [
            {"name": self._word(one.name), "value": self._shown(one, tuning.values[one.name])}
            for one in tuning.adjustments
        ]

    @Property(int, notify=changed)
    def held(self) -> int:
        return self._tuning.held if self._tuning else 0

    @Property(str, notify=changed)
    def stepText(self) -> str:
        """How much one nudge moves the held value; empty for a choice."""
        tuning = self._tuning
        if tuning is None or not tuning.adjustment.step_shown:
            return ""
        step = self._phrases.text(
            "calibration", f"unit_{tuning.adjustment.unit.value}", value=tuning.adjustment.step_shown
        )
        return self._phrases.text("calibration", "step", step=step)

    @Property(bool, notify=changed)
    def choice(self) -> bool:
        """Whether the held value goes around a few."""
        return bool(self._tuning and self._tuning.adjustment.choices)

    @Property(int, notify=changed)
    def card(self) -> int:
        return self._tuning.shown if self._tuning else 0

    @Property(str, notify=changed)
    def cardName(self) -> str:
        return self._word(f"card_{self._tuning.card.value}") if self._tuning else ""

    @Property(str, notify=changed)
    def cardHint(self) -> str:
        """What to look for in the test picture."""
        return self._word(f"hint_{self._tuning.card.value}") if self._tuning else ""

    @Property(bool, notify=changed)
    def unsaved(self) -> bool:
        return bool(self._tuning and self._tuning.unsaved)

    @Property(str, notify=changed)
    def message(self) -> str:
        """What became of saving."""
        return self._message

    @Property(int, constant=True)
    def coarse(self) -> int:
        """Steps of a large nudge."""
        return COARSE

    @Property(dict, notify=changed)
    def words(self) -> dict[str, str]:
        """The screen's fixed words."""
        return dict(self._phrases.tables["calibration"])
