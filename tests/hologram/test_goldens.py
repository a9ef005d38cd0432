"""Every display mode against its golden picture; and proof that the pictures would catch what they are there for.

Tolerance: `goldens/cases.py`. After a wanted change: `python -m tests.hologram.goldens`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import moderngl
import pytest

from holo_app.hologram.cast import Sculpted
from holo_app.hologram.character_store import CharacterStore
from holo_app.hologram.gl_context import release, standalone_context
from holo_app.hologram.modes import DisplayMode, Plan, Size
from tests.hologram.goldens.cases import CASES, FOLDER, Case, difference, drawn, golden


@pytest.fixture(scope="module")
def own(store: CharacterStore) -> Iterator[tuple[moderngl.Context, Sculpted]]:
    ctx = standalone_context()
    yield ctx, Sculpted(store, per_vertex=False)
    release(ctx)


@pytest.fixture
def ctx(own: tuple[moderngl.Context, Sculpted]) -> Iterator[moderngl.Context]:
    with own[0]:
        yield own[0]


@pytest.fixture
def figures(own: tuple[moderngl.Context, Sculpted]) -> Sculpted:
    return own[1]


@pytest.mark.parametrize("name", CASES)
def test_the_picture_is_the_golden_one(name: str, ctx: moderngl.Context, figures: Sculpted) -> None:
    apart = difference(drawn(ctx, figures, CASES[name]), golden(name))
    assert apart.tolerable, apart


def test_each_golden_picture_belongs_to_a_case_and_is_small() -> None:
    files = {path.stem: path.stat().st_size for path in FOLDER.glob("*.png")}
    assert files.keys() == CASES.keys()
    assert max(files.values()) < 25_000


def test_no_golden_picture_passes_for_another() -> None:
    pictures = {name: golden(name) for name in CASES}
    for name, picture in pictures.items():
        for other, another in pictures.items():
            if other != name and another.shape == picture.shape:
                assert not difference(picture, another).tolerable, (name, other)


class Miswritten:
    """A context whose compiler is given another text than the renderer's. Everything else is the real one's."""

    def __init__(self, ctx: moderngl.Context, right: str, wrong: str) -> None:
        self._ctx = ctx
        self._right = right
        self._wrong = wrong
        self.changed = 0

    def program(self, *, vertex_shader: str, fragment_shader: str) -> moderngl.Program:
        self.changed += (vertex_shader + fragment_shader).count(self._right)
        vertex, fragment = (text.replace(self._right, self._wrong) for text in (vertex_shader, fragment_shader))
        return self._ctx.program(vertex_shader=vertex, fragment_shader=fragment)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._ctx, name)

    def __setattr__(self, name: str, value: Any) -> None:
        if name in ("depth_func", "blend_func"):
            setattr(self._ctx, name, value)
        else:
            super().__setattr__(name, value)


def test_a_shader_that_is_only_written_otherwise_is_not_broken(ctx: moderngl.Context, figures: Sculpted) -> None:
    rewritten = Miswritten(ctx, "out_colour = vec4(colour, 1.0)", "out_colour = vec4(colour, 0.5 + 0.5)")
    assert difference(drawn(rewritten, figures, CASES["flat_0"]), golden("flat_0")).tolerable
    assert rewritten.changed


def test_light_per_vertex_looks_the_same(ctx: moderngl.Context, figures: Sculpted) -> None:
    """What a machine without a graphics card shows."""
    apart = difference(drawn(ctx, replace(figures, per_vertex=True), CASES["flat_0"]), golden("flat_0"))
    assert 0 < apart.mean < 1.5
    assert apart.tolerable


@pytest.mark.parametrize(
    ("name", "right", "wrong"),
    [
        ("flat_0", "out_colour = vec4(colour, 1.0)", "out_colour = vec4(colour.bgr, 1.0)"),
        ("flat_0", "out_colour = vec4(colour, alpha)", "out_colour = vec4(colour, 0.0)"),
        ("flat_0", "u_project * vec4(world, 1.0)", "u_project * vec4(rest, 1.0)"),
        ("flat_0", "u_project * vec4(world, 1.0)", "u_project * vec4(world, 1.03)"),
        ("pyramid_4_in", "texture(u_picture, v_uv)", "texture(u_picture, vec2(1.0 - v_uv.x, v_uv.y))"),
        ("fan", "texture(u_picture, v_uv)", "texture(u_picture, v_uv).bgra"),
        ("lenticular", "phase = 1.0 - phase", "phase = phase"),
        ("lenticular_celled", "pixel % PATTERN", "(pixel + 1) % PATTERN"),
        ("lenticular", "vec3(floor(phase * float(views)))", "vec3(floor(phase * float(views)) + 1.0)"),
    ],
)
def test_a_broken_shader_is_seen(name: str, right: str, wrong: str, ctx: moderngl.Context, figures: Sculpted) -> None:
    miswritten = Miswritten(ctx, right, wrong)
    picture = drawn(miswritten, figures, CASES[name])
    assert miswritten.changed, "the shader's text has changed: change the test's too"
    assert not difference(picture, golden(name)).tolerable


@dataclass(frozen=True)
class Mistaken:
    """A mode with a mistake in its plan."""

    mode: DisplayMode
    mistake: Callable[[Plan], Plan]

    def plan(self, size: Size) -> Plan:
        return self.mistake(self.mode.plan(size))


def _without_the_last_view(plan: Plan) -> Plan:
    return replace(plan, views=plan.views[:-1])


def _in_reverse(plan: Plan) -> Plan:
    areas = [view.area for view in reversed(plan.views)]
    return replace(plan, views=tuple(replace(view, area=area) for view, area in zip(plan.views, areas, strict=True)))


def _neighbours_swapped(plan: Plan) -> Plan:
    first, second, *rest = plan.views
    swapped = replace(first, area=second.area), replace(second, area=first.area)
    return replace(plan, views=(*swapped, *rest))


def _all_from_the_first_camera(plan: Plan) -> Plan:
    return replace(plan, views=tuple(replace(view, camera=plan.views[0].camera) for view in plan.views))


def _mirrored(plan: Plan) -> Plan:
    return replace(plan, polygons=tuple(tuple((x, y, 1 - u, v) for x, y, u, v in shape) for shape in plan.polygons))


def _without_a_polygon(plan: Plan) -> Plan:
    return replace(plan, polygons=plan.polygons[1:])


MANY = ("stereo_beside_half", "stereo_above_full", "quilt", "lenticular")
PLACED = ("flat_0", "flat_90", "pyramid_3_in", "pyramid_4_out", "hololuminescent", "fan")


@pytest.mark.parametrize(
    ("name", "mistake"),
    [
        *((name, mistake) for name in MANY for mistake in (_without_the_last_view, _in_reverse, _neighbours_swapped)),
        *((name, _all_from_the_first_camera) for name in MANY),
        *((name, _mirrored) for name in PLACED),
        *((name, _without_a_polygon) for name in ("pyramid_3_in", "pyramid_4_out")),
    ],
)
def test_a_mistaken_mode_is_seen(
    name: str, mistake: Callable[[Plan], Plan], ctx: moderngl.Context, figures: Sculpted
) -> None:
    case = CASES[name]
    wrong = Case(Mistaken(case.mode, mistake), case.size, case.settings)
    assert not difference(drawn(ctx, figures, wrong), golden(name)).tolerable
