"""How movements begin and end at rest."""

from __future__ import annotations


def eased(t: float) -> float:
    """The share of a way that is done at the share `t` of its time, both 0..1: slow, fast, slow."""
    return t * t * (3.0 - 2.0 * t)
