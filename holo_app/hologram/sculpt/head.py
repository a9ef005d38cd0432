"""The face and skull as one mesh of rings around the mouth, with every morph the face knows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from holo_app.hologram.palette import Material
from holo_app.hologram.sculpt.face_form import EYE, EYE_SIZE, HEAD_CENTRE, MOUTH, PLAIN, FaceForm
from holo_app.hologram.sculpt.fields import Points, smoothstep
from holo_app.hologram.sculpt.mouth import FROWN, GRIN, SMILE, SQUINT, VISEMES, MouthCoordinates, Muscles, displaced
from holo_app.hologram.sculpt.part import Part, mesh_normals, plain_part, ring_triangles

LIP_LINE: Final = 0.262  # half the mouth's width, radians from the middle of the head
_LIP_BORDER: Final = 0.300
_HEAD_RADIUS: Final = 6.6
_BAG_RINGS: Final = 5
_FAR: Final = 20.0
_LIP_STEPS: Final = np.array([0.0, 0.10, 0.24, 0.42, 0.62, 0.82, 1.0], np.float32)


@dataclass(frozen=True, slots=True)
class HeadDetail:
    """segments: vertices per ring, even. rings: between the lips' border and the back of the head."""

    segments: int = 96
    rings: int = 44


def sculpt_head(detail: HeadDetail, form: FaceForm = PLAIN) -> Part:
    """The head with its lips, the inside of its mouth, and the morphs of all visemes, smile, frown, brows and lids."""
    points, at = _rings(form, detail)
    rings = _BAG_RINGS + len(_LIP_STEPS) + detail.rings
    triangles = ring_triangles(rings, detail.segments)
    normals = mesh_normals(points, triangles)
    line = slice(_BAG_RINGS * detail.segments, (_BAG_RINGS + 1) * detail.segments)
    # there the skin turns inwards within a pixel: lit as the lip beside it, the line is painted and not broken into dots
    normals[line] = normals[line.stop : line.stop + detail.segments]
    part = plain_part(points, normals, triangles, Material.SKIN, gloss=0.22)
    part = replace(part, morphs=_morphs(points, at), eye=eye_coordinates(points))
    return _painted(part, at)


def _rings(form: FaceForm, detail: HeadDetail) -> tuple[Points, MouthCoordinates]:
    angle = np.arange(detail.segments, dtype=np.float32) * np.float32(2 * np.pi / detail.segments)
    lips, lip_distance = _lip_rings(form, angle)
    face, face_distance = _face_rings(form, angle, detail.rings)
    bag = _bag_rings(lips[0], angle)
    points = np.concatenate([bag, lips, face]).reshape(-1, 3)
    count = len(bag) + len(lips) + len(face)
    inside = np.linspace(-1.0, -0.2, len(bag), dtype=np.float32)
    lip = np.concatenate([inside, _LIP_STEPS, np.linspace(1.2, 9.0, len(face), dtype=np.float32)])
    deep = np.zeros((len(bag), len(angle)), np.float32)
    deep[0] = _FAR  # the innermost ring is one point and must move as one
    distance = np.concatenate([deep, lip_distance, face_distance])
    at = MouthCoordinates(angle=np.tile(angle, count), distance=distance.ravel(), lip=np.repeat(lip, len(angle)))
    return points, at


def _lip_border(form: FaceForm, angle: NDArray[np.float32]) -> NDArray[np.float32]:
    """The outline of both lips in radians from the mouth's middle, (S, 2): a soft bow above, a full curve below."""
    x, rise = np.cos(angle), np.sin(angle)
    bow = 1.0 - 0.20 * np.exp(-((x / 0.22) ** 2)) + 0.04 * np.exp(-(((np.abs(x) - 0.36) / 0.2) ** 2))
    upper = form.lip_upper * np.clip(rise, 0, 1) ** 1.05 * bow
    lower = form.lip_lower * np.clip(-rise, 0, 1) ** 1.15
    return np.stack([_LIP_BORDER * x, upper - lower + _line(x)], -1).astype(np.float32)


def _line(x: NDArray[np.float32]) -> NDArray[np.float32]:
    """The closed mouth's line: corners a little up, so that the resting face is friendly. Radians."""
    return np.asarray(0.026 * x**2 - 0.008 - 0.006 * np.exp(-((x / 0.18) ** 2)), np.float32)


