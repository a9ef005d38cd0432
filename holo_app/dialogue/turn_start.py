"""When does a customer's turn begin?"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class OnsetRule:
    """An onset is `needed` of the last `window` frames at or above `probability`."""

    probability: float = 0.5
    needed: int = 4
    window: int = 6


class OnsetDetector:
    """Turns frame probabilities into one onset. A k-of-n vote is faster than a run and survives a dropped frame."""

    def __init__(self, longest_window: int) -> None:
        self._recent: deque[float] = deque(maxlen=longest_window)

    def push(self, probability: float, rule: OnsetRule) -> bool:
        """Add one frame; True when speech has begun. Starts afresh after an onset."""
        self._recent.append(probability)
        recent = list(self._recent)[-rule.window :]
        if sum(p >= rule.probability for p in recent) < rule.needed:
            return False
        self._recent.clear()
        return True

    def reset(self) -> None:
        """Forget what was heard."""
        self._recent.clear()
