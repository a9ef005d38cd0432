from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from holo_app.domain.avatar import FacePose
from holo_app.domain.speech import Viseme
from holo_app.hologram.character import Detail, Morpher
from holo_app.hologram.character_store import CharacterStore
from holo_app.hologram.sculpt.fields import Distances, Points, ellipsoid, smooth_cut
from holo_app.hologram.sculpt.head import HeadDetail, sculpt_head
from holo_app.hologram.sculpt.part import mesh_normals
from holo_app.hologram.sculpt.surface_nets import surface_nets


def _ball(points: Points) -> Distances:
    return ellipsoid(points, (0, 0, 0), (3, 3, 3))


def test_surface_nets_close_a_ball() -> None:
    vertices, normals, triangles = surface_nets(_ball, (-4, -4, -4), (4, 4, 4), 0.4)
    assert np.linalg.norm(vertices, axis=1) == pytest.approx(3.0, abs=0.01)
    assert (normals * vertices).sum(axis=1) == pytest.approx(3.0, abs=0.02)
    edges = Counter((int(a), int(b)) for t in triangles for a, b in ((t[0], t[1]), (t[1], t[2]), (t[2], t[0])))
    assert set(edges.values()) == {1}
    assert all((b, a) in edges for a, b in edges), "each edge has its other side: no holes"
    assert (mesh_normals(vertices, triangles) * normals).sum(axis=1).min() > 0.9, "wound outwards"


def test_cutting_leaves_what_is_outside_the_knife() -> None:
    points = np.array([[2.5, 0, 0], [-2.5, 0, 0]], np.float32)
    cut = smooth_cut(_ball(points), ellipsoid(points, (3, 0, 0), (2, 2, 2)), 0.2)
    assert cut[0] > 0 > cut[1]


@pytest.mark.parametrize("detail", list(Detail))
def test_the_character_is_whole(store: CharacterStore, detail: Detail) -> None:
    character = store(detail)
    count = len(character.positions)
    assert count < (16_000 if detail is Detail.NORMAL else 8_000)
    assert np.isfinite(character.positions).all()
    assert np.linalg.norm(character.normals, axis=1) == pytest.approx(1.0, abs=0.02)
    assert character.triangles.max() < count
    assert len(np.unique(character.triangles)) == count, "no vertex is carried in vain"
    assert set(character.morphs) >= {str(v) for v in Viseme if v is not Viseme.SIL} | {
        "smile",
        "frown",
        "blink",
        "worry",
    }
    assert character.moving < count / 2


def test_closed_lips_meet_and_open_lips_part() -> None:
    segments = 48
    head = sculpt_head(HeadDetail(segments, 12))
    line = slice(5 * segments, 6 * segments)  # after the five rings of the mouth's inside

    def gap(vertices: Points) -> float:
        ring = vertices[line]
        upper, lower = ring[1 : segments // 2], ring[: segments // 2 : -1]
        return float(np.abs(upper[:, 1] - lower[:, 1]).max())

    assert gap(head.vertices) < 0.12
    for morph in ("smile", "PP", "frown"):
        assert gap(head.morphs[morph]) < 0.14, morph
    assert gap(head.morphs["aa"]) > 1.2
    assert gap(head.morphs["aa"]) > gap(head.morphs["E"]) > gap(head.morphs["I"]) > gap(head.morphs["FF"])


def test_the_face_is_symmetric_at_rest() -> None:
    segments = 48
    head = sculpt_head(HeadDetail(segments, 12)).vertices.reshape(-1, segments, 3)
    other = np.roll(head[:, ::-1], segments // 2 + 1, axis=1) * np.array([-1, 1, 1])
    assert np.abs(head - other).max() < 1e-3


def test_poses_morph_the_face_and_let_go_again(store: CharacterStore) -> None:
    character = store(Detail.LOW)
    morpher = Morpher(character)
    rest = morpher.apply(FacePose()).copy()
    assert (rest[:, :3] == character.positions[: character.moving]).all()
    full = morpher.apply(FacePose(visemes={Viseme.AA: 1.0})).copy()
    half = morpher.apply(FacePose(visemes={Viseme.AA: 0.5, Viseme.SIL: 0.5})).copy()
    assert half - rest == pytest.approx((full - rest) / 2, abs=1e-4)
    worried = morpher.apply(FacePose(brow_up=0.6, brow_down=0.4)).copy()
    up, down = (morpher.apply(pose).copy() for pose in (FacePose(brow_up=0.6), FacePose(brow_down=0.4)))
    assert np.abs(worried - (up + down - rest)).max() > 0.05, "a worried face is more than the sum of its brows"
    assert (morpher.apply(FacePose()) == rest).all()