def _lip_rings(form: FaceForm, angle: NDArray[np.float32]) -> tuple[Points, NDArray[np.float32]]:
    border = _lip_border(form, angle)
    x = np.cos(angle)
    line = np.stack([LIP_LINE * x, _line(x)], -1)
    rings = []
    for s in _LIP_STEPS:
        skin = form.from_centre(_directions(form, line * (1 - s) + border * s))
        swell = form.lip_fullness * (0.30 + 0.70 * np.sin(np.pi * min(s * 0.92 + 0.12, 1.0))) * (1 - s**2) ** 1.5
        ease = np.clip(np.abs(np.sin(angle)) * 1.6, 0, 1) ** 0.6 * np.where(np.sin(angle) < 0, 1.1, 0.9)
        out = skin.copy()
        out[:, 2] += swell * (0.15 + 0.85 * ease)
        rings.append(out)
    return np.stack(rings), np.zeros((len(rings), len(angle)), np.float32)


def _face_rings(form: FaceForm, angle: NDArray[np.float32], count: int) -> tuple[Points, NDArray[np.float32]]:
    """Rings from the lips' border to the back of the head; ellipses that become circles."""
    t = np.linspace(0, 1, count + 1, dtype=np.float32)[1:]
    reach = np.float32(np.pi * 0.985) * (0.42 * t + 0.58 * t**2.4)
    border = _lip_border(form, angle)
    line = _line(np.cos(angle))[None, :] * np.exp(-((reach / 0.5) ** 2))[:, None]
    wide = np.sqrt(border[None, :, 0] ** 2 + (reach[:, None] * np.cos(angle)) ** 2) * np.sign(np.cos(angle))
    half_tall = np.abs(border[:, 1] - _line(np.cos(angle)))[None, :]
    tall = line + np.sqrt(half_tall**2 + (reach[:, None] * np.sin(angle)) ** 2) * np.sign(np.sin(angle))
    fade = np.exp(-((reach / 0.12) ** 2))[:, None]
    tall = tall * (1 - fade) + fade * (border[None, :, 1] + reach[:, None] * np.sin(angle))
    flat = np.stack([wide, tall], -1).reshape(-1, 2)
    length = np.linalg.norm(flat, axis=1, keepdims=True)
    flat = flat * np.minimum(1.0, np.pi * 0.985 / np.maximum(length, 1e-6))
    points = form.from_centre(_directions(form, flat.astype(np.float32))).reshape(count, len(angle), 3)
    gap = np.linalg.norm(flat.reshape(count, -1, 2) - border[None], axis=-1)
    return points, (gap * _HEAD_RADIUS).astype(np.float32)


def _bag_rings(line: Points, angle: NDArray[np.float32]) -> Points:
    """The inside of the mouth, innermost ring first; wider than the opening so that no edge shows."""
    rise = np.sin(angle)
    middle = line.mean(axis=0)
    rings = []
    for back, wide, tall in ((4.0, 0.0, 0.0), (3.6, 0.85, 0.9), (2.0, 1.0, 1.15), (1.0, 1.02, 0.9), (0.32, 1.0, 0.12)):
        ring = line.copy()
        ring[:, 0] = line[:, 0] * wide
        ring[:, 1] = middle[1] + (line[:, 1] - middle[1]) * min(wide, 1.0) + tall * rise
        ring[:, 2] = line[:, 2] - back
        rings.append(ring)
    return np.stack(rings)


def _directions(form: FaceForm, flat: NDArray[np.float32]) -> Points:
    """Unit directions (N, 3) from the head's middle for offsets (N, 2) in radians around the mouth."""
    mouth = form.on_face(np.array([MOUTH[0]], np.float32), np.array([MOUTH[1]], np.float32))[0] - np.array(HEAD_CENTRE)
    forward = mouth / np.linalg.norm(mouth)
    right = np.array([1.0, 0.0, 0.0])
    up = np.cross(forward, right)
    length = np.linalg.norm(flat, axis=1, keepdims=True)
    heading = flat / np.maximum(length, 1e-6)
    across = heading[:, :1] * right + heading[:, 1:] * up
    return np.asarray(np.cos(length) * forward + np.sin(length) * across, np.float32)


