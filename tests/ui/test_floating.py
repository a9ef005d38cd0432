"""What floats beside the figure where cards are no part of the hologram."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import trimesh
from PySide6.QtGui import QGuiApplication, QImage

from holo_app.bootstrap.kiosk import ui_settings
from holo_app.bootstrap.screens import Shown
from holo_app.config import Settings
from holo_app.dialogue.notices import LoopReady, ProductsShown
from holo_app.hologram.avatars.load import Solid
from holo_app.hologram.beside import Sheet, Thing
from holo_app.knowledge.sample_shop import sample_shop_dir
from holo_app.ui.floating import ThingLoader, load_floating
from holo_app.ui.hologram_scene import load_hologram
from holo_app.ui.settings import UiSettings
from holo_app.ui.stage import Scene
from tests.ui.world import BlankScene, World, build_world, kiosk_settings, sample_product

Opener = Callable[[Callable[[], Scene], UiSettings], World]
WATCH = sample_shop_dir() / "pictures" / "P-001.svg"
ORANGE = (240, 120, 20)


@pytest.fixture
def opened(qapp: QGuiApplication) -> Iterator[Opener]:
    """Opens kiosks and closes them."""
    worlds: list[World] = []

    def open_one(load: Callable[[], Scene], settings: UiSettings) -> World:
        worlds.append(build_world(qapp, settings, load=load))
        worlds[-1].bridge.post(LoopReady())
        worlds[-1].until(lambda: worlds[-1].ui.stage.ready, "the stage is set")
        return worlds[-1]

    yield open_one
    for world in worlds:
        world.ui.close()


def painted(path: Path, size: tuple[int, int] = (40, 80)) -> Path:
    image = QImage(*size, QImage.Format.Format_RGB888)
    image.fill(ORANGE[0] << 16 | ORANGE[1] << 8 | ORANGE[2])
    assert image.save(str(path))
    return path


def sheet_of(thing: Thing | None) -> Sheet:
    assert isinstance(thing, Sheet)
    return thing


def test_a_drawing_is_read_at_the_size_that_is_shown() -> None:
    pixels = sheet_of(load_floating(WATCH)).pixels
    assert max(pixels.shape[:2]) == 512
    assert set(np.unique(pixels[..., 3])) >= {255}


def test_a_photograph_keeps_its_shape_and_colours(tmp_path: Path) -> None:
    pixels = sheet_of(load_floating(painted(tmp_path / "a.png"))).pixels
    assert pixels.shape == (512, 256, 4)
    assert np.all(pixels == (*ORANGE, 255))


def test_a_model_beside_the_picture_is_shown_instead_unless_it_is_damaged(tmp_path: Path) -> None:
    picture, model = painted(tmp_path / "a.png"), tmp_path / "a.glb"
    trimesh.creation.box().export(model)
    assert isinstance(load_floating(picture), Solid)

    model.write_bytes(model.read_bytes()[:100])
    assert isinstance(load_floating(picture), Sheet)


def test_what_cannot_be_read_is_not_shown(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_text("no picture")
    assert load_floating(tmp_path / "a.png") is None


def test_what_was_wanted_before_never_arrives_after_it(tmp_path: Path) -> None:
    late, on_time = threading.Event(), threading.Event()

    def load(picture: Path) -> Sheet:
        if picture.name == "slow":
            assert late.wait(10)
        on_time.set()
        return Sheet(picture.name, np.zeros((1, 1, 4), np.uint8))

    loader = ThingLoader(load)
    loader.want(tmp_path / "slow")
    slow = next(thread for thread in threading.enumerate() if thread.name == "product-load")
    loader.want(None)
    assert loader.arrived() == (None,)
    late.set()
    slow.join(10)
    assert loader.arrived() is None

    loader.want(tmp_path / "quick")
    for thread in threading.enumerate():
        if thread.name == "product-load":
            thread.join(10)
    arrived = loader.arrived()
    assert arrived is not None
    assert sheet_of(arrived[0]).name == "quick"
    assert loader.arrived() is None


@pytest.mark.parametrize(
    ("display", "floats"),
    [({}, False), ({"mode": "flat"}, False), ({"mode": "pyramid"}, True), ({"mode": "quilt"}, True)],
)
def test_products_float_where_cards_are_no_part_of_the_hologram(display: dict[str, str], floats: bool) -> None:
    settings = Settings().replaced("display", **{"mode": "flat", **display})
    assert ui_settings(Shown(settings, settings), windowed=True).products_float is floats


@pytest.mark.window
@pytest.mark.parametrize("floats", [True, False])
def test_the_stage_is_told_what_is_spoken_of(opened: Opener, floats: bool) -> None:
    scene = BlankScene()
    settings = replace(kiosk_settings(size=(540, 960)), products_float=floats, picture_dirs=(sample_shop_dir(),))
    world = opened(lambda: scene, settings)
    watch = sample_product()
    for products in ((watch,), (watch,), ()):
        world.bridge.post(ProductsShown(products))
        world.frames(2)
    assert scene.beside == ([sample_shop_dir() / str(watch.image), None] if floats else [])


@pytest.mark.window
def test_the_product_is_seen_beside_the_figure(opened: Opener, tmp_path: Path) -> None:
    painted(tmp_path / "a.png", (80, 80))
    settings = replace(kiosk_settings(size=(540, 960)), products_float=True, picture_dirs=(tmp_path,))
    world = opened(lambda: load_hologram(tmp_path, floating=True), settings)

    def orange() -> bool:
        world.ui.grab(tmp_path / "shot.png")
        shot = QImage(str(tmp_path / "shot.png"))
        colours = [shot.pixelColor(x, y) for x in range(300, 540, 3) for y in range(400, 700, 3)]
        return sum(c.red() > 150 > c.green() > 60 > c.blue() for c in colours) > 60

    assert not orange()
    world.bridge.post(ProductsShown((replace(sample_product(), image="a.png"),)))
    world.until(orange, "the product floats beside the figure")
