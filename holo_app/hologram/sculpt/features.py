"""What sits on and in the face: teeth, tongue, brows, ears."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from holo_app.hologram.palette import Material
from holo_app.hologram.sculpt.face_form import MOUTH, FaceForm
from holo_app.hologram.sculpt.fields import Points, Vector
from holo_app.hologram.sculpt.mouth import GRIN, SMILE, VISEMES, Muscles
from holo_app.hologram.sculpt.part import Part, mesh_normals, plain_part, ring_triangles

_TOOTH_ARCH: Final = np.radians(62)


@dataclass(frozen=True, slots=True)
class BrowForm:
    """One brow from the nose outwards. wide, high: where its stroke runs. thick: half its breadth. All of one length."""

    wide: tuple[float, ...] = (1.05, 1.6, 2.3, 3.1, 3.9, 4.55)
    high: tuple[float, ...] = (2.86, 3.06, 3.26, 3.34, 3.20, 2.88)
    thick: tuple[float, ...] = (0.26, 0.36, 0.38, 0.33, 0.24, 0.10)


def sculpt_features(segments: int, face: FaceForm, brow: BrowForm) -> list[Part]:
    """Teeth above and below, tongue, two brows and two ears; `segments` sets how finely they are cut."""
    lip_z = float(face.on_face(np.zeros(1, np.float32), np.array([MOUTH[1]], np.float32))[0, 2])
    parts = [_teeth(lip_z, segments, upper=True), _teeth(lip_z, segments, upper=False), _tongue(lip_z, segments)]
    for side in (-1.0, 1.0):
        parts += [_brow(side, segments, face, brow), _ear(side, segments)]
    return parts


def ball(centre: Vector, radii: Vector, segments: int) -> tuple[Points, NDArray[np.uint32]]:
    """An ellipsoid as rings from its top down. Returns vertices (N, 3) and triangles wound outwards."""
    rings = max(segments // 2, 5)
    polar = np.linspace(0.02, np.pi - 0.02, rings, dtype=np.float32)[:, None]
    turn = np.arange(segments, dtype=np.float32)[None, :] * np.float32(2 * np.pi / segments)
    unit = np.stack([np.sin(polar) * np.sin(turn), np.cos(polar) + 0 * turn, np.sin(polar) * np.cos(turn)], -1).reshape(
        -1, 3
    )
    vertices = unit * np.asarray(radii, np.float32) + np.asarray(centre, np.float32)
    return vertices.astype(np.float32), ring_triangles(rings, segments)


def _jaw_morphs(vertices: Points, follow: float, reach: Points | None = None) -> dict[str, Points]:
    """Pieces that ride on the jaw. reach: (N, 3) what a raised tongue tip adds."""
    morphs: dict[str, Points] = {}
    named: list[tuple[str, Muscles]] = [(str(k), m) for k, m in VISEMES.items()]
    for name, muscles in [*named, ("smile", SMILE), ("grin", GRIN)]:
        drop = np.array([0, -muscles.jaw, -0.22 * muscles.jaw], np.float32) * np.float32(follow)
        drop += np.array([0, 0.55, -0.5], np.float32) * np.float32(max(muscles.pout, 0.0) * (1.0 - follow))
        moved = vertices + drop
        morphs[name] = moved if reach is None else moved + reach * np.float32(muscles.tongue)
    return morphs


def _teeth(lip_z: float, segments: int, *, upper: bool) -> Part:
    """A rounded band on a dental arch."""
    columns = segments
    across = np.linspace(-1, 1, columns, dtype=np.float32)
    turn = across * np.float32(_TOOTH_ARCH)
    high = MOUTH[1] + (-0.16 if upper else -0.66)
    tall = 0.62 if upper else 0.42
    rows = []
    for k in np.linspace(0, 1, 5):
        bulge = 0.10 * np.sin(np.pi * k)
        edge = tall * k
        x = (1.98 + bulge) * np.sin(turn)
        z = lip_z - 1.95 + (1.35 + bulge) * np.cos(turn)
        rows.append(np.stack([x, high + edge + 0.10 * across**2 + 0 * x, z], -1))
    vertices = np.concatenate(rows).astype(np.float32)
    triangles = ring_triangles(5, columns, closed=False)[:, ::-1]
    normals = mesh_normals(vertices, triangles)
    part = plain_part(vertices, normals, triangles, Material.TEETH, gloss=0.5)
    shade = (0.95 if upper else 0.72) - 0.45 * np.tile(np.abs(across) ** 3, 5)
    return replace(part, shade=shade.astype(np.float32), morphs=_jaw_morphs(vertices, 0.0 if upper else 1.0))


def _tongue(lip_z: float, segments: int) -> Part:
    centre = (0.0, MOUTH[1] - 0.25, lip_z - 2.2)
    vertices, triangles = ball(centre, (1.05, 0.36, 1.45), segments)
    forward = np.clip((vertices[:, 2] - centre[2]) / 1.45, -1, 1)
    vertices[:, 1] -= 0.10 * np.exp(-((vertices[:, 0] / 0.22) ** 2)) * (vertices[:, 1] > centre[1])
    tip = np.clip(forward, 0, 1) ** 1.5
    reach = np.stack([0 * tip, 0.40 * tip, 0.72 * tip], -1).astype(np.float32)
    part = plain_part(vertices, mesh_normals(vertices, triangles), triangles, Material.TONGUE, gloss=0.5)
    shade = 0.55 + 0.40 * np.clip(forward, 0, 1)
    return replace(part, shade=shade.astype(np.float32), morphs=_jaw_morphs(vertices, 0.72, reach))


def _brow(side: float, segments: int, face: FaceForm, form: BrowForm) -> Part:
    """A tapered roll laid on the skin: one clear stroke."""
    steps = max(segments // 2, 10)
    t = np.linspace(0, len(form.wide) - 1, steps)
    knots = np.arange(len(form.wide))
    wide, high, thick = (np.interp(t, knots, knot).astype(np.float32) for knot in (form.wide, form.high, form.thick))
    thick = thick * np.sqrt(np.clip(np.minimum(t / 0.5, (t[-1] - t) / 0.5 + 0.25), 0.02, 1)).astype(np.float32)

    def laid(raised: NDArray[np.float32]) -> Points:
        path = face.on_face(wide * np.float32(side), high + raised)
        return _roll(path, thick, side)

    vertices = laid(np.zeros(steps, np.float32))
    inner = np.clip(1 - (wide - 1.0) / 3.0, 0, 1)
    morphs = {
        "brow_up": laid(0.62 + 0.16 * (1 - inner)),
        "worry": laid(0.45 * inner - 0.55 * (1 - inner)),
        "brow_down": laid(-0.30 - 0.26 * inner + 0.10 * (1 - inner)),
        "blink": laid(np.full(steps, -0.06, np.float32)),
    }
    triangles = ring_triangles(steps, 8)
    normals = mesh_normals(vertices, triangles)
    if side > 0:
        triangles, normals = triangles[:, ::-1], -normals
    part = plain_part(vertices, normals, triangles, Material.BROW, gloss=0.25)
    return replace(part, morphs=morphs)


def _roll(path: Points, thick: NDArray[np.float32], side: float) -> Points:
    turn = np.arange(8, dtype=np.float32) * np.float32(2 * np.pi / 8)
    along = np.gradient(path, axis=0)
    along /= np.linalg.norm(along, axis=1, keepdims=True)
    out = np.array([0.25 * side, 0.15, 1.0], np.float32)
    out = np.broadcast_to(out / np.linalg.norm(out), path.shape)
    up = np.cross(out, along) * np.float32(side)
    ring = up[:, None] * np.cos(turn)[None, :, None] + 0.55 * out[:, None] * np.sin(turn)[None, :, None]
    return np.asarray(path[:, None] + ring * thick[:, None, None], np.float32).reshape(-1, 3)


def _ear(side: float, segments: int) -> Part:
    """A small shell with a soft hollow."""
    vertices, triangles = ball((0.0, 0.0, 0.0), (0.62, 1.55, 1.05), max(segments // 2, 14))
    hollow: NDArray[np.float32] = np.exp(-(((vertices[:, 1] - 0.15) / 0.85) ** 2) - ((vertices[:, 2] - 0.1) / 0.5) ** 2)
    vertices[:, 0] -= 0.55 * hollow * (vertices[:, 0] > 0)
    lean = np.float32(0.42)
    x = vertices[:, 0] * np.cos(lean) - vertices[:, 2] * np.sin(lean)
    z = vertices[:, 0] * np.sin(lean) + vertices[:, 2] * np.cos(lean)
    vertices = np.stack([(6.15 + x) * side, vertices[:, 1] - 0.75, z - 0.7], -1).astype(np.float32)
    if side < 0:
        triangles = triangles[:, ::-1]
    part = plain_part(vertices, mesh_normals(vertices, triangles), triangles, Material.SKIN)
    shade = 1 - 0.30 * hollow
    return replace(part.recoloured(Material.EAR, 0.25 + 0.55 * hollow), shade=shade.astype(np.float32))
