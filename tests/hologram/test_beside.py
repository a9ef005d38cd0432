"""A product floats beside the figure: its model turns, its picture sways, and it goes without a trace."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import moderngl
import numpy as np
import pytest
import trimesh
from numpy.typing import NDArray
from PIL import Image

from holo_app.domain.avatar import FacePose
from holo_app.errors import InputError
from holo_app.hologram.beside import Accompanied, Sheet, Showcase, Spot, load_thing, placed
from holo_app.hologram.camera import Camera, frame
from holo_app.hologram.cast import Drawn
from holo_app.hologram.character import Detail
from holo_app.hologram.gl_context import release, standalone_context
from holo_app.hologram.scene import Lines

SIZE = (90, 160)
CAMERA = frame(SIZE[0] / SIZE[1])


class Nobody:
    """A figure that is not there."""

    def __init__(self) -> None:
        self.released = 0

    def pose(self, pose: FacePose) -> None: ...

    def draw(self, camera: Camera, lines: Lines) -> None: ...

    def release(self) -> None:
        self.released += 1


class Clock:
    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture(scope="module")
def ctx() -> Iterator[moderngl.Context]:
    ctx = standalone_context()
    yield ctx
    assert ctx.error == "GL_NO_ERROR"
    release(ctx)


@pytest.fixture(scope="module")
def target(ctx: moderngl.Context) -> moderngl.Framebuffer:
    return ctx.simple_framebuffer(SIZE, 3)


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Red in front, as trimesh writes it: in vertex colours, without morphs or skin, and as large as a house."""
    mesh = trimesh.creation.box((20, 8, 4))
    mesh.visual.vertex_colors = [255, 40, 40, 255]
    mesh.apply_translation((500, 0, 0))
    path = tmp_path_factory.mktemp("products") / "box.glb"
    trimesh.Scene([mesh]).export(str(path))  # type: ignore[no-untyped-call]  # so it is published
    return path


@pytest.fixture(scope="module")
def card(box: Path) -> Path:
    path = box.parent / "card.png"
    pixels = np.full((60, 120, 3), (20, 200, 60), np.uint8)
    pixels[:, :30] = (220, 20, 20)
    Image.fromarray(pixels).save(path)
    return path


def company(ctx: moderngl.Context, showcase: Showcase) -> tuple[Drawn, Nobody]:
    nobody = Nobody()
    return Accompanied(lambda _ctx, _detail: nobody, showcase)(ctx, Detail.LOW), nobody


def shot(figure: Drawn, target: moderngl.Framebuffer) -> NDArray[np.float64]:
    target.use()
    target.clear(0, 0, 0, 1)
    figure.pose(FacePose())
    figure.draw(CAMERA, Lines(0.0, 1.0, 0.0))
    seen = np.frombuffer(target.read(components=3, alignment=1), np.uint8)
    return seen.reshape(SIZE[1], SIZE[0], 3)[::-1].astype(float)


def spread(seen: NDArray[np.float64]) -> tuple[int, int]:
    """Columns and rows that are lit."""
    lit = seen.max(axis=2) > 20
    return int(lit.any(axis=0).sum()), int(lit.any(axis=1).sum())


def test_a_model_grows_turns_and_goes(ctx: moderngl.Context, target: moderngl.Framebuffer, box: Path) -> None:
    clock = Clock()
    showcase = Showcase(clock)
    figure, nobody = company(ctx, showcase)
    assert shot(figure, target).max() == 0
    showcase.show(load_thing(box))
    assert spread(shot(figure, target)) <= (1, 1), "it begins as a point"
    clock.now_s += 0.15
    young = spread(shot(figure, target))
    clock.now_s += 1.0
    grown = spread(shot(figure, target))
    clock.now_s += 2.5
    turned = spread(shot(figure, target))
    assert 4 < young[0] < grown[0]
    assert abs(turned[0] - grown[0]) > 3
    showcase.show(None)
    assert shot(figure, target).max() == 0
    figure.release()
    assert nobody.released == 1


@pytest.mark.parametrize("name", ["box", "card"])
def test_it_stands_beside_the_face_within_the_picture(
    ctx: moderngl.Context, target: moderngl.Framebuffer, request: pytest.FixtureRequest, name: str
) -> None:
    clock = Clock()
    showcase = Showcase(clock)
    figure, _ = company(ctx, showcase)
    showcase.show(load_thing(request.getfixturevalue(name)), already_s=10.0)
    for _ in range(5):
        clock.now_s += 1.9
        lit = np.nonzero(shot(figure, target).max(axis=2) > 20)
        assert len(lit[0]) > 60
        assert lit[1].min() > SIZE[0] // 2, "at the viewer's right"
        assert lit[1].max() < SIZE[0] - 1
        assert SIZE[1] * 0.45 < lit[0].min() <= lit[0].max() < SIZE[1] * 0.72, "under the face, over the captions"
    figure.release()


def test_a_picture_is_the_right_way_round(ctx: moderngl.Context, target: moderngl.Framebuffer, card: Path) -> None:
    showcase = Showcase(Clock())
    figure, _ = company(ctx, showcase)
    thing = load_thing(card)
    assert isinstance(thing, Sheet)
    showcase.show(thing, already_s=10.0)
    seen = shot(figure, target)
    columns = np.nonzero(seen.max(axis=2).any(axis=0))[0]
    left, right = (seen[:, columns[at]].sum(axis=0) for at in (len(columns) // 8, -len(columns) // 4))
    assert left[0] > 2 * left[1]
    assert right[1] > 2 * right[0]
    figure.release()


def test_the_same_thing_again_does_not_begin_anew(box: Path) -> None:
    clock = Clock()
    showcase = Showcase(clock)
    thing = load_thing(box)
    showcase.show(thing)
    clock.now_s += 3
    showcase.show(thing)
    assert showcase.age_s == 3


def test_its_place_is_never_without_size() -> None:
    """A matrix without size would make normals of nothing."""
    for age_s in (0.0, 0.1, 0.5, 7.0):
        place = placed(Spot(), age_s, 0.0, 10.0)
        size = np.linalg.norm(place[:3, :3], axis=0)
        assert size == pytest.approx([size[0]] * 3, rel=1e-5)
        assert 0 < size[0] <= 3.1 + 1e-5


@pytest.mark.parametrize(("name", "content"), [("a.png", b"GIF89a"), ("a.glb", b"glTF"), ("gone.png", None)])
def test_what_cannot_be_shown_is_refused(tmp_path: Path, name: str, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError, match="cannot be used") as caught:
        load_thing(tmp_path / name)
    assert caught.value.problems[0].count(". ") >= 1
