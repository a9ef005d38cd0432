"""A graphics card that fails while the kiosk runs, or is too old from the start: a still picture, the voice, and back again."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import moderngl
import pytest
from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication, QImage

from holo_app.dialogue.notices import LoopReady, MouthScheduled
from holo_app.domain.avatar import Mood
from holo_app.domain.kiosk import Trouble
from holo_app.domain.speech import Viseme, VisemeCue
from holo_app.hologram.gl_context import current_context
from tests.ui.world import BlankScene, World, build_world, kiosk_settings

pytestmark = pytest.mark.window
ROOT = Path(__file__).parents[2]


class Flickering(BlankScene):
    """Fills the window with red; fails as often as it is told to, in the half of the frame that it is told."""

    def __init__(self) -> None:
        super().__init__()
        self.failures: dict[str, int] = {}
        self.events: list[str] = []
        self._ctx: moderngl.Context | None = None

    def _attempt(self, what: str) -> None:
        if self.failures.get(what, 0) > 0:
            self.failures[what] -= 1
            raise RuntimeError(f"no memory left to {what}")

    def open(self) -> None:
        self._attempt("open")
        self._ctx = current_context()
        self.events.append("open")

    def draw(self, size: tuple[int, int], *, now_s: float, position_s: float, mood: Mood) -> None:
        self._attempt("draw")

    def place(self, size: tuple[int, int]) -> None:
        self._attempt("place")
        if self._ctx is not None:
            self._ctx.detect_framebuffer().clear(1.0, 0.0, 0.0, 1.0)

    def close(self) -> None:
        self.events.append("close")


@pytest.fixture
def scene() -> Flickering:
    return Flickering()


@pytest.fixture
def world(qapp: QGuiApplication, scene: Flickering) -> Iterator[World]:
    world = build_world(qapp, kiosk_settings(size=(270, 480)), load=lambda: scene, retry_s=0.02)
    world.bridge.post(LoopReady())
    world.until(lambda: world.ui.stage.ready, "the scene is open")
    yield world
    world.ui.close()


def _troubles(world: World) -> dict[Trouble, str]:
    return dict(world.ui.kiosk.status_model.inputs.troubles)


def _still(world: World) -> bool:
    still = world.ui.window.findChild(QObject, "still")
    return bool(still is not None and still.property("visible"))


def _red(world: World, folder: Path) -> bool:
    world.ui.grab(folder / "shot.png")
    return QImage(str(folder / "shot.png")).pixelColor(4, 300).red() > 200


@pytest.mark.parametrize("half", ["draw", "place"])
def test_a_failure_shows_the_still_and_the_figure_comes_back(
    world: World, scene: Flickering, half: str, tmp_path: Path
) -> None:
    seen: list[tuple[bool, dict[Trouble, str]]] = []
    world.ui.stage.failed.connect(lambda _reason: seen.append((_still(world), _troubles(world))))
    world.frames(2)
    assert _red(world, tmp_path)
    scene.failures = {half: 1, "open": 2}
    world.until(lambda: bool(seen), "the failure is named")
    assert seen == [(True, {Trouble.NO_GRAPHICS: f"no memory left to {half}"})]
    world.until(lambda: not _troubles(world), "the trouble is over")
    assert not _still(world)
    world.frames(2)
    assert _red(world, tmp_path)
    assert scene.events == ["open", "close", "open"]
    assert scene.failures == {half: 0, "open": 0}, "it was tried again until it went well"


def test_the_mouth_is_heard_of_while_there_is_no_picture(world: World, scene: Flickering) -> None:
    scene.failures = {"draw": 1, "open": 1000}
    world.until(lambda: Trouble.NO_GRAPHICS in _troubles(world), "the failure is named")
    cue = VisemeCue(Viseme.AA, 0.0, 0.1)
    world.bridge.post(MouthScheduled((cue,)))
    world.until(lambda: scene.cues == [cue], "the scene hears of it")


def test_a_new_scene_graph_gets_a_new_figure(world: World, scene: Flickering, tmp_path: Path) -> None:
    """After a reset of the card Qt lets its scene graph go, and makes another with the next frame; said here in its place."""
    world.ui.window.sceneGraphInvalidated.emit()
    assert scene.events == ["open", "close"]
    world.until(lambda: scene.events == ["open", "close", "open"], "it is opened in the new one")
    world.frames(2)
    assert not _troubles(world)
    assert _red(world, tmp_path)


OLD_DRIVER = """
import sys
from holo_app.ui.qt_setup import create_app, graphics_problem, use_software_scene
from PySide6.QtCore import QObject
app = create_app()
problem = graphics_problem()
use_software_scene()
from tests.ui.world import build_world, kiosk_settings
world = build_world(app, kiosk_settings(size=(270, 480)), problem=problem)
world.frames(2)
[(trouble, detail)] = world.ui.kiosk.status_model.inputs.troubles.items()
print(trouble.value, "|", detail, "|", world.ui.window.findChild(QObject, "still").property("visible"))
world.ui.close()
"""


@pytest.mark.usefixtures("qapp")
def test_a_driver_that_is_too_old_shows_the_still_from_the_start() -> None:
    """In a process of its own, because a driver reads its environment once: Mesa is told what to offer."""
    environment = {**os.environ, "MESA_GL_VERSION_OVERRIDE": "2.1", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", OLD_DRIVER], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    trouble, reason, still = done.stdout.strip().splitlines()[-1].split(" | ")
    assert trouble == Trouble.NO_GRAPHICS.value
    assert "OpenGL" in reason
    assert still == "True"
