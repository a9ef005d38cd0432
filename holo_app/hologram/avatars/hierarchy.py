"""The nodes of a document: where each stands at rest, and who hangs on whom."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from holo_app.hologram.avatars.faults import FaultCode, RefusedError
from holo_app.hologram.avatars.schema import Gltf, Node

Matrices = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Hierarchy:
    """The nodes that are shown.

    world: (N, 4, 4) to the scene at rest, row-major, identity for nodes not shown. parent: -1 for none. order: shown
    nodes, parents first. names: as written.
    """

    world: Matrices
    parent: tuple[int, ...]
    order: tuple[int, ...]
    names: tuple[str, ...]

    def at(self, node: int) -> NDArray[np.float64]:
        """Where a node stands (3,)."""
        return np.asarray(self.world[node, :3, 3])

    def under(self, root: int) -> frozenset[int]:
        """A node and all that hangs on it."""
        found = {root}
        for node in self.order:
            if self.parent[node] in found:
                found.add(node)
        return frozenset(found)

    def nearest(self, node: int, wanted: Iterable[int]) -> int:
        """The first of `wanted` on the way from a node to its root; -1 if there is none."""
        among = frozenset(wanted)
        while node != -1 and node not in among:
            node = self.parent[node]
        return node


def read_hierarchy(gltf: Gltf) -> Hierarchy:
    """The scene's nodes. Raises: RefusedError: a node that is missing, hangs twice, or on itself; numbers out of bounds."""
    nodes = gltf.nodes
    world = np.tile(np.eye(4), (max(len(nodes), 1), 1, 1))
    parent = [-1] * len(nodes)
    order: list[int] = []
    waiting = [(root, -1) for root in _roots(gltf)]
    seen: set[int] = set()
    while waiting:
        node, above = waiting.pop()
        if node >= len(nodes):
            raise RefusedError(FaultCode.BAD_HIERARCHY, f"there is no node {node}")
        if node in seen:
            raise RefusedError(FaultCode.BAD_HIERARCHY, f"node {node} hangs in two places")
        seen.add(node)
        parent[node] = above
        order.append(node)
        local = local_matrix(nodes[node])
        with np.errstate(over="ignore", invalid="ignore"):
            world[node] = local if above == -1 else world[above] @ local
        waiting += [(child, node) for child in nodes[node].children]
    if not np.isfinite(world).all() or np.abs(world).max() > 1e9:  # noqa: PLR2004 - beyond any unit of length
        raise RefusedError(FaultCode.BAD_HIERARCHY, "a node stands at infinity")
    return Hierarchy(world, tuple(parent), tuple(order), tuple(node.name for node in nodes))


def local_matrix(node: Node) -> Matrices:
    """A node's own transform (4, 4), row-major."""
    if node.matrix is not None:
        return np.array(node.matrix, np.float64).reshape(4, 4).T
    x, y, z, w = np.array(node.rotation, np.float64) / max(float(np.linalg.norm(node.rotation)), 1e-12)
    turn = np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
            [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
            [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
        ]
    )
    made = np.eye(4)
    made[:3, :3] = turn * np.array(node.scale, np.float64)
    made[:3, 3] = node.translation
    return made


def _roots(gltf: Gltf) -> list[int]:
    if gltf.scenes:
        number = gltf.scene or 0
        if number >= len(gltf.scenes):
            raise RefusedError(FaultCode.BAD_HIERARCHY, f"there is no scene {number}")
        return list(gltf.scenes[number].nodes)
    hanging = {child for node in gltf.nodes for child in node.children}
    return [node for node in range(len(gltf.nodes)) if node not in hanging]
