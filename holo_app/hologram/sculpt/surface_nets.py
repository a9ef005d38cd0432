"""Naive surface nets: the zero surface of a field as a smooth, evenly spaced triangle mesh."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from holo_app.hologram.sculpt.fields import Field, Points, Vector, gradient

_CORNERS = np.array([[i, j, k] for i in (0, 1) for j in (0, 1) for k in (0, 1)])
_EDGES = [(a, b) for a in range(8) for b in range(a + 1, 8) if np.abs(_CORNERS[a] - _CORNERS[b]).sum() == 1]

_STRIDE: Final = 3
_MARGIN: Final = 2.4  # more than a cube's diagonal, for fields that are steeper than a true distance


def surface_nets(field: Field, low: Vector, high: Vector, step: float) -> tuple[Points, Points, NDArray[np.uint32]]:
    """Mesh the surface of `field` within a box.

    Args:    low, high: the box's corners; the surface must not touch its sides. step: the grid's spacing.
    Returns: vertices (V, 3) moved onto the surface, unit normals (V, 3), triangles (T, 3) wound outwards.
    Source:  S. F. Gibson, Constrained elastic surface nets, 1998; the centroid form by M. Lysenko, 2012.
    """
    axes = [np.arange(a, b + step, step, dtype=np.float32) for a, b in zip(low, high, strict=True)]
    grid = np.stack(np.meshgrid(*axes, indexing="ij"), -1)
    values = _sampled(field, grid, step)
    vertices, cell_ids = _cell_vertices(values)
    triangles = _faces(values < 0, cell_ids)
    points = np.asarray(low, np.float32) + vertices * np.float32(step)
    # one Newton step: the centroid of a cell's crossings lies a little inside the surface
    points = points - gradient(field, points) * np.clip(field(points), -step / 2, step / 2)[:, None]
    return np.asarray(points, np.float32), gradient(field, points), triangles


def _sampled(field: Field, grid: Points, step: float) -> NDArray[np.float32]:
    """The field on the grid; exact near the surface, and of the right sign elsewhere (a field's slope is near 1)."""
    coarse = field(grid[::_STRIDE, ::_STRIDE, ::_STRIDE])
    values = coarse
    for axis, count in enumerate(grid.shape[:3]):
        values = values.repeat(_STRIDE, axis).take(np.arange(count), axis)
    near = np.abs(values) < step * _STRIDE * _MARGIN
    values[near] = field(grid[near])
    return values


def _cell_vertices(values: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """One vertex per cell that the surface crosses: the mean of its edge crossings, in grid units."""
    shape = tuple(n - 1 for n in values.shape)
    corner = np.stack([values[i : i + shape[0], j : j + shape[1], k : k + shape[2]] for i, j, k in _CORNERS], -1)
    inside = corner < 0
    active = inside.any(-1) & ~inside.all(-1)
    cells = np.argwhere(active)
    at = corner[active]
    total = np.zeros((len(cells), 3), np.float32)
    count = np.zeros(len(cells), np.float32)
    for a, b in _EDGES:
        crossed = (at[:, a] < 0) != (at[:, b] < 0)
        t = at[:, a] / np.where(crossed, at[:, a] - at[:, b], 1.0)
        point = _CORNERS[a] + t[:, None] * (_CORNERS[b] - _CORNERS[a])
        total += np.where(crossed[:, None], point, 0.0).astype(np.float32)
        count += crossed
    ids = np.full(shape, -1, np.int64)
    ids[active] = np.arange(len(cells))
    return (cells + total / count[:, None]).astype(np.float32), ids


def _faces(inside: NDArray[np.bool_], ids: NDArray[np.int64]) -> NDArray[np.uint32]:
    """One quad, as two triangles, around each grid edge that the surface crosses."""
    quads = []
    for axis in range(3):
        u, v = (axis + 1) % 3, (axis + 2) % 3
        first = np.moveaxis(inside, (axis, u, v), (0, 1, 2))
        cell = np.moveaxis(ids, (axis, u, v), (0, 1, 2))
        a, b = first[:-1, 1:-1, 1:-1], first[1:, 1:-1, 1:-1]
        ring = np.stack([cell[:, :-1, :-1], cell[:, 1:, :-1], cell[:, 1:, 1:], cell[:, :-1, 1:]], -1)
        quads.append(ring[a & ~b])
        quads.append(ring[~a & b][:, ::-1])
    quad = np.concatenate(quads)
    return np.concatenate([quad[:, [0, 1, 2]], quad[:, [0, 2, 3]]]).astype(np.uint32)
