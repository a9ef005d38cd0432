"""The benchmarks of the renderer themselves, and that it does not grow: only a little of each."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np

from holo_app.domain.avatar import FacePose
from holo_app.domain.speech import Viseme
from holo_app.hologram.cast import Sculpted
from holo_app.hologram.character import Detail, Morpher
from holo_app.hologram.character_store import CharacterStore
from holo_app.hologram.gl_context import release, standalone_context
from holo_app.hologram.plane import PictureFeed
from holo_app.hologram.scene import shader
from tests.benchmarks.hologram.sides import dialect
from tests.benchmarks.hologram.sides.cases import finer
from tests.benchmarks.hologram.soak import Counting, soak

ROOT = Path(__file__).parents[2]


def test_whatever_is_made_on_the_graphics_card_goes_again(store: CharacterStore) -> None:
    own = standalone_context()
    ctx = Counting(own)
    curve = soak(ctx, Sculpted(store), PictureFeed(), minutes=0.06, every_s=0.9)
    assert len(curve.objects) == 4
    assert len(set(curve.objects)) == 1, curve.objects
    assert ctx.alive == 0
    release(own)


def test_a_leak_would_be_seen() -> None:
    own = standalone_context()
    ctx = Counting(own)
    kept = ctx.buffer(reserve=16)
    ctx.buffer(reserve=16).release()
    assert ctx.alive == 1
    kept.release()
    assert ctx.alive == 0
    release(own)


def test_our_side_of_the_comparison_runs_without_the_other() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.hologram.against_qt_quick_3d", "--short"],
        cwd=ROOT, capture_output=True, text=True, timeout=90, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    *_, row = done.stdout.strip().splitlines()
    name, size, mesh, wall, processor = row.split()
    assert (name, size, mesh) == ("pyramid", "1080x1080", "15k")
    assert float(wall) > 0
    assert float(processor) > 0


def test_the_finer_mesh_is_the_same_shape_and_moves_alike(store: CharacterStore) -> None:
    coarse = store(Detail.LOW)
    fine = finer(coarse)
    assert len(fine.triangles) == 4 * len(coarse.triangles)
    assert len(fine.eye_triangles) == 4 * len(coarse.eye_triangles)
    pose = FacePose(visemes={Viseme.AA: 1.0}, blink=0.5)
    areas = []
    for character in (coarse, fine):
        points = character.positions.copy()
        points[: character.moving] = Morpher(character).apply(pose)[:, :3]
        a, b, c = (points[character.triangles[:, k]] for k in range(3))
        areas.append(np.linalg.norm(np.cross(b - a, c - a), axis=1).sum())
    assert abs(areas[1] / areas[0] - 1) < 0.001


def test_our_shaders_are_said_in_the_other_dialect() -> None:
    for per_vertex in (False, True):
        vertex = dialect.vertex(dialect.chosen(shader("figure.vert"), per_vertex=per_vertex))
        fragment = dialect.fragment(dialect.chosen(shader("figure.frag"), per_vertex=per_vertex))
        for text in (vertex, fragment):
            assert "void MAIN()" in text
            assert not any(word in text for word in ("#", "uniform", "gl_Position", "out_colour", "PASSED"))
        varying = {line for line in fragment.splitlines() if line.startswith("VARYING")}
        assert varying <= set(vertex.splitlines())
        assert ("VARYING vec3 v_colour;" in varying) == per_vertex
