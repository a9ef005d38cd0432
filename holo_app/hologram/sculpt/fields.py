"""Signed distance fields: the clay that the character is modelled from.

Points are (..., 3) float32 arrays, x to the viewer's right, y up, z towards the viewer; one unit is about 1.4 cm.
A field returns (...) distances, negative inside.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

Points: TypeAlias = NDArray[np.float32]
Distances: TypeAlias = NDArray[np.float32]
Field: TypeAlias = Callable[[Points], Distances]
Vector: TypeAlias = tuple[float, float, float]
_FAR: Final = 1.5  # units; more than any blend


def ellipsoid(points: Points, centre: Vector, radii: Vector) -> Distances:
    """An approximate distance to an ellipsoid; exact on its surface. Source: I. Quilez, distance functions."""
    local = points - np.asarray(centre, np.float32)
    scaled = local / np.asarray(radii, np.float32)
    first = np.linalg.norm(scaled, axis=-1)
    second = np.linalg.norm(scaled / np.asarray(radii, np.float32), axis=-1)
    return np.asarray(first * (first - 1.0) / np.maximum(second, 1e-6), np.float32)


def capsule(
    points: Points, start: Vector | Points, end: Vector | Points, radius: float, end_radius: float
) -> Distances:
    """A rod with round ends whose radius changes evenly from start to end."""
    origin = np.asarray(start, np.float32)
    axis = np.asarray(end, np.float32) - origin
    local = points - origin
    along = np.clip((local @ axis) / np.float32(axis @ axis), 0.0, 1.0)
    away = local - along[..., None] * axis
    distance = np.sqrt(np.einsum("...i,...i", away, away))  # half the time of np.linalg.norm, and there are many
    return np.asarray(distance - (radius + (end_radius - radius) * along), np.float32)


def lock(points: Points, path: NDArray[np.float32], radii: NDArray[np.float32]) -> Distances:
    """A strand that follows a polyline; beyond _FAR units from its box only a lower bound of the distance.

    Args: path: (K, 3). radii: (K,), one per knot.
    """
    thickest = radii.max()
    low, high = path.min(axis=0) - thickest, path.max(axis=0) + thickest
    distance = np.linalg.norm(np.clip(np.abs(points - (low + high) / 2) - (high - low) / 2, 0, None), axis=-1)
    close = distance < _FAR
    near = points[close]
    exact = np.full(len(near), np.inf, np.float32)
    for k in range(len(path) - 1):
        piece = capsule(near, path[k], path[k + 1], float(radii[k]), float(radii[k + 1]))
        exact = np.minimum(exact, piece)
    distance[close] = exact
    return np.asarray(distance, np.float32)


def smooth_union(a: Distances, b: Distances, blend: float) -> Distances:
    """Both bodies, their seam rounded over `blend` units."""
    mix = np.clip(0.5 + 0.5 * (b - a) / blend, 0.0, 1.0)
    return np.asarray(b * (1.0 - mix) + a * mix - blend * mix * (1.0 - mix), np.float32)


def smooth_cut(a: Distances, b: Distances, blend: float) -> Distances:
    """Body a without body b, the edge rounded over `blend` units."""
    return -smooth_union(-a, b, blend)


def smoothstep(low: float, high: float, x: NDArray[np.float32]) -> NDArray[np.float32]:
    """0 below low, 1 above high, smooth between; low may be the larger one."""
    t = np.clip((x - low) / (high - low), 0.0, 1.0)
    return np.asarray(t * t * (3.0 - 2.0 * t), np.float32)


def spline(knots: NDArray[np.float32], count: int) -> NDArray[np.float32]:
    """`count` points evenly along the parameter of a Catmull-Rom curve through knots (K, D); returns (count, D)."""
    t = np.linspace(0, len(knots) - 1, count)
    k = np.clip(t.astype(int), 0, len(knots) - 2)
    f = (t - k)[:, None].astype(np.float32)
    padded = np.concatenate([2 * knots[:1] - knots[1:2], knots, 2 * knots[-1:] - knots[-2:-1]])
    p0, p1, p2, p3 = padded[k], padded[k + 1], padded[k + 2], padded[k + 3]
    curve = 2 * p1 + (p2 - p0) * f + (2 * p0 - 5 * p1 + 4 * p2 - p3) * f**2 + (3 * p1 - p0 - 3 * p2 + p3) * f**3
    return np.asarray(curve / 2, np.float32)


def gradient(field: Field, points: Points, step: float = 0.03) -> Points:
    """Unit normals (N, 3) of a field at points (N, 3), by central differences."""
    axes = np.eye(3, dtype=np.float32) * step
    slopes = np.stack([field(points + axis) - field(points - axis) for axis in axes], -1)
    length = np.linalg.norm(slopes, axis=-1, keepdims=True)
    return np.asarray(slopes / np.maximum(length, 1e-9), np.float32)


def cast_rays(field: Field, origin: Vector, directions: Points, reach: float) -> Points:
    """Where rays leave a body that is star-shaped around `origin`.

    Args:    directions: (N, 3) unit vectors. reach: a distance certainly outside.
    Returns: (N, 3) points on the surface, to within reach / 2**22.
    """
    centre = np.asarray(origin, np.float32)
    inside = np.zeros(len(directions), np.float32)
    outside = np.full(len(directions), reach, np.float32)
    for _ in range(22):
        middle = (inside + outside) / 2
        hit = field(np.asarray(centre + directions * middle[:, None], np.float32)) < 0
        inside = np.where(hit, middle, inside)
        outside = np.where(hit, outside, middle)
    return np.asarray(centre + directions * ((inside + outside) / 2)[:, None], np.float32)