def eye_coordinates(points: Points) -> Points:
    """Eye-local coordinates (N, 3): x outwards and y up in eye sizes, and the side; 9 where no eye is near."""
    side = np.where(points[:, 0] >= 0, 1.0, -1.0)
    x = (np.abs(points[:, 0]) - EYE[0]) / EYE_SIZE
    y = (points[:, 1] - EYE[1]) / EYE_SIZE
    near = (points[:, 2] > 0) & (np.hypot(x, y) < 3.0)  # noqa: PLR2004 - eye sizes
    return np.where(near[:, None], np.stack([x, y, side], -1), 9.0).astype(np.float32)


def _morphs(points: Points, at: MouthCoordinates) -> dict[str, Points]:
    morphs = {str(name): displaced(points, at, muscles) for name, muscles in VISEMES.items()}
    morphs["smile"] = displaced(points, at, SMILE)
    morphs["grin"] = displaced(points, at, GRIN)
    morphs["frown"] = displaced(points, at, FROWN)
    morphs["squint"] = displaced(points, at, SQUINT)
    morphs["blink"] = points + _lid_swell(points)
    morphs["brow_up"] = points + _brow_skin(points, 0.30)
    morphs["brow_down"] = points + _brow_skin(points, -0.22)
    return morphs


def _lid_swell(points: Points) -> Points:
    eye = eye_coordinates(points)
    lid = np.exp(-((eye[:, 0] / 0.9) ** 2) - ((eye[:, 1] / 0.8) ** 2))
    return np.stack([0 * lid, -0.06 * lid, 0.10 * lid], -1).astype(np.float32)


def _brow_skin(points: Points, height: float) -> Points:
    side, y = np.abs(points[:, 0]), points[:, 1]
    band = np.exp(-(((side - 2.7) / 2.0) ** 2) - ((y - 3.0) / 1.1) ** 2) * smoothstep(1.0, 4.0, points[:, 2])
    return np.stack([0 * band, height * band, 0.4 * np.abs(height) * band], -1).astype(np.float32)


def _painted(part: Part, at: MouthCoordinates) -> Part:
    """Lips, blush, the dark of the mouth and the soft shadows that are modelled rather than lit."""
    p = part.vertices
    side, y = np.abs(p[:, 0]), p[:, 1]
    inside = at.lip < 0
    lips = np.where(inside, 0, smoothstep(1.15, 0.85, at.lip))
    blush = np.exp(-(((side - 3.7) / 1.35) ** 2) - ((y + 2.35) / 0.95) ** 2) * (p[:, 2] > 0)
    nose = 0.55 * np.exp(-((p[:, 0] / 0.9) ** 2) - ((y + 1.75) / 0.7) ** 2) * (p[:, 2] > 5.5)  # noqa: PLR2004
    mix = np.clip(np.where(lips > 0, 0.8 * lips, 0.62 * blush + nose), 0, 1)
    tint = np.where(lips > 0, Material.LIP, Material.BLUSH).astype(np.uint8)
    base = np.where(inside, Material.MOUTH, Material.SKIN).astype(np.uint8)
    socket = np.exp(-(((side - EYE[0]) / 2.0) ** 2) - ((y - EYE[1] - 0.3) / 1.9) ** 2) * (p[:, 2] > 0)
    seam = np.exp(-((at.lip / 0.16) ** 2))
    under = 0.30 * np.exp(-((p[:, 0] / 1.6) ** 2) - ((y + 5.35) / 0.35) ** 2) * (p[:, 2] > 0)
    shade = np.where(inside, 0.16 + 0.18 * smoothstep(-0.8, -0.2, at.lip), 1 - 0.10 * socket - 0.38 * seam - under)
    gloss = np.where(lips > 0, 0.5 * smoothstep(0.05, 0.45, at.lip), np.where(inside, 0.0, 0.22))
    return replace(
        part,
        base=base,
        tint=np.where(inside, base, tint),
        mix=np.where(inside, 0, mix).astype(np.float32),
        shade=shade.astype(np.float32),
        gloss=gloss.astype(np.float32),
    )


__all__ = ["LIP_LINE", "HeadDetail", "Muscles", "eye_coordinates", "sculpt_head"]
