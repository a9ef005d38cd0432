"""The kiosk's window asks for the mouth of the moment at which a frame will be seen."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QGuiApplication

from holo_app.domain.avatar import Mood
from tests.ui.world import BlankScene, build_world, kiosk_settings

pytestmark = pytest.mark.window


class Heard:
    """A speaker's position that moves with each look at it, while it moves at all."""

    def __init__(self) -> None:
        self.step_s = 0.001
        self.position_s = 0.0

    def look(self) -> float:
        self.position_s += self.step_s
        return self.position_s


class WatchingScene(BlankScene):
    """Writes down how far ahead of what is heard it is asked to draw."""

    def __init__(self, heard: Heard) -> None:
        super().__init__()
        self._heard = heard
        self.ahead_s: list[float] = []

    def draw(self, size: tuple[int, int], *, now_s: float, position_s: float, mood: Mood) -> None:
        self.ahead_s.append(position_s - self._heard.position_s)


def test_lips_run_ahead_of_moving_sound_only(qapp: QGuiApplication) -> None:
    heard = Heard()
    scene = WatchingScene(heard)
    world = build_world(qapp, kiosk_settings(size=(270, 480)), load=lambda: scene)
    world.bridge.connect(submit=world.sent.append, position_s=heard.look)
    try:
        world.until(lambda: len(scene.ahead_s) > 4, "the scene is drawn")
        assert all(0.010 < ahead_s < 0.4 for ahead_s in scene.ahead_s[2:]), scene.ahead_s
        heard.step_s = 0.0
        world.frames(3)
        assert scene.ahead_s[-1] == 0.0
    finally:
        world.ui.close()
