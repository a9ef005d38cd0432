"""How much the renderer spends per frame: a pure controller that trades sharpness for time."""

from __future__ import annotations

import statistics
from collections import deque
from dataclasses import dataclass
from typing import Final

import structlog

from holo_app.hologram.character import Detail

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Quality:
    """scale: of the display's pixels, per axis. samples: per pixel, 0 = none. detail: of the meshes.

    sharing: how many neighbouring views of a display of many are drawn as one.
    """

    scale: float
    samples: int
    detail: Detail
    sharing: int = 1


# a smaller picture than the first saves next to nothing: the triangles and the display's own pixels stay
LADDER: Final[tuple[Quality, ...]] = (
    Quality(0.42, 0, Detail.LOW),
    Quality(0.50, 0, Detail.LOW),
    Quality(0.50, 0, Detail.NORMAL),
    Quality(0.62, 0, Detail.NORMAL),
    Quality(0.75, 0, Detail.NORMAL),
    Quality(1.00, 0, Detail.NORMAL),
    Quality(1.00, 4, Detail.NORMAL),
)
# the tiles of a quilt are small: a fine mesh is the first that is not seen there, then every other view
MANY_VIEWS: Final[tuple[Quality, ...]] = (
    Quality(0.42, 0, Detail.LOW, sharing=3),
    Quality(0.50, 0, Detail.LOW, sharing=3),
    Quality(0.50, 0, Detail.LOW, sharing=2),
    Quality(0.62, 0, Detail.LOW, sharing=2),
    Quality(0.75, 0, Detail.LOW),
    Quality(1.00, 0, Detail.LOW),
    Quality(1.00, 0, Detail.NORMAL),
    Quality(1.00, 4, Detail.NORMAL),
)
SOFTWARE_START: Final = 1
HARDWARE_START: Final = len(LADDER) - 1
_WINDOW: Final = 15  # frames that a decision rests on
_ROOM: Final = 0.60  # a step up is tried when frames take less than this share of the budget
_CALM: Final = 60  # frames that must have been easy before a step up
_CALM_LIMIT: Final = 3840  # after repeated failures a step up is tried this rarely at most


class QualityController:
    """Walks the ladder by the median of recent frame times.

    A step down follows as soon as a full window is over budget; a step up needs a long calm, and each step up that
    proves too dear doubles the calm before the next try, so that the picture does not pump.
    """

    def __init__(self, budget_ms: float, *, start: int = HARDWARE_START, ladder: tuple[Quality, ...] = LADDER) -> None:
        self._ladder = ladder
        self._budget_ms = budget_ms
        self._level = start
        self._recent: deque[float] = deque(maxlen=_WINDOW)
        self._calm = 0
        self._needed = _CALM
        self._climbed = False

    @property
    def quality(self) -> Quality:
        """What the next frame is drawn with."""
        return self._ladder[self._level]

    def feed(self, frame_ms: float) -> Quality:
        """Take one frame's cost in milliseconds; returns what the next frame is drawn with."""
        self._recent.append(frame_ms)
        if len(self._recent) == _WINDOW:
            self._decide(statistics.median(self._recent))
        return self.quality

    def _decide(self, typical_ms: float) -> None:
        if typical_ms > self._budget_ms:
            if self._climbed:
                self._needed = min(self._needed * 2, _CALM_LIMIT)
            self._step(-1, typical_ms)
        elif typical_ms < self._budget_ms * _ROOM:
            self._calm += 1
            if self._calm >= self._needed:
                self._step(+1, typical_ms)
        else:
            self._calm = 0

    def _step(self, direction: int, typical_ms: float) -> None:
        level = min(max(self._level + direction, 0), len(self._ladder) - 1)
        self._calm = 0
        self._climbed = direction > 0
        if level == self._level:
            return
        self._level = level
        self._recent.clear()
        chosen = self.quality
        log.info(
            "render_quality_changed",
            scale=chosen.scale,
            samples=chosen.samples,
            detail=chosen.detail.name.lower(),
            views_sharing=chosen.sharing,
            frame_ms=round(typical_ms, 1),
            budget_ms=self._budget_ms,
        )
