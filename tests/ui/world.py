"""A kiosk screen with everything real but the voice loop, whose notices the tests post themselves."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

from PySide6.QtCore import QEventLoop
from PySide6.QtGui import QGuiApplication

from holo_app.dialogue.inputs import KioskInput
from holo_app.domain.acting import FaceCue
from holo_app.domain.avatar import Mood
from holo_app.domain.money import Money
from holo_app.domain.product import Product
from holo_app.domain.speech import VisemeCue
from holo_app.resources import resource
from holo_app.storage.store import memory_store
from holo_app.ui.bridge import UiBridge
from holo_app.ui.kiosk_ui import Graphics, KioskUi
from holo_app.ui.settings import UiSettings
from holo_app.ui.staff_pin import StaffPin
from holo_app.ui.stage import Scene

DRAWN_WITHIN_S = 20.0


class ManualClock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.seconds = 1000.0
        self.now = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)

    def monotonic(self) -> float:
        return self.seconds

    def utc(self) -> datetime:
        return self.now

    def new_id(self) -> UUID:
        return uuid4()

    def pass_time(self, seconds: float) -> None:
        self.seconds += seconds
        self.now += timedelta(seconds=seconds)


class BlankScene:
    """A stage set without a figure: only the overlay is drawn, so that its pixels can be told."""

    software = True

    def __init__(self) -> None:
        self.cues: list[VisemeCue] = []
        self.cuts: list[float] = []
        self.faces: list[FaceCue] = []
        self.glances: list[tuple[float, float]] = []
        self.beside: list[Path | None] = []
        self.moods: list[Mood] = []
        self.closed = False

    def schedule(self, cues: tuple[VisemeCue, ...]) -> None:
        self.cues.extend(cues)

    def act(self, cue: FaceCue) -> None:
        self.faces.append(cue)

    def glance(self, yaw: float, pitch: float) -> None:
        self.glances.append((yaw, pitch))

    def show_beside(self, picture: Path | None) -> None:
        self.beside.append(picture)

    def cut(self, at_s: float) -> None:
        self.cuts.append(at_s)

    def open(self) -> None:
        pass

    def draw(self, size: tuple[int, int], *, now_s: float, position_s: float, mood: Mood) -> None:
        self.moods.append(mood)

    def place(self, size: tuple[int, int]) -> None:
        pass

    def close(self) -> None:
        self.closed = True


@dataclass
class World:
    """The screen, what it sent, and where the speaker is."""

    app: QGuiApplication
    ui: KioskUi
    bridge: UiBridge
    pin: StaffPin
    clock: ManualClock
    sent: list[KioskInput] = field(default_factory=list)
    position_s: float = 0.0

    def until(self, true: Callable[[], bool], what: str) -> None:
        """Let Qt run until something holds; it must within DRAWN_WITHIN_S."""
        deadline = time.monotonic() + DRAWN_WITHIN_S
        while not true():
            if time.monotonic() > deadline:
                raise AssertionError(f"never happened: {what}")
            self.app.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents, 50)

    def frames(self, count: int = 2) -> None:
        """Let so many more frames be drawn."""
        goal = self.ui.statistics.frames + count
        self.until(lambda: self.ui.statistics.frames >= goal, f"{count} more frames")


def build_world(
    app: QGuiApplication,
    settings: UiSettings,
    *,
    load: Callable[[], Scene] = BlankScene,
    problem: str = "",
    retry_s: float = 1.0,
) -> World:
    """The kiosk on the screen, its first frame drawn."""
    bridge, clock = UiBridge(), ManualClock()
    pin = StaffPin(memory_store(), clock)
    ui = KioskUi(app, bridge, pin, Graphics(load, problem, retry_s), settings)
    world = World(app, ui, bridge, pin, clock)
    bridge.connect(submit=world.sent.append, position_s=lambda: world.position_s)
    ui.show()
    world.frames(2)
    return world


def sample_product(sku: str = "P-001", **changes: object) -> Product:
    """A watch with a picture of the sample shop."""
    values: dict[str, object] = {
        "sku": sku,
        "name": "Eagle GPS Watch, Graphite",
        "description": "A light sports watch.",
        "price": Money(17900, "GBP"),
        "stock": 7,
        "attributes": {
            "brand": "Oakwave",
            "weight": "48 g",
            "battery life": "up to 12 days, or 24 hours with GPS on",
            "warranty": "2 years",
        },
        "image": f"pictures/{sku}.svg",
        "names": {"de": "GPS-Uhr Eagle, Graphit", "fr": "Montre GPS Eagle, graphite"},
        **changes,
    }
    return Product(**values)  # type: ignore[arg-type]  # keyword values of a test


def kiosk_settings(**changes: object) -> UiSettings:
    """Settings with the sample shop's pictures."""
    values: dict[str, object] = {"picture_dirs": (resource("sample_shop"),), **changes}
    return UiSettings(**values)  # type: ignore[arg-type]  # keyword values of a test


def folder(name: str) -> Path:
    """A folder for pictures, made when missing."""
    path = Path(name)
    path.mkdir(parents=True, exist_ok=True)
    return path
